//! Rows at any scale, through quads (see `pick`): 16 target columns from four quads, or from two times four where
//! columns lie between pixels.

use std::arch::x86_64::{
    __m128i, _mm_loadu_si128, _mm_or_si128, _mm_setzero_si128, _mm_shuffle_epi8, _mm256_unpackhi_epi64,
    _mm256_unpacklo_epi64, _mm256_xor_si256,
};

use crate::avx2::convert::{Gains, Triple, blend};
use crate::avx2::dense::{NOTHING, high_bytes, shuffled};
use crate::avx2::memory::{join, load_16, load_words, store_triple};
use crate::color::Color;
use crate::pick::{Picks, Term, WINDOW};
use crate::row::{PlanarRow, SourceRow};

/// The blend of two picked pixels for each column, by `weights` (padded to whole blocks).
#[target_feature(enable = "avx2")]
pub(crate) fn resize_row(
    row: &SourceRow<'_>,
    color: &Color,
    [first, second]: [&Picks; 2],
    weights: &[i16],
    out: &mut PlanarRow<i16>,
) {
    if row.layout.is_ycbcr() {
        blend_picked::<true>(row, color, [first, second], weights, out);
    } else {
        blend_picked::<false>(row, color, [first, second], weights, out);
    }
}

/// One picked pixel for each column.
#[target_feature(enable = "avx2")]
pub(crate) fn pick_row(row: &SourceRow<'_>, color: &Color, picks: &Picks, out: &mut PlanarRow<i16>) {
    if row.layout.is_ycbcr() {
        convert_picked::<true>(row, color, picks, out);
    } else {
        convert_picked::<false>(row, color, picks, out);
    }
}

#[target_feature(enable = "avx2")]
fn blend_picked<const YCBCR: bool>(
    row: &SourceRow<'_>,
    color: &Color,
    [first, second]: [&Picks; 2],
    weights: &[i16],
    out: &mut PlanarRow<i16>,
) {
    let gains = Gains::new(color);
    let (first, second) = (Picker::new(row, first), Picker::new(row, second));
    let [red, green, blue] = out.planes_mut().map(|plane| plane.as_chunks_mut::<16>().0);
    let out = red.iter_mut().zip(green).zip(blue);
    for ((block, weights), ((red, green), blue)) in weights.as_chunks::<16>().0.iter().enumerate().zip(out) {
        let weights = load_words(weights);
        let a = gains.convert::<YCBCR>(first.block::<YCBCR>(block, &gains));
        let b = gains.convert::<YCBCR>(second.block::<YCBCR>(block, &gains));
        let blended = [blend(a[0], b[0], weights), blend(a[1], b[1], weights), blend(a[2], b[2], weights)];
        store_triple(blended, [red, green, blue]);
    }
}

#[target_feature(enable = "avx2")]
fn convert_picked<const YCBCR: bool>(
    row: &SourceRow<'_>,
    color: &Color,
    picks: &Picks,
    out: &mut PlanarRow<i16>,
) {
    let gains = Gains::new(color);
    let picker = Picker::new(row, picks);
    let [red, green, blue] = out.planes_mut().map(|plane| plane.as_chunks_mut::<16>().0);
    let out = red.iter_mut().zip(green).zip(blue);
    for (block, ((red, green), blue)) in (0..picker.blocks()).zip(out) {
        let picked = gains.convert::<YCBCR>(picker.block::<YCBCR>(block, &gains));
        store_triple(picked, [red, green, blue]);
    }
}

/// Picks whose loads have been checked against a row.
struct Picker<'a> {
    picks: &'a Picks,
    row: &'a SourceRow<'a>,
}

impl<'a> Picker<'a> {
    fn new(row: &'a SourceRow<'a>, picks: &'a Picks) -> Self {
        for (bytes, needed) in row.planes.iter().zip(picks.row_bytes) {
            assert!(bytes.len() >= needed, "a row of {} bytes, planned for {needed}", bytes.len());
        }
        Self { picks, row }
    }

    fn blocks(&self) -> usize {
        self.picks.terms.len() / self.picks.term_planes.len() / 4
    }

    /// The three numbers of 16 columns in high bytes; centred where `YCBCR`.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn block<const YCBCR: bool>(&self, block: usize, gains: &Gains) -> Triple {
        let quads = self.picks.term_planes.len();
        let terms = &self.picks.terms[4 * block * quads..][..4 * quads];
        let (first, rest) = terms.split_at(quads);
        let (second, rest) = rest.split_at(quads);
        let (third, fourth) = rest.split_at(quads);
        let mut even = join(self.quad(first), self.quad(third));
        let mut odd = join(self.quad(second), self.quad(fourth));
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

    /// The bitwise or of a quad's shuffled loads.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn quad(&self, terms: &[Term]) -> __m128i {
        let mut quad = _mm_setzero_si128();
        for (term, &plane) in terms.iter().zip(&self.picks.term_planes) {
            let bytes = self.row.planes[plane];
            debug_assert!(term.offset + WINDOW <= bytes.len());
            // SAFETY: `Picks::new` ends every load inside `row_bytes`, and `Picker::new` has checked that the row has
            // that many bytes.
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
