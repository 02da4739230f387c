//! The primitive operations that kernels are written in, and one file for each instruction set that has them.
//!
//! **A token is the instruction set**: a type that implements [`Simd`] can be made only where the CPU has the
//! instructions (`isa`), and so its methods are safe. They are all `inline(always)`: what a kernel comes to is compiled
//! inside that set's entries (`entries`), where the compiler may use its instructions.
//!
//! **Words** are a vector of 16-bit numbers, one for each of `LANES` pixels. In which order the pixels lie in it is each
//! set's own affair: an order in which widening to floats costs nothing beyond the widening. Loads bring pixels into
//! that order, stores bring them out of it; the operations that say `in_order` do neither.
//!
//! **Codes come into the high byte** of each word, so that one rounding multiply applies a gain.
//!
//! What is not here: what a picture is, and any arithmetic of colours.

#[cfg(target_arch = "x86_64")]
pub(crate) mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx2_tables;
#[cfg(target_arch = "x86_64")]
pub(crate) mod avx512;
#[cfg(target_arch = "x86_64")]
mod avx512_gather;
#[cfg(target_arch = "aarch64")]
pub(crate) mod neon;

use crate::pick::WINDOW;

/// Operations on vectors. Slices have exactly the length that each names, in units of `LANES`; else they panic, and
/// where the length is known when it is compiled, nothing is left of the check.
pub(crate) trait Simd: Copy {
    /// `LANES` numbers of 16 bits.
    type Words: Copy;
    /// A few floats, all the same or with a period of three.
    type Floats: Copy;

    /// Pixels at a time: a divisor of `row::BLOCK`, and at least 8.
    const LANES: usize;

    /// `value` in every lane.
    fn splat(self, value: i16) -> Self::Words;
    /// `a + b`, wrapping.
    fn add(self, a: Self::Words, b: Self::Words) -> Self::Words;
    /// `a + b`, clamped to an i16.
    fn saturating_add(self, a: Self::Words, b: Self::Words) -> Self::Words;
    /// `a - b`, wrapping.
    fn sub(self, a: Self::Words, b: Self::Words) -> Self::Words;
    /// `color::multiply`.
    fn multiply(self, a: Self::Words, b: Self::Words) -> Self::Words;
    /// The lesser.
    fn min(self, a: Self::Words, b: Self::Words) -> Self::Words;
    /// The greater.
    fn max(self, a: Self::Words, b: Self::Words) -> Self::Words;
    /// `(a + b + 1) >> 1` of numbers that are not negative.
    fn mean(self, a: Self::Words, b: Self::Words) -> Self::Words;
    /// Codes in high bytes to 1/64 code: `>> 2` of unsigned numbers.
    fn sixty_fourths(self, codes: Self::Words) -> Self::Words;
    /// Codes in high bytes to centred codes: the highest bit flipped.
    fn centred(self, codes: Self::Words) -> Self::Words;

    /// A byte for each pixel.
    fn load_bytes(self, bytes: &[u8]) -> Self::Words;
    /// A byte for every two pixels.
    fn load_doubled(self, bytes: &[u8]) -> Self::Words;
    /// Two bytes for every two pixels: the first ones, the second ones.
    fn load_doubled_pairs(self, bytes: &[u8]) -> [Self::Words; 2];
    /// Two bytes for each pixel: the first ones, the second ones.
    fn load_pairs(self, bytes: &[u8]) -> [Self::Words; 2];
    /// `Y0 Cb Y1 Cr` for every two pixels: Y, Cb, Cr.
    fn load_yuyv(self, bytes: &[u8]) -> [Self::Words; 3];
    /// `Y0 Cb Y1 Cr` for each pixel: Y0, Y1, Cb, Cr.
    fn load_yuyv_pairs(self, bytes: &[u8]) -> [Self::Words; 4];
    /// Three bytes for each pixel.
    fn load_triples(self, bytes: &[u8]) -> [Self::Words; 3];
    /// Six bytes for each pixel.
    fn load_sextuples(self, bytes: &[u8]) -> [Self::Words; 6];

    /// Asks for the cache line of a byte.
    fn prefetch(self, byte: &u8);
    /// Nothing, to put windows into.
    fn no_windows(self) -> Self::Words;
    /// The bitwise or of `quads` and of `LANES / 8` windows of `bytes`, each shuffled by its own indices; an index over
    /// 127 gives 0.
    ///
    /// # Safety
    /// - `offsets` and `shuffles` are `LANES / 8` long.
    /// - Each offset leaves `WINDOW` bytes in `bytes`.
    unsafe fn or_windows(
        self,
        quads: Self::Words,
        bytes: &[u8],
        offsets: &[u32],
        shuffles: &[[u8; WINDOW]],
    ) -> Self::Words;
    /// Quads (see `pick`), the first half of them and the second: their first, second and third numbers.
    fn unpack_quads(self, halves: [Self::Words; 2]) -> [Self::Words; 3];

