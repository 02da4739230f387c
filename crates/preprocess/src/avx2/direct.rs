//! Source rows straight to tensor rows, where no source row is of use twice: conversion runs while the stores of the
//! last block drain.

use crate::avx2::blocks::{Elements, Out, blocks_of, put_codes};
use crate::avx2::convert::{Gains, Triple};
use crate::avx2::{dense, halving, picked};
use crate::normalise::Normalise;
use crate::plan::{Columns, Step};
use crate::row::RowPair;
use crate::scalar;

/// `scalar::direct_row` for f32.
#[target_feature(enable = "avx2,fma")]
pub(crate) fn row_f32(
    rows: &RowPair<'_>,
    columns: &Columns,
    normalise: &Normalise,
    mut out: [&mut [f32]; 3],
) {
    let elements = Elements::new(normalise);
    let [red, green, blue] = &mut out;
    let outs = blocks_of([red, green, blue]);
    let done = row_blocks(rows, columns, outs, |colors, out: Out<'_, f32>| elements.put(colors, out));
    scalar::direct_row(rows, columns, done..columns.taps.len(), normalise, out);
}

/// `scalar::direct_row` for u8.
#[target_feature(enable = "avx2,fma")]
pub(crate) fn row_u8(rows: &RowPair<'_>, columns: &Columns, normalise: &Normalise, mut out: [&mut [u8]; 3]) {
    let [red, green, blue] = &mut out;
    let outs = blocks_of([red, green, blue]);
    let done = row_blocks(rows, columns, outs, |colors, out: Out<'_, u8>| put_codes(colors, out));
    scalar::direct_row(rows, columns, done..columns.taps.len(), normalise, out);
}

/// As many whole blocks as both the source row and the tensor row have; how many columns that was.
#[inline]
#[target_feature(enable = "avx2,fma")]
fn row_blocks<O>(
    rows: &RowPair<'_>,
    columns: &Columns,
    outs: impl Iterator<Item = O>,
    put: impl Fn(Triple, O),
) -> usize {
    let gains = &Gains::new(&columns.color);
    match &columns.step {
        Step::Dense => dense::row(&rows.upper, gains, outs, put),
        Step::Single(picks) => picked::single(&rows.upper, gains, picks, outs, put),
        // Half the height with half the width: a direct plan has no other weight.
        Step::Halving => halving::row::<true, O>([&rows.upper, &rows.lower], gains, outs, put),
        Step::Between(_) | Step::Short => 0,
    }
}
