//! The tile: the product at the heart of convolutions and matrix products.
//!
//! ```text
//!                     BLOCKS × 16 output channels
//!                    ┌──────────────────────────┐
//!     PIXELS pixels  │ sums, all of them held in │  += pixel[k] × weights[k][channel], for every step k
//!                    │ registers                 │
//!                    └──────────────────────────┘
//! ```
//!
//! A step takes one input element of each pixel, repeated over a vector, against the vectors of weights that belong to
//! it. Steps are walked by a table of taps, offsets from the first pixel's element: one for each place of a filter and
//! each block of input channels, with RUN elements in a row behind each. Pixels lie STRIDE elements apart. Weights are
//! packed in the order they are read. At the end the sums are written to memory once and handed to the epilogue
//! ([`finish`]), which is compiled once and not for each shape of a tile.
//!
//! Departures from plain loops, for speed: the sums are arrays indexed by literals alone, or they would live in memory;
//! and the shapes are compiled one by one, so that no tile has a bound to check: a row that they do not divide is cut
//! into tiles of nearly equal widths, every width having its own code.

use super::entries::Entries;
use super::finish::Finish;

/// The widest tile that is compiled.
pub(crate) const PIXELS_MAX: usize = 28;
/// The most blocks of channels that a tile is compiled for.
pub(crate) const BLOCKS_MAX: usize = 4;

/// What the tiles of one step have in common. Distances are in elements.
#[derive(Clone, Debug)]
pub(crate) struct Tiles {
    /// Where each tap lies, from a pixel's element.
    pub(crate) taps: Box<[u32]>,
    /// Elements behind each tap, where it is not compiled in.
    pub(crate) run: usize,
    /// From pixel to pixel, where it is not compiled in.
    pub(crate) stride: usize,
    /// What is done to the sums.
    pub(crate) finish: Finish,
}

/// Where one tile reads and writes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TileAt {
    /// The first pixel's first element.
    pub(crate) source: *const f32,
    /// The packed weights of the tile's channels.
    pub(crate) weights: *const f32,
    /// The biases of the tile's channels; unread where sums are stored as they are.
    pub(crate) biases: *const f32,
    /// The first pixel's first output.
    pub(crate) out: *mut f32,
    /// The first pixel's residual; null where there is none.
    pub(crate) residual: *const f32,
    /// Channels of the last block that exist.
    pub(crate) last_channels: usize,
}

/// A tile of one shape, for one instruction set.
pub(crate) type TileFn = unsafe fn(&Tiles, &TileAt);

/// Evaluates a block once for each index below a constant count, the index a constant.
macro_rules! unroll {
    ($count:expr, $index:ident, $body:block) => {
        $crate::kernels::tile::unroll!(@ $count, $index, $body, 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27)
    };
    (@ $count:expr, $index:ident, $body:block, $($value:literal)*) => {
        $({
            const $index: usize = $value;
            if $index < $count $body
        })*
    };
}

pub(crate) use unroll;

/// Adds a pixel's products to its sums, for each block that the tile has.
macro_rules! multiply {
    ($simd:ident, $blocks:ident, $pixel:ident, $at:ident, $($block:literal $sums:ident $weights:ident),*) => {
        $(if $block < $blocks {
            $sums[$at] = $simd.mul_add($pixel, $weights, $sums[$at]);
        })*
    };
}

/// One tile. `STRIDE` and `RUN` are 0 where [`Tiles`] has them.
///
/// # Safety
/// - `at.source`, plus each tap, each multiple below `PIXELS` of the stride, and less than the run, can be read.
/// - `at.weights` has `BLOCKS * 16` floats for each step.
/// - `at.out`, `at.biases` and `at.residual` are as [`finish`] wants them.
#[inline(always)]
pub(crate) unsafe fn tile<
    S: Entries,
    const PIXELS: usize,
    const BLOCKS: usize,
    const STRIDE: usize,
    const RUN: usize,
>(
    simd: S,
    tiles: &Tiles,
    at: &TileAt,
) {
    let stride = if STRIDE == 0 { tiles.stride } else { STRIDE };
    let run = if RUN == 0 { tiles.run } else { RUN };
    let zero = simd.splat(0.0);
    let mut sums_0 = [zero; PIXELS_MAX];
    let mut sums_1 = [zero; PIXELS_MAX];
    let mut sums_2 = [zero; PIXELS_MAX];
    let mut sums_3 = [zero; PIXELS_MAX];
    let mut weights = at.weights;
    for &tap in &tiles.taps {
        // SAFETY: taps are offsets within the source, as the caller promises.
        let pixels = unsafe { at.source.add(tap as usize) };
        for element in 0..run {
            // SAFETY: the caller promises weights for each step.
            let weights_of = |block: usize| unsafe {
                if block < BLOCKS { simd.load(weights.add(block * 16)) } else { zero }
            };
            let (weights_0, weights_1) = (weights_of(0), weights_of(1));
            let (weights_2, weights_3) = (weights_of(2), weights_of(3));
            // SAFETY: as above.
            weights = unsafe { weights.add(BLOCKS * 16) };
            unroll!(PIXELS, PIXEL, {
                // SAFETY: the caller promises each pixel's elements.
                let pixel = simd.splat(unsafe { *pixels.add(PIXEL * stride + element) });
                multiply!(
                    simd, BLOCKS, pixel, PIXEL,
                    0 sums_0 weights_0, 1 sums_1 weights_1, 2 sums_2 weights_2, 3 sums_3 weights_3
                );
            });
        }
    }
    macro_rules! each_sum {
        ($pixel:ident, $block:ident, $sum:ident => $body:expr) => {
            unroll!(PIXELS, PIXEL, {
                each_sum!(@ $pixel, $block, $sum => $body, 0 sums_0, 1 sums_1, 2 sums_2, 3 sums_3);
            })
        };
        (@ $pixel:ident, $block:ident, $sum:ident => $body:expr, $($number:literal $sums:ident),*) => {
            $(if $number < BLOCKS {
                let ($pixel, $block, $sum) = (PIXEL, $number, $sums[PIXEL]);
                $body
            })*
        };
    }
    if tiles.finish.stores_sums {
        let (pixel_stride, block_stride) = (tiles.finish.out_pixel_stride, tiles.finish.out_block_stride);
        // SAFETY: the caller promises whole vectors where sums are stored as they are.
        each_sum!(pixel, block, sum => unsafe {
            simd.store(at.out.add(pixel * pixel_stride + block * block_stride), sum)
        });
        return;
    }
    let mut sums = std::mem::MaybeUninit::<[S::Vector; PIXELS_MAX + BLOCKS_MAX]>::uninit();
    let first: *mut S::Vector = sums.as_mut_ptr().cast();
    // SAFETY: PIXELS * BLOCKS sums fit: no shape is compiled that has more than PIXELS_MAX.
    each_sum!(pixel, block, sum => unsafe { first.add(pixel * BLOCKS + block).write(sum) });
    // SAFETY: as the caller promises.
    unsafe { simd.finish(first, PIXELS, BLOCKS, &tiles.finish, at) };
}
