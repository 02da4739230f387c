//! Rows at any scale, through quads (see `pick`): 16 target columns from four quads, or from eight where columns lie
//! between pixels.
//!
//! Quads lie in memory as arrays of a constant count of terms, one kernel for each count, so that the loads of a quad
//! come without a loop.

use std::arch::x86_64::{
    __m128i, _mm_loadu_si128, _mm_or_si128, _mm_setzero_si128, _mm_shuffle_epi8, _mm256_unpackhi_epi64,
    _mm256_unpacklo_epi64, _mm256_xor_si256,
};

use crate::avx2::blocks::{Out, each, put_words};
use crate::avx2::convert::{Gains, Triple, blend};
use crate::avx2::dense::{NOTHING, high_bytes, shuffled};
use crate::avx2::memory::{join, load_16, load_words};
use crate::pick::{Picks, Term, WINDOW};
use crate::row::SourceRow;

/// The kernel for how many terms the picks' quads have, and for what their numbers are.
macro_rules! by_terms {
    ($row:expr, $picks:expr, $kernel:ident $arguments:tt) => {
        match ($row.layout.is_ycbcr(), $picks.term_planes().len()) {
            (true, 1) => $kernel::<true, 1, _> $arguments,
            (true, 2) => $kernel::<true, 2, _> $arguments,
            (true, 3) => $kernel::<true, 3, _> $arguments,
            (true, 4) => $kernel::<true, 4, _> $arguments,
            (true, _) => $kernel::<true, 12, _> $arguments,
            (false, 1) => $kernel::<false, 1, _> $arguments,
            (false, 2) => $kernel::<false, 2, _> $arguments,
            (false, 3) => $kernel::<false, 3, _> $arguments,
            (false, 4) => $kernel::<false, 4, _> $arguments,
            (false, _) => $kernel::<false, 12, _> $arguments,
        }
    };
}

/// Puts one picked pixel for each column, in whole blocks; how many columns that was.
#[inline]
#[target_feature(enable = "avx2,fma")]
pub(crate) fn single<O>(
    row: &SourceRow<'_>,
    gains: &Gains,
    picks: &Picks,
    outs: impl Iterator<Item = O>,
    put: impl Fn(Triple, O),
) -> usize {
    by_terms!(row, picks, single_of(row, gains, picks, outs, put))
}

/// Puts the blend of two picked pixels for each column, in whole blocks; how many columns that was.
#[inline]
#[target_feature(enable = "avx2,fma")]
pub(crate) fn between<'a>(
    row: &SourceRow<'_>,
    gains: &Gains,
    picks: &Picks,
    weights: &[i16],
    outs: impl Iterator<Item = Out<'a, i16>>,
) -> usize {
    by_terms!(row, picks, between_of(row, gains, picks, weights, outs))
}

#[inline]
#[target_feature(enable = "avx2,fma")]
fn single_of<const YCBCR: bool, const TERMS: usize, O>(
    row: &SourceRow<'_>,
    gains: &Gains,
    picks: &Picks,
    outs: impl Iterator<Item = O>,
    put: impl Fn(Triple, O),
) -> usize {
    let picker = Picker::<TERMS>::new(row, picks);
    let kernel = |block| gains.convert::<YCBCR>(picker.pixels::<YCBCR>(block, gains));
    each(0..picker.blocks(), outs, kernel, put)
}

#[inline]
#[target_feature(enable = "avx2,fma")]
fn between_of<'a, const YCBCR: bool, const TERMS: usize, O: Iterator<Item = Out<'a, i16>>>(
    row: &SourceRow<'_>,
    gains: &Gains,
    picks: &Picks,
    weights: &[i16],
    outs: O,
) -> usize {
    let picker = Picker::<TERMS>::new(row, picks);
    let kernel = |(block, weights): (usize, &[i16; 16])| {
        let weights = load_words(weights);
        let a = gains.convert::<YCBCR>(picker.pixels::<YCBCR>(2 * block, gains));
        let b = gains.convert::<YCBCR>(picker.pixels::<YCBCR>(2 * block + 1, gains));
        [blend(a[0], b[0], weights), blend(a[1], b[1], weights), blend(a[2], b[2], weights)]
    };
    let blocks = (0..picker.blocks() / 2).zip(weights.as_chunks::<16>().0);
    each(blocks, outs, kernel, |colors, out| put_words(colors, out))
}

/// Picks, and a row whose length has been checked against them.
struct Picker<'a, const TERMS: usize> {
    quads: &'a [[[Term; TERMS]; 4]],
    /// For each term of a quad, its plane's row.
    planes: [&'a [u8]; TERMS],
}

impl<'a, const TERMS: usize> Picker<'a, TERMS> {
    fn new(row: &SourceRow<'a>, picks: &'a Picks) -> Self {
        for (bytes, needed) in row.planes.iter().zip(picks.row_bytes()) {
            assert!(bytes.len() >= needed, "a row of {} bytes, planned for {needed}", bytes.len());
        }
        assert_eq!(picks.term_planes().len(), TERMS, "the kernel is chosen by the count");
        let quads = picks.terms().as_chunks::<TERMS>().0.as_chunks::<4>().0;
        Self { quads, planes: std::array::from_fn(|term| row.planes[picks.term_planes()[term]]) }
    }

    /// Whole blocks of 16 columns.
    fn blocks(&self) -> usize {
        self.quads.len()
    }

    /// The three numbers of 16 columns in high bytes; centred where `YCBCR`.
    #[inline]
    #[target_feature(enable = "avx2,fma")]
    fn pixels<const YCBCR: bool>(&self, block: usize, gains: &Gains) -> Triple {
        let mut even = join(self.quad(block, 0), self.quad(block, 2));
        let mut odd = join(self.quad(block, 1), self.quad(block, 3));
        if YCBCR {
            even = _mm256_xor_si256(even, gains.sign);
            odd = _mm256_xor_si256(odd, gains.sign);
        }
        let (even_early, odd_early) = (shuffled(even, &FIRST_AND_SECOND), shuffled(odd, &FIRST_AND_SECOND));
        let (even_late, odd_late) = (shuffled(even, &THIRD), shuffled(odd, &THIRD));
        [
            _mm256_unpacklo_epi64(even_early, odd_early),
            _mm256_unpackhi_epi64(even_early, odd_early),
            _mm256_unpacklo_epi64(even_late, odd_late),
        ]
    }

    /// The bitwise or of the shuffled loads of one quad of a block.
    #[inline]
    #[target_feature(enable = "avx2,fma")]
    fn quad(&self, block: usize, index: usize) -> __m128i {
        let terms = &self.quads[block][index];
        let mut quad = _mm_setzero_si128();
        for (term, bytes) in terms.iter().zip(self.planes) {
            debug_assert!(term.offset + WINDOW <= bytes.len());
            // SAFETY: the terms are those of the picks, every load of which `Picks::new` ends inside `row_bytes`; and
            // `Picker::new` has checked that the row has that many bytes.
            let window = unsafe { _mm_loadu_si128(bytes.as_ptr().add(term.offset).cast()) };
            quad = _mm_or_si128(quad, _mm_shuffle_epi8(window, load_16(&term.shuffle)));
        }
        quad
    }
}

/// A quad's first numbers, then its second ones.
const FIRST_AND_SECOND: [u8; 32] = high_bytes([0, 1, 2, 3, 4, 5, 6, 7], 0);
/// A quad's third numbers.
const THIRD: [u8; 32] = high_bytes([8, 9, 10, 11, NOTHING, NOTHING, NOTHING, NOTHING], 0);
