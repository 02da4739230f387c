//! The one place where an instruction set is chosen. Every kernel is called through here.

use crate::Isa;
use crate::bars::Bars;
#[cfg(target_arch = "aarch64")]
use crate::isa::Neon;
#[cfg(target_arch = "x86_64")]
use crate::isa::{Avx2, Avx512};
use crate::normalise::Normalise;
use crate::plan::Columns;
use crate::row::{BLOCK, PlanarRow, RowPair, SourceRow};
use crate::scalar;
use crate::simd::Simd;
#[cfg(target_arch = "aarch64")]
use crate::simd::neon;
#[cfg(target_arch = "x86_64")]
use crate::simd::{avx2, avx512};

/// A kernel for this instruction set, or what the oracle does.
macro_rules! run {
    ($isa:expr, $kernel:ident($($argument:expr),*), $scalar:expr) => {
        match $isa {
            Isa::Scalar => $scalar,
            #[cfg(target_arch = "x86_64")]
            // SAFETY: the token is made only where the CPU has what the kernels are compiled for.
            Isa::Avx2(simd) => unsafe { avx2::entries::$kernel(simd, $($argument),*) },
            #[cfg(target_arch = "x86_64")]
            // SAFETY: the token is made only where the CPU has what the kernels are compiled for.
            Isa::Avx512(simd) => unsafe { avx512::entries::$kernel(simd, $($argument),*) },
            #[cfg(target_arch = "aarch64")]
            // SAFETY: NEON is a part of the target.
            Isa::Neon(simd) => unsafe { neon::entries::$kernel(simd, $($argument),*) },
        }
    };
}

impl Isa {
    /// Columns of a block: pixels at a time. The oracle's are any number.
    pub(crate) fn lanes(self) -> usize {
        match self {
            Isa::Scalar => BLOCK,
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2(_) => Avx2::LANES,
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512(_) => Avx512::LANES,
            #[cfg(target_arch = "aarch64")]
            Isa::Neon(_) => Neon::LANES,
        }
    }

    /// Converts one source row and resizes it horizontally.
    pub(crate) fn resize_row(self, row: &SourceRow<'_>, columns: &Columns, out: &mut PlanarRow<i16>) {
        run!(
            self,
            resize_row(row, columns, out),
            scalar::resize_row(row, columns, 0..columns.taps.len(), out)
        )
    }

    /// Blends two resized rows by the lower one's weight, and rounds to codes.
    pub(crate) fn blend_rows(
        self,
        upper: &PlanarRow<i16>,
        lower: &PlanarRow<i16>,
        weight: i16,
        codes: &mut PlanarRow<u8>,
    ) {
        run!(self, blend_rows(upper, lower, weight, codes), scalar::blend_rows(upper, lower, weight, codes))
    }

    /// Rounds one resized row to codes.
    pub(crate) fn round_row(self, row: &PlanarRow<i16>, codes: &mut PlanarRow<u8>) {
        run!(self, round_row(row, codes), scalar::round_row(row, codes))
    }

    /// Codes of one channel to elements.
    pub(crate) fn planar_f32(self, codes: &[u8], normalise: &Normalise, channel: usize, out: &mut [f32]) {
        run!(
            self,
            planar_f32(codes, normalise, channel, out),
            scalar::planar_f32(codes, normalise, channel, out)
        )
    }

    /// Codes of three channels to interleaved elements.
    pub(crate) fn interleaved_f32(self, codes: [&[u8]; 3], normalise: &Normalise, out: &mut [f32]) {
        run!(self, interleaved_f32(codes, normalise, out), scalar::interleaved_f32(codes, normalise, out))
    }

    /// Codes of three channels to interleaved bytes.
    pub(crate) fn interleaved_u8(self, codes: [&[u8]; 3], out: &mut [u8]) {
        run!(self, interleaved_u8(codes, out), scalar::interleaved_u8(codes, out))
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
        run!(
            self,
            direct_f32(rows, columns, normalise, out, bars),
            scalar::direct_row(rows, columns, 0..columns.taps.len(), normalise, out)
        )
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
        run!(
            self,
            direct_u8(rows, columns, normalise, out, bars),
            scalar::direct_row(rows, columns, 0..columns.taps.len(), normalise, out)
        )
    }
}