    /// 1/64 codes.
    fn store_words(self, words: Self::Words, out: &mut [i16]);
    /// 1/64 codes that lie in order.
    fn store_words_in_order(self, words: Self::Words, out: &mut [i16]);
    /// 1/64 codes in order.
    fn load_words_in_order(self, words: &[i16]) -> Self::Words;
    /// 1/64 codes, rounded to codes.
    fn store_codes(self, words: [Self::Words; 3], out: [&mut [u8]; 3]);
    /// 1/64 codes of `2 * LANES` pixels that lie in order, rounded to codes.
    fn store_codes_in_order(self, words: [Self::Words; 2], out: &mut [u8]);

    /// `value` in every lane.
    fn splat_float(self, value: f32) -> Self::Floats;
    /// Lane `i` of vector `v` is element `v * lanes + i` of the values repeated.
    fn periodic_floats(self, values: [f32; 3]) -> [Self::Floats; 3];
    /// 1/64 codes, rounded to codes, times and plus. With `RAISED`, codes are raised by `RAISE`, at no cost, instead of
    /// being converted; the bias has to bring them down again.
    fn store_floats<const RAISED: bool>(
        self,
        words: Self::Words,
        scale: &Scale<Self::Floats>,
        out: &mut [f32],
    );
    /// Codes in order, times and plus.
    fn store_floats_of_codes(self, codes: &[u8], scale: &Scale<Self::Floats>, out: &mut [f32]);
    /// 16 codes of three channels to 48 that alternate between them.
    fn interleave(self, channels: [&[u8; 16]; 3], out: &mut [u8; 48]);
    /// The same, times and plus.
    fn interleave_floats(
        self,
        channels: [&[u8; 16]; 3],
        multipliers: [Self::Floats; 3],
        biases: [Self::Floats; 3],
        out: &mut [f32; 48],
    );
}

/// 2^23: a float of this size has its low mantissa bits in units of 1, so that a code beside the high half of its bits
/// is a float.
pub(crate) const RAISE: f32 = 8_388_608.0;

/// The high half of `RAISE`'s bits.
const RAISE_BITS: i16 = (RAISE.to_bits() >> 16) as i16;

/// What makes elements of codes.
#[derive(Clone, Copy)]
pub(crate) struct Scale<F> {
    pub(crate) multiplier: F,
    pub(crate) bias: F,
}

/// The kernels, compiled for one instruction set: inside, all its operations are the compiler's to inline; from outside,
/// a call is `unsafe` and takes the token for its proof.
macro_rules! entries {
    ($simd:ty, $features:literal) => {
        $crate::simd::entries! { @each $simd, $features,
            resize_row(row: &SourceRow<'_>, columns: &Columns, out: &mut PlanarRow<i16>);
            blend_rows(upper: &PlanarRow<i16>, lower: &PlanarRow<i16>, weight: i16, codes: &mut PlanarRow<u8>);
            round_row(row: &PlanarRow<i16>, codes: &mut PlanarRow<u8>);
            planar_f32(codes: &[u8], normalise: &Normalise, channel: usize, out: &mut [f32]);
            interleaved_f32(codes: [&[u8]; 3], normalise: &Normalise, out: &mut [f32]);
            interleaved_u8(codes: [&[u8]; 3], out: &mut [u8]);
            direct_f32(
                rows: &RowPair<'_>, columns: &Columns, normalise: &Normalise, out: [&mut [f32]; 3],
                bars: &mut Bars<'_, f32>
            );
            direct_u8(
                rows: &RowPair<'_>, columns: &Columns, normalise: &Normalise, out: [&mut [u8]; 3],
                bars: &mut Bars<'_, u8>
            );
        }
    };
    (@each $simd:ty, $features:literal, $($name:ident($($argument:ident: $type:ty),*);)*) => {
        /// The kernels for this instruction set.
        pub(crate) mod entries {
            use super::*;
            use crate::bars::Bars;
            use crate::normalise::Normalise;
            use crate::plan::Columns;
            use crate::row::{PlanarRow, RowPair, SourceRow};

            $(
                #[target_feature(enable = $features)]
                pub(crate) fn $name(simd: $simd, $($argument: $type),*) {
                    crate::kernels::$name(simd, $($argument),*);
                }
            )*
        }
    };
}

/// Operations that touch no memory, each a line.
macro_rules! in_registers {
    ($($name:ident($($argument:ident: $type:ty),*) -> $result:ty = $operation:expr;)*) => {
        $(
            #[inline(always)]
            fn $name(self, $($argument: $type),*) -> $result {
                // SAFETY: the token proves that the CPU has the instructions; they work on registers.
                unsafe { $operation }
            }
        )*
    };
}

pub(crate) use {entries, in_registers};
