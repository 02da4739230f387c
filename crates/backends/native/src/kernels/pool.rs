//! A row of a pool over a picture in blocks.

use super::simd::{LANES, Simd};
use crate::ops::PoolKind;

/// What windows look like. Distances are in elements.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Windows {
    pub(crate) kind: PoolKind,
    pub(crate) kernel: [usize; 2],
    pub(crate) strides: [usize; 2],
    pub(crate) dilations: [usize; 2],
    /// Around the picture: top, left, bottom, right.
    pub(crate) pads: [usize; 4],
    /// The picture's height and width.
    pub(crate) size: [usize; 2],
    pub(crate) row_stride: usize,
}

/// Where a row is read and written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PoolRowAt {
    /// The first pixel of the plane.
    pub(crate) source: *const f32,
    /// The first output of the row.
    pub(crate) out: *mut f32,
    /// Which output row.
    pub(crate) row: usize,
    pub(crate) width: usize,
}

/// One row of outputs, sixteen channels.
///
/// # Safety
/// - The plane can be read and the row written.
#[inline(always)]
pub(crate) unsafe fn pool_row<S: Simd>(simd: S, windows: &Windows, at: &PoolRowAt) {
    let rows = positions(windows, 0, at.row);
    for column in 0..at.width {
        let columns = positions(windows, 1, column);
        let mut result = match windows.kind {
            PoolKind::Max => simd.splat(f32::MIN),
            PoolKind::Average { .. } => simd.splat(0.0),
        };
        for y in rows.first..rows.end {
            for x in columns.first..columns.end {
                let row = rows.origin + (y * windows.dilations[0]) as isize;
                let column = columns.origin + (x * windows.dilations[1]) as isize;
                let from = row * windows.row_stride as isize + column * LANES as isize;
                // SAFETY: positions inside the picture.
                let pixel = unsafe { simd.load(at.source.offset(from)) };
                result = match windows.kind {
                    PoolKind::Max => simd.max(result, pixel),
                    PoolKind::Average { .. } => simd.add(result, pixel),
                };
            }
        }
        if let PoolKind::Average { counts_padding } = windows.kind {
            let count = |positions: &Positions| {
                if counts_padding { positions.padded } else { positions.end - positions.first }
            };
            result = simd.div(result, simd.splat((count(&rows) * count(&columns)) as f32));
        }
        // SAFETY: as the caller promises.
        unsafe { simd.store(at.out.add(column * LANES), result) };
    }
}

/// The places of a window along an axis.
struct Positions {
    /// Where its first place would lie in the picture.
    origin: isize,
    /// The places that lie in the picture.
    first: usize,
    end: usize,
    /// How many lie in the picture or its pads.
    padded: usize,
}

#[inline(always)]
fn positions(windows: &Windows, axis: usize, at: usize) -> Positions {
    let dilation = windows.dilations[axis];
    let origin = (at * windows.strides[axis]) as isize - windows.pads[axis] as isize;
    let size = windows.size[axis] as isize;
    let below = |limit: isize| {
        let room = (limit - origin).max(0) as usize;
        room.div_ceil(dilation).min(windows.kernel[axis])
    };
    let first = ((-origin).max(0) as usize).div_ceil(dilation).min(windows.kernel[axis]);
    let padded = below(size + windows.pads[axis + 2] as isize);
    Positions { origin, first, end: below(size).max(first), padded }
}
