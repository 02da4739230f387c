//! Kernels for AVX2: the oracle's arithmetic, 16 pixels at a time.
//!
//! 1. A target row that takes each source pixel once reads the row as it lies (`dense`); one that takes two neighbours
//!    for each reads both halves of each load (`halving`); any other goes through quads (`picked`).
//! 2. Codes come into the high byte of 16-bit lanes by a byte shuffle, so that one `pmulhrsw` applies a gain; red, green
//!    and blue leave in 1/64 code, clamped.
//! 3. Rows of our own are padded to whole blocks: only loads from the source and stores to the tensor have tails, and
//!    the oracle writes those.
//!
//! Functions here are safe and carry `#[target_feature]`; calling one from outside needs the proof that `Isa` is.

mod blocks;
mod convert;
mod dense;
pub(crate) mod direct;
mod halving;
mod memory;
mod picked;
pub(crate) mod rows;
pub(crate) mod tensor;

use crate::avx2::blocks::{Out, blocks_of, put_words};
use crate::avx2::convert::Gains;
use crate::plan::{Columns, Step};
use crate::row::{PlanarRow, SourceRow};
use crate::scalar;

/// `scalar::resize_row` over all columns.
#[target_feature(enable = "avx2,fma")]
pub(crate) fn resize_row(row: &SourceRow<'_>, columns: &Columns, out: &mut PlanarRow<i16>) {
    let gains = &Gains::new(&columns.color);
    let done = whole_blocks(row, columns, gains, blocks_of(out.planes_mut()));
    let width = columns.taps.len();
    scalar::resize_row(row, columns, done.min(width)..width, out);
}

#[inline]
#[target_feature(enable = "avx2,fma")]
fn whole_blocks<'a>(
    row: &SourceRow<'_>,
    columns: &Columns,
    gains: &Gains,
    outs: impl Iterator<Item = Out<'a, i16>>,
) -> usize {
    let put = |colors, out: Out<'a, i16>| put_words(colors, out);
    match &columns.step {
        Step::Dense => dense::row(row, gains, outs, put),
        Step::Halving => halving::row::<false, _>([row, row], gains, outs, put),
        Step::Single(picks) => picked::single(row, gains, picks, outs, put),
        Step::Between(picks) => picked::between(row, gains, picks, &columns.weights, outs),
        Step::Short => 0,
    }
}
