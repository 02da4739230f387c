//! Source rows straight to tensor rows, where no source row is of use twice: conversion runs while the stores of the
//! last block drain.

use crate::bars::Bars;
use crate::kernels::blocks::{Codes, Elements, Out, Put, blocks_of, meanwhile};
use crate::kernels::convert::Gains;
use crate::kernels::{dense, halving, picked};
use crate::normalise::Normalise;
use crate::plan::{Columns, Step};
use crate::row::RowPair;
use crate::scalar;
use crate::simd::Simd;

/// Bytes between prefetches.
const CACHE_LINE_BYTES: usize = 64;

/// `scalar::direct_row` for f32.
#[inline(always)]
pub(crate) fn direct_f32<S: Simd>(
    simd: S,
    rows: &RowPair<'_>,
    columns: &Columns,
    normalise: &Normalise,
    mut out: [&mut [f32]; 3],
    bars: &mut Bars<'_, f32>,
) {
    let done = {
        let [red, green, blue] = &mut out;
        let outs = blocks_of([red, green, blue], S::LANES);
        if normalise.can_be_raised() {
            row_blocks(simd, rows, columns, outs, bars, &mut Elements::<S, true>::new(simd, normalise))
        } else {
            row_blocks(simd, rows, columns, outs, bars, &mut Elements::<S, false>::new(simd, normalise))
        }
    };
    scalar::direct_row(rows, columns, done..columns.taps.len(), normalise, out);
}

/// `scalar::direct_row` for u8.
#[inline(always)]
pub(crate) fn direct_u8<S: Simd>(
    simd: S,
    rows: &RowPair<'_>,
    columns: &Columns,
    normalise: &Normalise,
    mut out: [&mut [u8]; 3],
    bars: &mut Bars<'_, u8>,
) {
    let [red, green, blue] = &mut out;
    let done = row_blocks(simd, rows, columns, blocks_of([red, green, blue], S::LANES), bars, &mut Codes);
    scalar::direct_row(rows, columns, done..columns.taps.len(), normalise, out);
}

/// As many whole blocks as both the source row and the tensor row have; how many columns that was.
#[inline(always)]
fn row_blocks<'a, S: Simd, P: Put<S>>(
    simd: S,
    rows: &RowPair<'_>,
    columns: &Columns,
    outs: impl Iterator<Item = Out<'a, P::Element>>,
    bars: &mut Bars<'_, P::Element>,
    put: &mut P,
) -> usize
where
    P::Element: Copy + 'a,
{
    let gains = &Gains::new(simd, &columns.color);
    match &columns.step {
        // Busy with stores as it is: the bars can wait.
        Step::Dense => dense::row(simd, &rows.upper, gains, outs, put),
        Step::Single(picks) => {
            let mut put = meanwhile(
                put,
                #[inline(always)]
                || bars.step(),
            );
            picked::single(simd, &rows.upper, gains, picks, outs, &mut put)
        }
        // Half the height with half the width: a direct plan has no other weight. Without the prefetch, two fifths of
        // the time went into waiting for the source.
        Step::Halving => {
            let mut prefetch = Prefetch::new(rows, columns, S::LANES);
            let mut put = meanwhile(
                put,
                #[inline(always)]
                || {
                    prefetch.step(simd);
                    bars.step();
                },
            );
            halving::row::<true, S, _>(simd, [&rows.upper, &rows.lower], gains, outs, &mut put)
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
    fn new(rows: &RowPair<'a>, columns: &Columns, lanes: usize) -> Self {
        let blocks = columns.taps.len().div_ceil(lanes);
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

    #[inline(always)]
    fn step<S: Simd>(&mut self, simd: S) {
        for (bytes, per_block) in &self.ahead[..self.count] {
            let mut place = self.block * per_block;
            let end = place + per_block;
            while let Some(byte) = bytes.get(place).filter(|_| place < end) {
                simd.prefetch(byte);
                place += CACHE_LINE_BYTES;
            }
        }
        self.block += 1;
    }
}
