//! A row of a resized picture in blocks: each pixel a blend of four, or one of them.

use super::simd::{LANES, Simd};

/// Where a row is read and written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BlendRowAt<'a> {
    /// The first pixels of the two rows that are blended; of the first alone where both are one.
    pub(crate) rows: [*const f32; 2],
    /// The second's share.
    pub(crate) share: f32,
    /// For each output the columns that are blended, and the second's share.
    pub(crate) columns: &'a [([u32; 2], f32)],
    pub(crate) out: *mut f32,
}

/// One row of outputs, sixteen channels.
///
/// # Safety
/// - Both rows can be read at each column, and the output's row can be written.
#[inline(always)]
pub(crate) unsafe fn blend_row<S: Simd>(simd: S, at: &BlendRowAt<'_>) {
    let [upper, lower] = at.rows;
    let is_one_row = upper == lower;
    let share_below = simd.splat(at.share);
    for (index, &([left, right], share)) in at.columns.iter().enumerate() {
        // SAFETY: as the caller promises.
        unsafe {
            let across = |row: *const f32| {
                let first = simd.load(row.add(left as usize * LANES));
                if left == right {
                    return first;
                }
                let second = simd.load(row.add(right as usize * LANES));
                simd.mul_add(simd.sub(second, first), simd.splat(share), first)
            };
            let above = across(upper);
            let blended = if is_one_row {
                above
            } else {
                simd.mul_add(simd.sub(across(lower), above), share_below, above)
            };
            simd.store(at.out.add(index * LANES), blended);
        }
    }
}
