//! Runs of elements, each by itself or with its partner.

use super::functions::{Function, with_function};
use super::simd::{LANES, Simd};
use crate::ops::{Binary, Unary};

/// A run to be mapped.
#[derive(Clone, Copy, Debug)]
pub(crate) struct UnaryAt {
    pub(crate) source: *const f32,
    pub(crate) out: *mut f32,
    pub(crate) count: usize,
}

/// Two runs to be combined. A step is 1, or 0 where one element meets them all.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BinaryAt {
    pub(crate) sources: [*const f32; 2],
    pub(crate) steps: [usize; 2],
    pub(crate) out: *mut f32,
    pub(crate) count: usize,
}

/// # Safety
/// - `at.count` elements can be read at the source and written at the output.
#[inline(always)]
pub(crate) unsafe fn unary<S: Simd>(simd: S, unary: Option<Unary>, at: &UnaryAt) {
    with_function!(unary, function => {
        // SAFETY: as the caller promises.
        unsafe { each(simd, [at.source; 2], [1, 0], at.out, at.count, |x, _| function.apply(simd, x)) }
    });
}

/// Sums, differences, products, quotients, and the lesser and greater.
///
/// # Safety
/// - `at.count` elements can be written at the output, and read at each source, or one where its step is 0.
#[inline(always)]
pub(crate) unsafe fn binary<S: Simd>(simd: S, binary: Binary, at: &BinaryAt) {
    let BinaryAt { sources, steps, out, count } = *at;
    // SAFETY: as the caller promises.
    unsafe {
        match binary {
            Binary::Add => each(simd, sources, steps, out, count, |a, b| simd.add(a, b)),
            Binary::Sub => each(simd, sources, steps, out, count, |a, b| simd.sub(a, b)),
            Binary::Mul => each(simd, sources, steps, out, count, |a, b| simd.mul(a, b)),
            Binary::Div => each(simd, sources, steps, out, count, |a, b| simd.div(a, b)),
            Binary::Min => each(simd, sources, steps, out, count, |a, b| simd.min(a, b)),
            Binary::Max => each(simd, sources, steps, out, count, |a, b| simd.max(a, b)),
            other => unreachable!("{other:?} has no vector form: the plan asks first"),
        }
    }
}

/// Whole vectors, then what is left.
///
/// # Safety
/// - As for [`binary`].
#[inline(always)]
unsafe fn each<S: Simd>(
    simd: S,
    sources: [*const f32; 2],
    steps: [usize; 2],
    out: *mut f32,
    count: usize,
    of: impl Fn(S::Vector, S::Vector) -> S::Vector,
) {
    let whole = count / LANES * LANES;
    // SAFETY: as the caller promises.
    let repeated = [0, 1].map(|source: usize| unsafe { simd.splat(*sources[source]) });
    // SAFETY: as the caller promises; a source with a step of 0 has been read.
    unsafe {
        let load = |source: usize, at: usize| {
            if steps[source] == 0 { repeated[source] } else { simd.load(sources[source].add(at)) }
        };
        let mut at = 0;
        while at < whole {
            simd.store(out.add(at), of(load(0, at), load(1, at)));
            at += LANES;
        }
        if at < count {
            let left = count - at;
            let load = |source: usize| {
                if steps[source] == 0 {
                    repeated[source]
                } else {
                    simd.load_first(sources[source].add(at), left)
                }
            };
            simd.store_first(out.add(at), of(load(0), load(1)), left);
        }
    }
}
