//! The epilogue of a tile: biases, activation, residual, and the one store of what the step makes.

use super::functions::{Function, with_function};
use super::simd::{LANES, Simd};
use super::tile::TileAt;
use crate::ops::{Residual, Unary};

/// What is done to the sums of a step's tiles, and how far apart its outputs lie, in elements.
#[derive(Clone, Debug, Default)]
pub(crate) struct Finish {
    /// The sums themselves are what is wanted; of the rest only the strides of the output count.
    pub(crate) stores_sums: bool,
    pub(crate) activation: Option<Unary>,
    pub(crate) residual: Option<Residual>,
    pub(crate) out_pixel_stride: usize,
    pub(crate) out_block_stride: usize,
    pub(crate) residual_pixel_stride: usize,
    pub(crate) residual_block_stride: usize,
}

/// Finishes `pixels * blocks` sums, the blocks of one pixel beside each other.
///
/// # Safety
/// - `sums` is the first of that many vectors.
/// - `at.biases` has 16 floats for each block; `at.out`, and `at.residual` where there is one, have 16 floats for each
///   pixel and block at the strides of `how`; of the last block the first `at.last_channels` count.
#[inline(always)]
pub(crate) unsafe fn finish<S: Simd>(
    simd: S,
    sums: *const S::Vector,
    pixels: usize,
    blocks: usize,
    how: &Finish,
    at: &TileAt,
) {
    with_function!(how.activation, function => {
        // SAFETY: as the caller promises.
        unsafe {
            match how.residual {
                None => each(simd, sums, pixels, blocks, how, at, Plain(function)),
                Some(Residual::BeforeActivation) => {
                    each(simd, sums, pixels, blocks, how, at, Before(function));
                }
                Some(Residual::AfterActivation) => {
                    each(simd, sums, pixels, blocks, how, at, After(function));
                }
            }
        }
    });
}

/// What becomes of a sum and, where there is one, its residual.
pub(super) trait Combine: Copy {
    const HAS_RESIDUAL: bool;
    fn combine<S: Simd>(self, simd: S, sum: S::Vector, residual: S::Vector) -> S::Vector;
}

#[derive(Clone, Copy)]
pub(super) struct Plain<F>(pub(super) F);
#[derive(Clone, Copy)]
pub(super) struct Before<F>(pub(super) F);
#[derive(Clone, Copy)]
pub(super) struct After<F>(pub(super) F);

impl<F: Function> Combine for Plain<F> {
    const HAS_RESIDUAL: bool = false;

    #[inline(always)]
    fn combine<S: Simd>(self, simd: S, sum: S::Vector, _: S::Vector) -> S::Vector {
        self.0.apply(simd, sum)
    }
}

impl<F: Function> Combine for Before<F> {
    const HAS_RESIDUAL: bool = true;

    #[inline(always)]
    fn combine<S: Simd>(self, simd: S, sum: S::Vector, residual: S::Vector) -> S::Vector {
        self.0.apply(simd, simd.add(sum, residual))
    }
}

impl<F: Function> Combine for After<F> {
    const HAS_RESIDUAL: bool = true;

    #[inline(always)]
    fn combine<S: Simd>(self, simd: S, sum: S::Vector, residual: S::Vector) -> S::Vector {
        simd.add(self.0.apply(simd, sum), residual)
    }
}

/// # Safety
/// - As for [`finish`].
#[inline(always)]
unsafe fn each<S: Simd, C: Combine>(
    simd: S,
    sums: *const S::Vector,
    pixels: usize,
    blocks: usize,
    how: &Finish,
    at: &TileAt,
    combine: C,
) {
    for block in 0..blocks {
        let is_whole = block + 1 < blocks || at.last_channels == LANES;
        // SAFETY: as the caller promises.
        unsafe {
            let biases = simd.load(at.biases.add(block * LANES));
            let out = at.out.add(block * how.out_block_stride);
            let residual = at.residual.wrapping_add(block * how.residual_block_stride);
            for pixel in 0..pixels {
                let sum = simd.add(*sums.add(pixel * blocks + block), biases);
                let out = out.add(pixel * how.out_pixel_stride);
                let residual = residual.wrapping_add(pixel * how.residual_pixel_stride);
                if is_whole {
                    let residual = if C::HAS_RESIDUAL { simd.load(residual) } else { sum };
                    simd.store(out, combine.combine(simd, sum, residual));
                } else {
                    let count = at.last_channels;
                    let residual = if C::HAS_RESIDUAL { simd.load_first(residual, count) } else { sum };
                    simd.store_first(out, combine.combine(simd, sum, residual), count);
                }
            }
        }
    }
}
