//! The vector kernels: the oracle's arithmetic, `Simd::LANES` pixels at a time, written once for all instruction sets.
//!
//! 1. A target row that takes each source pixel once reads the row as it lies (`dense`); one that takes two neighbours
//!    for each reads both halves of each load (`halving`); any other goes through quads (`picked`).
//! 2. Codes come into the high byte of 16-bit lanes, so that one rounding multiply applies a gain; red, green and blue
//!    leave in 1/64 code, clamped.
//! 3. Rows of our own are padded to whole blocks: only loads from the source and stores to the tensor have tails, and
//!    the oracle writes those.
//!
//! Every function and closure that touches a vector is `inline(always)`: see `simd`.

mod blocks;
mod convert;
mod dense;
mod direct;
mod halving;
mod picked;
mod rows;
mod tensor;

pub(crate) use direct::{direct_f32, direct_u8};
pub(crate) use rows::{blend_rows, round_row};
pub(crate) use tensor::{interleaved_f32, interleaved_u8, planar_f32};

use crate::kernels::blocks::{Words, blocks_of};
use crate::kernels::convert::Gains;
use crate::plan::{Columns, Step};
use crate::row::{PlanarRow, SourceRow};
use crate::scalar;
use crate::simd::Simd;

/// `scalar::resize_row` over all columns.
#[inline(always)]
pub(crate) fn resize_row<S: Simd>(simd: S, row: &SourceRow<'_>, columns: &Columns, out: &mut PlanarRow<i16>) {
    let gains = &Gains::new(simd, &columns.color);
    let done = {
        let outs = blocks_of(out.planes_mut(), S::LANES);
        match &columns.step {
            Step::Dense => dense::row(simd, row, gains, outs, &mut Words),
            Step::Halving => halving::row::<false, _, _>(simd, [row, row], gains, outs, &mut Words),
            Step::Single(picks) => picked::single(simd, row, gains, picks, outs, &mut Words),
            Step::Between(picks) => picked::between(simd, row, gains, picks, &columns.weights, outs),
            Step::Short => 0,
        }
    };
    let width = columns.taps.len();
    scalar::resize_row(row, columns, done.min(width)..width, out);
}
