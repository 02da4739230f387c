//! The one place where an instruction set is chosen. Every kernel is called through here.

use crate::Isa;
#[cfg(target_arch = "x86_64")]
use crate::avx2;
use crate::bars::Bars;
use crate::normalise::Normalise;
use crate::plan::Columns;
use crate::row::{PlanarRow, RowPair, SourceRow};
use crate::scalar;

impl Isa {
    /// Converts one source row and resizes it horizontally.
    pub(crate) fn resize_row(self, row: &SourceRow<'_>, columns: &Columns, out: &mut PlanarRow<i16>) {
        match self {
            Self::Scalar => scalar::resize_row(row, columns, 0..columns.taps.len(), out),
            #[cfg(target_arch = "x86_64")]
            // SAFETY: an `Avx2` is made only where the CPU has AVX2 and FMA.
            Self::Avx2(_) => unsafe { avx2::resize_row(row, columns, out) },
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
            Self::Scalar => scalar::blend_rows(upper, lower, weight, codes),
            #[cfg(target_arch = "x86_64")]
            // SAFETY: an `Avx2` is made only where the CPU has AVX2 and FMA.
            Self::Avx2(_) => unsafe { avx2::rows::blend_rows(upper, lower, weight, codes) },
        }
    }

    /// Rounds one resized row to codes.
    pub(crate) fn round_row(self, row: &PlanarRow<i16>, codes: &mut PlanarRow<u8>) {
        match self {
            Self::Scalar => scalar::round_row(row, codes),
            #[cfg(target_arch = "x86_64")]
            // SAFETY: an `Avx2` is made only where the CPU has AVX2 and FMA.
            Self::Avx2(_) => unsafe { avx2::rows::round_row(row, codes) },
        }
    }

    /// Codes of one channel to elements.
    pub(crate) fn planar_f32(self, codes: &[u8], normalise: &Normalise, channel: usize, out: &mut [f32]) {
        match self {
            Self::Scalar => scalar::planar_f32(codes, normalise, channel, out),
            #[cfg(target_arch = "x86_64")]
            // SAFETY: an `Avx2` is made only where the CPU has AVX2 and FMA.
            Self::Avx2(_) => unsafe { avx2::tensor::planar_f32(codes, normalise, channel, out) },
        }
    }

    /// Codes of three channels to interleaved elements.
    pub(crate) fn interleaved_f32(self, codes: [&[u8]; 3], normalise: &Normalise, out: &mut [f32]) {
        match self {
            Self::Scalar => scalar::interleaved_f32(codes, normalise, out),
            #[cfg(target_arch = "x86_64")]
            // SAFETY: an `Avx2` is made only where the CPU has AVX2 and FMA.
            Self::Avx2(_) => unsafe { avx2::tensor::interleaved_f32(codes, normalise, out) },
        }
    }

    /// Codes of three channels to interleaved bytes.
    pub(crate) fn interleaved_u8(self, codes: [&[u8]; 3], out: &mut [u8]) {
        match self {
            Self::Scalar => scalar::interleaved_u8(codes, out),
            #[cfg(target_arch = "x86_64")]
            // SAFETY: an `Avx2` is made only where the CPU has AVX2 and FMA.
            Self::Avx2(_) => unsafe { avx2::tensor::interleaved_u8(codes, out) },
        }
    }

    /// A tensor row of red, green and blue planes, straight from two source rows; a part of the bars in passing.
    pub(crate) fn direct_f32(
        self,
        rows: &RowPair<'_>,
        columns: &Columns,
        normalise: &Normalise,
        out: [&mut [f32]; 3],
        bars: &mut Bars<'_, f32>,
    ) {
        match self {
            Self::Scalar => scalar::direct_row(rows, columns, 0..columns.taps.len(), normalise, out),
            #[cfg(target_arch = "x86_64")]
            // SAFETY: an `Avx2` is made only where the CPU has AVX2 and FMA.
            Self::Avx2(_) => unsafe { avx2::direct::row_f32(rows, columns, normalise, out, bars) },
        }
    }

    /// A tensor row of red, green and blue planes, straight from two source rows; a part of the bars in passing.
    pub(crate) fn direct_u8(
        self,
        rows: &RowPair<'_>,
        columns: &Columns,
        normalise: &Normalise,
        out: [&mut [u8]; 3],
        bars: &mut Bars<'_, u8>,
    ) {
        match self {
            Self::Scalar => scalar::direct_row(rows, columns, 0..columns.taps.len(), normalise, out),
            #[cfg(target_arch = "x86_64")]
            // SAFETY: an `Avx2` is made only where the CPU has AVX2 and FMA.
            Self::Avx2(_) => unsafe { avx2::direct::row_u8(rows, columns, normalise, out, bars) },
        }
    }
}
