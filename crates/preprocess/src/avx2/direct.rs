//! Source rows straight to tensor rows, where no source row is of use twice: conversion runs while the stores of the
//! last block drain.

use crate::avx2::blocks::{Elements, Out, blocks_of, put_codes};
use crate::avx2::convert::{Gains, Triple};
use crate::avx2::memory::prefetch;
use crate::avx2::{dense, halving, picked};
use crate::bars::Bars;
use crate::normalise::Normalise;
use crate::plan::{Columns, Step};
use crate::row::RowPair;
use crate::scalar;

/// Bytes between prefetches.
const CACHE_LINE_BYTES: usize = 64;

/// `scalar::direct_row` for f32.
#[target_feature(enable = "avx2,fma")]
pub(crate) fn row_f32(
    rows: &RowPair<'_>,
    columns: &Columns,
    normalise: &Normalise,
    mut out: [&mut [f32]; 3],
    bars: &mut Bars<'_, f32>,
) {
    let elements = Elements::new(normalise);
    let [red, green, blue] = &mut out;
    let outs = blocks_of([red, green, blue]);
    let done = row_blocks(rows, columns, outs, bars, |colors, out: Out<'_, f32>| elements.put(colors, out));
    scalar::direct_row(rows, columns, done..columns.taps.len(), normalise, out);
}

/// `scalar::direct_row` for u8.
#[target_feature(enable = "avx2,fma")]
pub(crate) fn row_u8(
    rows: &RowPair<'_>,
    columns: &Columns,
    normalise: &Normalise,
    mut out: [&mut [u8]; 3],
    bars: &mut Bars<'_, u8>,
) {
    let [red, green, blue] = &mut out;
    let outs = blocks_of([red, green, blue]);
    let done = row_blocks(rows, columns, outs, bars, |colors, out: Out<'_, u8>| put_codes(colors, out));
    scalar::direct_row(rows, columns, done..columns.taps.len(), normalise, out);
}

/// As many whole blocks as both the source row and the tensor row have; how many columns that was.
#[inline]
#[target_feature(enable = "avx2,fma")]
fn row_blocks<O, T: Copy>(
    rows: &RowPair<'_>,
    columns: &Columns,
    outs: impl Iterator<Item = O>,
    bars: &mut Bars<'_, T>,
    put: impl Fn(Triple, O),
) -> usize {
    let gains = &Gains::new(&columns.color);
    match &columns.step {
        // Bound by the memory as it is: the bars can wait.
        Step::Dense => dense::row(&rows.upper, gains, outs, put),
        Step::Single(picks) => picked::single(&rows.upper, gains, picks, outs.inspect(|_| bars.step()), put),
        // Half the height with half the width: a direct plan has no other weight. Without the prefetch, two fifths of
        // the time went into waiting for the source.
        Step::Halving => {
            let mut prefetch = Prefetch::new(rows, columns);
            let outs = outs.inspect(|_| {
                prefetch.step();
                bars.step();
            });
            halving::row::<true, O>([&rows.upper, &rows.lower], gains, outs, put)
        }
        Step::Between(_) | Step::Short => 0,
    }
}

/// Asks for the rows of the next target row, a little with each block: a picture's rows are no stream that the hardware
/// would see through where two are read at once.
struct Prefetch<'a> {
    /// Each plane of both rows, and how much of it goes with a block.
    ahead: [(&'a [u8], usize); 6],
    /// How many of these there are.
    count: usize,
    /// Blocks so far.
    block: usize,
}

impl<'a> Prefetch<'a> {
    fn new(rows: &RowPair<'a>, columns: &Columns) -> Self {
        let blocks = columns.taps.len().div_ceil(16);
        let mut prefetch = Self { ahead: [(&[], 0); 6], count: 0, block: 0 };
        for row in rows.next {
            for bytes in row.planes {
                let held = &prefetch.ahead[..prefetch.count];
                if held.iter().all(|(held, _)| held.as_ptr() != bytes.as_ptr()) {
                    prefetch.ahead[prefetch.count] = (bytes, bytes.len().div_ceil(blocks));
                    prefetch.count += 1;
                }
            }
        }
        prefetch
    }

    #[inline]
    fn step(&mut self) {
        for (bytes, per_block) in &self.ahead[..self.count] {
            let mut place = self.block * per_block;
            let end = place + per_block;
            while let Some(byte) = bytes.get(place).filter(|_| place < end) {
                prefetch(byte);
                place += CACHE_LINE_BYTES;
            }
        }
        self.block += 1;
    }
}
