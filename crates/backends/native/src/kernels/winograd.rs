//! Winograd's transforms for 3x3 filters: F(4x4, 3x3), after Lavin and Gray, "Fast Algorithms for Convolutional Neural
//! Networks" (2015).
//!
//! ```text
//!     4x4 outputs = Aᵀ [ (G filter Gᵀ) ⊙ (Bᵀ patch B) ] A          patch: 6x6 inputs
//! ```
//!
//! In the middle stand 36 products where the definition has 144. Summed over input channels, they are 36 matrix products
//! of transformed patches and transformed filters: tiles of the usual kind. Here are the transforms of patches and of
//! sums, sixteen channels at a time; each is a one-dimensional one over columns, then over rows. Filters are transformed
//! at load, in f64.

use super::finish::{After, Before, Combine, Finish, Plain};
use super::functions::with_function;
use super::simd::{LANES, Simd};
use crate::ops::Residual;

/// Outputs of a patch in each direction.
pub(crate) const OUT: usize = 4;
/// Inputs of a patch in each direction.
pub(crate) const PATCH: usize = 6;
/// Products of a patch.
pub(crate) const POINTS: usize = PATCH * PATCH;

/// Rows of G.
const FILTER: [[f64; 3]; PATCH] = [
    [1.0 / 4.0, 0.0, 0.0],
    [-1.0 / 6.0, -1.0 / 6.0, -1.0 / 6.0],
    [-1.0 / 6.0, 1.0 / 6.0, -1.0 / 6.0],
    [1.0 / 24.0, 1.0 / 12.0, 1.0 / 6.0],
    [1.0 / 24.0, -1.0 / 12.0, 1.0 / 6.0],
    [0.0, 0.0, 1.0],
];

/// `G filter Gᵀ` of a filter in rows.
pub(crate) fn transform_filter(filter: &[f32; 9]) -> [f32; POINTS] {
    let mut rows = [[0.0; 3]; PATCH];
    for (row, factors) in rows.iter_mut().zip(FILTER) {
        for (x, value) in row.iter_mut().enumerate() {
            *value = (0..3).map(|y| factors[y] * f64::from(filter[y * 3 + x])).sum();
        }
    }
    std::array::from_fn(|point| {
        let (row, factors) = (rows[point / PATCH], FILTER[point % PATCH]);
        (0..3).map(|x| factors[x] * row[x]).sum::<f64>() as f32
    })
}

/// Where a patch is read and its transform written. Distances are in elements.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PatchAt {
    /// The patch's first element, which may lie in a margin.
    pub(crate) source: *const f32,
    pub(crate) row_stride: usize,
    /// Rows and columns of the patch that can be read; those beyond are zero.
    pub(crate) readable: [usize; 2],
    /// Where its first point goes.
    pub(crate) points: *mut f32,
    /// From point to point.
    pub(crate) point_stride: usize,
}

/// `Bᵀ patch B`
///
/// # Safety
/// - The readable part of the patch can be read, 16 channels each.
/// - 16 floats can be written for each point.
#[inline(always)]
pub(crate) unsafe fn transform_patch<S: Simd>(simd: S, at: &PatchAt) {
    let zero = simd.splat(0.0);
    let mut columns = [[zero; PATCH]; PATCH];
    let is_whole = at.readable == [PATCH, PATCH];
    for (x, column) in columns.iter_mut().enumerate() {
        // SAFETY: as the caller promises.
        let load = |y: usize| unsafe {
            if is_whole || (y < at.readable[0] && x < at.readable[1]) {
                simd.load(at.source.add(y * at.row_stride + x * LANES))
            } else {
                zero
            }
        };
        *column = transform_line(simd, [load(0), load(1), load(2), load(3), load(4), load(5)]);
    }
    #[expect(clippy::needless_range_loop, reason = "a row is an element of each column")]
    for y in 0..PATCH {
        let line = [columns[0][y], columns[1][y], columns[2][y], columns[3][y], columns[4][y], columns[5][y]];
        let line = transform_line(simd, line);
        for (x, value) in line.into_iter().enumerate() {
            // SAFETY: as the caller promises.
            unsafe { simd.store(at.points.add((y * PATCH + x) * at.point_stride), value) };
        }
    }
}

/// `Bᵀ line`
#[inline(always)]
fn transform_line<S: Simd>(simd: S, line: [S::Vector; PATCH]) -> [S::Vector; PATCH] {
    let [a, b, c, d, e, f] = line;
    let times = |factor: f32, value, plus| simd.mul_add(simd.splat(factor), value, plus);
    let (even, odd) = (times(-4.0, c, e), times(-4.0, b, d));
    let (difference, double) = (simd.sub(e, c), simd.mul(simd.splat(2.0), simd.sub(d, b)));
    [
        times(4.0, a, times(-5.0, c, e)),
        simd.add(even, odd),
        simd.sub(even, odd),
        simd.add(difference, double),
        simd.sub(difference, double),
        times(4.0, b, times(-5.0, d, f)),
    ]
}

/// Where the sums of a patch are read and its outputs written. Distances are in elements.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SumsAt {
    pub(crate) points: *const f32,
    /// From point to point.
    pub(crate) point_stride: usize,
    /// 16 of them.
    pub(crate) biases: *const f32,
    pub(crate) out: *mut f32,
    pub(crate) out_row_stride: usize,
    /// Null where there is none.
    pub(crate) residual: *const f32,
    pub(crate) residual_row_stride: usize,
    /// Rows and columns of the outputs that exist.
    pub(crate) exist: [usize; 2],
}

