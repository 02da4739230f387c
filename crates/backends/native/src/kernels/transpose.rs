//! Between planes and blocks: `[channel][pixel]` and `[pixel][16]`, sixteen by sixteen.

use super::simd::{LANES, Simd};

/// A run of pixels in both forms.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BlocksAt {
    /// The first pixel of the first of the block's planes.
    pub(crate) planes: *mut f32,
    /// From plane to plane, in elements.
    pub(crate) plane_stride: usize,
    /// Planes that exist, at most 16.
    pub(crate) channels: usize,
    /// The first pixel in the block.
    pub(crate) block: *mut f32,
    pub(crate) pixels: usize,
}

/// Planes to blocks; channels that do not exist are zero.
///
/// # Safety
/// - The planes can be read, the block written.
#[inline(always)]
pub(crate) unsafe fn to_blocks<S: Simd>(simd: S, at: &BlocksAt) {
    let mut pixel = 0;
    while pixel < at.pixels {
        let count = (at.pixels - pixel).min(LANES);
        let mut rows = [simd.splat(0.0); LANES];
        for (channel, row) in rows.iter_mut().enumerate().take(at.channels) {
            // SAFETY: as the caller promises.
            *row = unsafe { simd.load_first(at.planes.add(channel * at.plane_stride + pixel), count) };
        }
        for (index, row) in simd.transpose(rows).into_iter().enumerate().take(count) {
            // SAFETY: as the caller promises.
            unsafe { simd.store(at.block.add((pixel + index) * LANES), row) };
        }
        pixel += count;
    }
}

/// Blocks to planes, those that exist.
///
/// # Safety
/// - The block can be read, the planes written.
#[inline(always)]
pub(crate) unsafe fn from_blocks<S: Simd>(simd: S, at: &BlocksAt) {
    let mut pixel = 0;
    while pixel < at.pixels {
        let count = (at.pixels - pixel).min(LANES);
        let mut rows = [simd.splat(0.0); LANES];
        for (index, row) in rows.iter_mut().enumerate() {
            // The last pixel again where there are fewer than 16.
            let from = pixel + index.min(count - 1);
            // SAFETY: as the caller promises.
            *row = unsafe { simd.load(at.block.add(from * LANES)) };
        }
        for (channel, row) in simd.transpose(rows).into_iter().enumerate().take(at.channels) {
            // SAFETY: as the caller promises.
            unsafe { simd.store_first(at.planes.add(channel * at.plane_stride + pixel), row, count) };
        }
        pixel += count;
    }
}
