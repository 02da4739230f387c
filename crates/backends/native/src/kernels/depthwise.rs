//! The depthwise tile: each channel of a picture by a filter of its own, sixteen channels at a time.
//!
//! ```text
//!     sums[pixel] += load(pixel + tap) × load(weights of tap)      PIXELS sums, held in registers
//! ```
//!
//! Taps are the places of the filter, as offsets; there is a vector of weights for each.

use super::entries::Entries;
use super::tile::{PIXELS_MAX, TileAt, Tiles, unroll};

/// One tile of pixels that lie `STRIDE` pixels apart, of 16 channels; 0 where [`Tiles`] has it, in elements.
///
/// # Safety
/// - 16 elements can be read at `at.source`, plus each tap and each multiple below `PIXELS` of the stride.
/// - `at.weights` has 16 floats for each tap.
/// - `at.out`, `at.biases` and `at.residual` are as the epilogue wants them.
#[inline(always)]
pub(crate) unsafe fn depthwise<S: Entries, const PIXELS: usize, const STRIDE: usize>(
    simd: S,
    tiles: &Tiles,
    at: &TileAt,
) {
    let stride = if STRIDE == 0 { tiles.stride } else { STRIDE * 16 };
    let mut sums = [simd.splat(0.0); PIXELS_MAX];
    for (index, &tap) in tiles.taps.iter().enumerate() {
        // SAFETY: as the caller promises.
        let (weights, pixels) =
            unsafe { (simd.load(at.weights.add(index * 16)), at.source.add(tap as usize)) };
        unroll!(PIXELS, PIXEL, {
            // SAFETY: as the caller promises.
            let pixel = unsafe { simd.load(pixels.add(PIXEL * stride)) };
            sums[PIXEL] = simd.mul_add(pixel, weights, sums[PIXEL]);
        });
    }
    let mut finished = std::mem::MaybeUninit::<[S::Vector; PIXELS_MAX]>::uninit();
    let first: *mut S::Vector = finished.as_mut_ptr().cast();
    unroll!(PIXELS, PIXEL, {
        // SAFETY: within the array.
        unsafe { first.add(PIXEL).write(sums[PIXEL]) };
    });
    // SAFETY: as the caller promises.
    unsafe { simd.finish(first, PIXELS, 1, &tiles.finish, at) };
}
