//! Softmax along an axis whose elements lie apart: sixteen neighbours at a time.

use super::functions::{Exp, Function};
use super::simd::{LANES, Simd};

/// Where it is read and written. Distances are in elements.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SoftmaxAt {
    pub(crate) source: *const f32,
    pub(crate) out: *mut f32,
    /// Elements of the axis, and how far apart they lie in the source and in the output.
    pub(crate) size: usize,
    pub(crate) source_stride: usize,
    pub(crate) out_stride: usize,
    /// Neighbours that each get a softmax of their own.
    pub(crate) count: usize,
}

/// `exp(x - max) / sum(exp(x - max))`
///
/// # Safety
/// - For each element of the axis `at.count` neighbours can be read and written.
#[inline(always)]
pub(crate) unsafe fn softmax<S: Simd>(simd: S, at: &SoftmaxAt) {
    let mut first = 0;
    while first < at.count {
        let count = (at.count - first).min(LANES);
        // SAFETY: as the caller promises.
        unsafe {
            let most = most(simd, at, first, count);
            let mut sum = simd.splat(0.0);
            for element in 0..at.size {
                let power = power(simd, at, element, first, count, most);
                sum = simd.add(sum, power);
                simd.store_first(at.out.add(element * at.out_stride + first), power, count);
            }
            let factor = simd.div(simd.splat(1.0), sum);
            for element in 0..at.size {
                let to = at.out.add(element * at.out_stride + first);
                simd.store_first(to, simd.mul(simd.load_first(to, count), factor), count);
            }
        }
        first += count;
    }
}

/// `sum(factor * exp(x - max)) / sum(exp(x - max))`: the mean of the factors, one for each element of the axis, under its
/// softmax. The output has one element where the source has an axis.
///
/// # Safety
/// - For each element of the axis `at.count` neighbours can be read; as many can be written; there are `at.size` factors.
#[inline(always)]
pub(crate) unsafe fn softmax_mean<S: Simd>(simd: S, at: &SoftmaxAt, factors: &[f32]) {
    let mut first = 0;
    while first < at.count {
        let count = (at.count - first).min(LANES);
        // SAFETY: as the caller promises.
        unsafe {
            let most = most(simd, at, first, count);
            let (mut sum, mut weighted) = (simd.splat(0.0), simd.splat(0.0));
            for (element, &factor) in factors.iter().enumerate().take(at.size) {
                let power = power(simd, at, element, first, count, most);
                sum = simd.add(sum, power);
                weighted = simd.mul_add(power, simd.splat(factor), weighted);
            }
            simd.store_first(at.out.add(first), simd.div(weighted, sum), count);
        }
        first += count;
    }
}

/// The greatest element of the axis.
///
/// # Safety
/// - As for [`softmax`].
#[inline(always)]
unsafe fn most<S: Simd>(simd: S, at: &SoftmaxAt, first: usize, count: usize) -> S::Vector {
    // SAFETY: as the caller promises.
    unsafe {
        let mut most = simd.load_first(at.source.add(first), count);
        for element in 1..at.size {
            let next = simd.load_first(at.source.add(element * at.source_stride + first), count);
            most = simd.max(next, most);
        }
        most
    }
}

/// `exp(x - most)`
///
/// # Safety
/// - As for [`softmax`].
#[inline(always)]
unsafe fn power<S: Simd>(
    simd: S,
    at: &SoftmaxAt,
    element: usize,
    first: usize,
    count: usize,
    most: S::Vector,
) -> S::Vector {
    // SAFETY: as the caller promises.
    let x = unsafe { simd.load_first(at.source.add(element * at.source_stride + first), count) };
    Exp.apply(simd, simd.sub(x, most))
}
