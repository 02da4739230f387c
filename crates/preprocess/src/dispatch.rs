//! The one place where an instruction set is chosen. Every kernel is called through here.

use crate::Isa;
use crate::normalise::Normalise;
use crate::plan::Columns;
use crate::row::{PlanarRow, SourceRow};
use crate::scalar;

impl Isa {
    /// Converts one source row and resizes it horizontally.
    pub(crate) fn resize_row(self, row: &SourceRow<'_>, columns: &Columns, out: &mut PlanarRow<i16>) {
        match self {
            _ => scalar::resize_row(row, columns, 0..columns.taps.len(), out),
        }
    }

    /// Blends two resized rows by the lower one's weight, and rounds to codes.
    pub(crate) fn blend_rows(
        self,
        upper: &PlanarRow<i16>,
        lower: &PlanarRow<i16>,
        weight: i16,
        codes: &mut PlanarRow<u8>,
    ) {
        match self {
            _ => scalar::blend_rows(upper, lower, weight, codes),
        }
    }

    /// Rounds one resized row to codes.
    pub(crate) fn round_row(self, row: &PlanarRow<i16>, codes: &mut PlanarRow<u8>) {
        match self {
            _ => scalar::round_row(row, codes),
        }
    }

    /// Codes of one channel to elements.
    pub(crate) fn planar_f32(self, codes: &[u8], multiplier: f32, bias: f32, out: &mut [f32]) {
        match self {
            _ => scalar::planar_f32(codes, multiplier, bias, out),
        }
    }

    /// Codes of three channels to interleaved elements.
    pub(crate) fn interleaved_f32(self, codes: [&[u8]; 3], normalise: &Normalise, out: &mut [f32]) {
        match self {
            _ => scalar::interleaved_f32(codes, normalise, out),
        }
    }

    /// Codes of three channels to interleaved bytes.
    pub(crate) fn interleaved_u8(self, codes: [&[u8]; 3], out: &mut [u8]) {
        match self {
            _ => scalar::interleaved_u8(codes, out),
        }
    }
}
