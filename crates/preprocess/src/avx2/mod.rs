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

mod convert;
mod dense;
mod halving;
mod memory;
mod picked;
pub(crate) mod rows;
pub(crate) mod tensor;

use crate::plan::{Columns, Step};
use crate::row::{PlanarRow, SourceRow};
use crate::scalar;

/// `scalar::resize_row` over all columns.
#[target_feature(enable = "avx2")]
pub(crate) fn resize_row(row: &SourceRow<'_>, columns: &Columns, out: &mut PlanarRow<i16>) {
    let width = columns.taps.len();
    let done = match &columns.step {
        Step::Dense => dense::resize_row(row, columns, out),
        Step::Halving => halving::resize_row(row, columns, out),
        Step::Single(picks) => return picked::pick_row(row, &columns.color, picks, out),
        Step::Between(first, second) => {
            return picked::resize_row(row, &columns.color, [first, second], &columns.weights, out);
        }
        Step::Short => 0,
    };
    scalar::resize_row(row, columns, done.min(width)..width, out);
}
