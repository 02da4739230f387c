//! The oracle: every kernel in plain Rust, one pixel at a time. It stays for ever; other instruction sets give the same
//! bits and floats.
//!
//! 1. `resize_row`: each target column takes two source pixels, converts both to R'G'B' in 1/64 code clamped to
//!    0..=255, and blends them by the column's weight.
//! 2. `blend_rows`, `round_row`: two resized rows are blended by the row's weight (or one is taken as it is) and rounded
//!    to whole codes, half up.
//! 3. `planar_f32`, `interleaved_f32`, `interleaved_u8`: codes become tensor elements. Planar u8 is a copy.
//! 4. `direct_row`: all of that at once, where no resized row is of use twice.

use std::ops::Range;

use crate::color::{Color, blend};
use crate::normalise::Normalise;
use crate::plan::Columns;
use crate::row::{PlanarRow, RowPair, SourceRow};
use crate::tensor::Element;

/// Resizes the target columns `range` of one source row.
pub(crate) fn resize_row(
    row: &SourceRow<'_>,
    columns: &Columns,
    range: Range<usize>,
    out: &mut PlanarRow<i16>,
) {
    let [red, green, blue] = out.planes_mut();
    for x in range {
        [red[x], green[x], blue[x]] = resized_pixel(row, columns, x);
    }
}

/// The target columns `range` of the blend of two source rows, as elements of the tensor's planes for red, green and
/// blue.
pub(crate) fn direct_row<T: Element>(
    rows: &RowPair<'_>,
    columns: &Columns,
    range: Range<usize>,
    normalise: &Normalise,
    out: [&mut [T]; 3],
) {
    let [red, green, blue] = out;
    for x in range {
        let upper = resized_pixel(&rows.upper, columns, x);
        let lower = if rows.weight == 0 { upper } else { resized_pixel(&rows.lower, columns, x) };
        let code = |color: usize| rounded(blend(upper[color], lower[color], rows.weight));
        red[x] = T::of(code(0), normalise, normalise.order[0]);
        green[x] = T::of(code(1), normalise, normalise.order[1]);
        blue[x] = T::of(code(2), normalise, normalise.order[2]);
    }
}

fn resized_pixel(row: &SourceRow<'_>, columns: &Columns, x: usize) -> [i16; 3] {
    let taps = &columns.taps;
    let first = pixel(row, &columns.color, taps.first[x] as usize);
    if taps.weight[x] == 0 {
        return first;
    }
    let second = pixel(row, &columns.color, taps.second[x] as usize);
    [0, 1, 2].map(|color| blend(first[color], second[color], taps.weight[x]))
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

/// One channel's codes as elements.
pub(crate) fn planar_f32(codes: &[u8], normalise: &Normalise, channel: usize, out: &mut [f32]) {
    for (&code, element) in codes.iter().zip(out) {
        *element = normalise.element(code, channel);
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
