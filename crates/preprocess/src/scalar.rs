//! The oracle: every kernel in plain Rust, one pixel at a time. It stays for ever; other instruction sets give the same
//! bits and floats.
//!
//! 1. `resize_row`: each target column takes two source pixels, converts both to R'G'B' in 1/64 code clamped to
//!    0..=255, and blends them by the column's weight.
//! 2. `blend_rows`, `round_row`: two resized rows are blended by the row's weight (or one is taken as it is) and rounded
//!    to whole codes, half up.
//! 3. `planar_f32`, `interleaved_f32`, `interleaved_u8`: codes become tensor elements. Planar u8 is a copy.

use std::ops::Range;

use crate::color::{Color, blend};
use crate::normalise::Normalise;
use crate::plan::Columns;
use crate::row::{PlanarRow, SourceRow};

/// Resizes the target columns `range` of one source row.
pub(crate) fn resize_row(
    row: &SourceRow<'_>,
    columns: &Columns,
    range: Range<usize>,
    out: &mut PlanarRow<i16>,
) {
    let [red, green, blue] = out.planes_mut();
    let taps = &columns.taps;
    for x in range {
        let weight = taps.weight[x];
        let first = pixel(row, &columns.color, taps.first[x] as usize);
        let second = pixel(row, &columns.color, taps.second[x] as usize);
        red[x] = blend(first[0], second[0], weight);
        green[x] = blend(first[1], second[1], weight);
        blue[x] = blend(first[2], second[2], weight);
    }
}

fn pixel(row: &SourceRow<'_>, color: &Color, x: usize) -> [i16; 3] {
    let codes = row.pixel(x);
    if row.layout.is_ycbcr() { color.rgb(codes) } else { codes.map(|code| i16::from(code) << 6) }
}

/// Blends two resized rows by the lower one's weight in 1/32768, and rounds.
pub(crate) fn blend_rows(
    upper: &PlanarRow<i16>,
    lower: &PlanarRow<i16>,
    weight: i16,
    codes: &mut PlanarRow<u8>,
) {
    for ((upper, lower), codes) in upper.planes().into_iter().zip(lower.planes()).zip(codes.planes_mut()) {
        for ((&upper, &lower), code) in upper.iter().zip(lower).zip(codes) {
            *code = rounded(blend(upper, lower, weight));
        }
    }
}

/// Rounds one resized row.
pub(crate) fn round_row(row: &PlanarRow<i16>, codes: &mut PlanarRow<u8>) {
    for (row, codes) in row.planes().into_iter().zip(codes.planes_mut()) {
        for (&value, code) in row.iter().zip(codes) {
            *code = rounded(value);
        }
    }
}

fn rounded(value: i16) -> u8 {
    ((value + 32) >> 6) as u8
}

/// One channel's codes as elements: `element = code * multiplier + bias`.
pub(crate) fn planar_f32(codes: &[u8], multiplier: f32, bias: f32, out: &mut [f32]) {
    for (&code, element) in codes.iter().zip(out) {
        *element = f32::from(code) * multiplier + bias;
    }
}

/// Three channels' codes, in the tensor's order, as interleaved elements.
pub(crate) fn interleaved_f32(codes: [&[u8]; 3], normalise: &Normalise, out: &mut [f32]) {
    let [first, second, third] = codes;
    let (pixels, _) = out.as_chunks_mut::<3>();
    for (((&first, &second), &third), pixel) in first.iter().zip(second).zip(third).zip(pixels) {
        *pixel = [normalise.element(first, 0), normalise.element(second, 1), normalise.element(third, 2)];
    }
}

/// Three channels' codes, in the tensor's order, interleaved.
pub(crate) fn interleaved_u8(codes: [&[u8]; 3], out: &mut [u8]) {
    let [first, second, third] = codes;
    let (pixels, _) = out.as_chunks_mut::<3>();
    for (((&first, &second), &third), pixel) in first.iter().zip(second).zip(third).zip(pixels) {
        *pixel = [first, second, third];
    }
}
