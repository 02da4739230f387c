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
            let load = |element: usize| {
                let from = at.source.add(element * at.source_stride + first);
                if count == LANES { simd.load(from) } else { simd.load_first(from, count) }
            };
            let place = |element: usize| at.out.add(element * at.out_stride + first);
            let mut most = load(0);
            for element in 1..at.size {
                most = simd.max(load(element), most);
            }
            let mut sum = simd.splat(0.0);
            for element in 0..at.size {
                let power = Exp.apply(simd, simd.sub(load(element), most));
                sum = simd.add(sum, power);
                simd.store_first(place(element), power, count);
            }
            let factor = simd.div(simd.splat(1.0), sum);
            for element in 0..at.size {
                let to = place(element);
                simd.store_first(to, simd.mul(simd.load_first(to, count), factor), count);
            }
        }
        first += count;
    }
}