/// `Aᵀ sums A`, and the epilogue. Of `how` only activation and residual count.
///
/// # Safety
/// - 16 floats can be read for each point and at `at.biases`; outputs that exist can be written, residuals read.
#[inline(always)]
pub(crate) unsafe fn transform_sums<S: Simd>(simd: S, at: &SumsAt, how: &Finish) {
    with_function!(how.activation, function => {
        // SAFETY: as the caller promises.
        unsafe {
            match how.residual {
                None => sums(simd, at, Plain(function)),
                Some(Residual::BeforeActivation) => sums(simd, at, Before(function)),
                Some(Residual::AfterActivation) => sums(simd, at, After(function)),
            }
        }
    });
}

/// # Safety
/// - As for [`transform_sums`].
#[inline(always)]
unsafe fn sums<S: Simd, C: Combine>(simd: S, at: &SumsAt, combine: C) {
    let mut columns = [[simd.splat(0.0); OUT]; PATCH];
    for (x, column) in columns.iter_mut().enumerate() {
        // SAFETY: as the caller promises.
        let load = |y: usize| unsafe { simd.load(at.points.add((y * PATCH + x) * at.point_stride)) };
        *column = sum_line(simd, [load(0), load(1), load(2), load(3), load(4), load(5)]);
    }
    // SAFETY: as the caller promises.
    let biases = unsafe { simd.load(at.biases) };
    #[expect(clippy::needless_range_loop, reason = "a row is an element of each column")]
    for y in 0..at.exist[0].min(OUT) {
        let line = [columns[0][y], columns[1][y], columns[2][y], columns[3][y], columns[4][y], columns[5][y]];
        let line = sum_line(simd, line);
        for (x, sum) in line.into_iter().enumerate().take(at.exist[1]) {
            let sum = simd.add(sum, biases);
            // SAFETY: as the caller promises.
            unsafe {
                let residual = if C::HAS_RESIDUAL {
                    simd.load(at.residual.add(y * at.residual_row_stride + x * LANES))
                } else {
                    sum
                };
                simd.store(
                    at.out.add(y * at.out_row_stride + x * LANES),
                    combine.combine(simd, sum, residual),
                );
            }
        }
    }
}

/// `Aᵀ line`
#[inline(always)]
fn sum_line<S: Simd>(simd: S, line: [S::Vector; PATCH]) -> [S::Vector; OUT] {
    let [a, b, c, d, e, f] = line;
    let times = |factor: f32, value, plus| simd.mul_add(simd.splat(factor), value, plus);
    let (sum_1, difference_1) = (simd.add(b, c), simd.sub(b, c));
    let (sum_2, difference_2) = (simd.add(d, e), simd.sub(d, e));
    [
        simd.add(a, simd.add(sum_1, sum_2)),
        times(2.0, difference_2, difference_1),
        times(4.0, sum_2, sum_1),
        simd.add(f, times(8.0, difference_2, difference_1)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::isa::Portable;

    /// One channel of one patch against the definition.
    #[test]
    fn a_patch_comes_out_as_the_definition_says() {
        let patch: [f32; POINTS] = std::array::from_fn(|index| ((index * 7) % 11) as f32 - 5.0);
        let filter: [f32; 9] = std::array::from_fn(|index| ((index * 5) % 7) as f32 / 4.0 - 0.7);
        // SAFETY: plain Rust runs everywhere.
        let simd = unsafe { Portable::assume() };
        let mut source = [0.0f32; POINTS * LANES];
        for (index, value) in patch.iter().enumerate() {
            source[index * LANES] = *value;
        }
        let mut points = [0.0f32; POINTS * LANES];
        let patch_at = PatchAt {
            source: source.as_ptr(),
            row_stride: PATCH * LANES,
            readable: [PATCH, PATCH],
            points: points.as_mut_ptr(),
            point_stride: LANES,
        };
        // SAFETY: arrays of that length.
        unsafe { transform_patch(simd, &patch_at) };
        for (point, factor) in transform_filter(&filter).into_iter().enumerate() {
            points[point * LANES] *= factor;
        }
        let (biases, mut out) = ([0.5f32; LANES], [0.0f32; OUT * OUT * LANES]);
        let sums_at = SumsAt {
            points: points.as_ptr(),
            point_stride: LANES,
            biases: biases.as_ptr(),
            out: out.as_mut_ptr(),
            out_row_stride: OUT * LANES,
            residual: std::ptr::null(),
            residual_row_stride: 0,
            exist: [OUT, OUT],
        };
        // SAFETY: arrays of that length.
        unsafe { transform_sums(simd, &sums_at, &Finish::default()) };
        for y in 0..OUT {
            for x in 0..OUT {
                let expected: f32 =
                    (0..9).map(|tap| filter[tap] * patch[(y + tap / 3) * PATCH + x + tap % 3]).sum::<f32>()
                        + 0.5;
                let got = out[(y * OUT + x) * LANES];
                assert!((got - expected).abs() < 1e-4, "{x}, {y}: {got} instead of {expected}");
            }
        }
    }
}
