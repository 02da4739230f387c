//! Rows at any scale, through quads (see `pick`): a block of target columns from one block of picks, or from two where
//! columns lie between pixels.
//!
//! The windows of a block's quads lie term by term, one kernel for each count of terms, so that they come without a
//! loop.

use crate::kernels::blocks::{Out, Put, each};
use crate::kernels::convert::{Gains, Triple, blend, of_rgb};
use crate::pick::{Picks, WINDOW};
use crate::row::SourceRow;
use crate::simd::Simd;

/// The kernel for how many terms the picks' quads have, and for what their numbers are.
macro_rules! by_terms {
    ($row:expr, $picks:expr, $kernel:ident $arguments:tt) => {
        match ($row.layout.is_ycbcr(), $picks.term_planes().len()) {
            (true, 1) => $kernel::<true, 1, _, _> $arguments,
            (true, 2) => $kernel::<true, 2, _, _> $arguments,
            (true, 3) => $kernel::<true, 3, _, _> $arguments,
            (true, 4) => $kernel::<true, 4, _, _> $arguments,
            (true, _) => $kernel::<true, 12, _, _> $arguments,
            (false, 1) => $kernel::<false, 1, _, _> $arguments,
            (false, 2) => $kernel::<false, 2, _, _> $arguments,
            (false, 3) => $kernel::<false, 3, _, _> $arguments,
            (false, 4) => $kernel::<false, 4, _, _> $arguments,
            (false, _) => $kernel::<false, 12, _, _> $arguments,
        }
    };
}

/// Puts one picked pixel for each column, in whole blocks; how many columns that was.
#[inline(always)]
pub(crate) fn single<'a, S: Simd, P: Put<S>>(
    simd: S,
    row: &SourceRow<'_>,
    gains: &Gains<S>,
    picks: &Picks,
    outs: impl Iterator<Item = Out<'a, P::Element>>,
    put: &mut P,
) -> usize
where
    P::Element: 'a,
{
    by_terms!(row, picks, single_of(simd, row, gains, picks, outs, put))
}

/// Puts the blend of two picked pixels for each column, in whole blocks; how many columns that was.
#[inline(always)]
pub(crate) fn between<'a, S: Simd>(
    simd: S,
    row: &SourceRow<'_>,
    gains: &Gains<S>,
    picks: &Picks,
    weights: &[i16],
    outs: impl Iterator<Item = Out<'a, i16>>,
) -> usize {
    by_terms!(row, picks, between_of(simd, row, gains, picks, weights, outs))
}

#[inline(always)]
fn single_of<'a, const YCBCR: bool, const TERMS: usize, S: Simd, P: Put<S>>(
    simd: S,
    row: &SourceRow<'_>,
    gains: &Gains<S>,
    picks: &Picks,
    outs: impl Iterator<Item = Out<'a, P::Element>>,
    put: &mut P,
) -> usize
where
    P::Element: 'a,
{
    let picker = Picker::<TERMS>::new(row, picks, S::LANES);
    each!(simd, outs, put, 0..picker.blocks(), |block| picker.colors::<YCBCR, S>(simd, block, gains))
}

#[inline(always)]
fn between_of<'a, const YCBCR: bool, const TERMS: usize, S: Simd, O: Iterator<Item = Out<'a, i16>>>(
    simd: S,
    row: &SourceRow<'_>,
    gains: &Gains<S>,
    picks: &Picks,
    weights: &[i16],
    outs: O,
) -> usize {
    let picker = Picker::<TERMS>::new(row, picks, S::LANES);
    let blocks = (0..picker.blocks() / 2).zip(weights.chunks_exact(S::LANES));
    each!(simd, outs, WordsInOrder, blocks, |(block, weights)| {
        let weights = simd.load_words_in_order(weights);
        let a = picker.colors::<YCBCR, S>(simd, 2 * block, gains);
        let b = picker.colors::<YCBCR, S>(simd, 2 * block + 1, gains);
        [blend(simd, a[0], b[0], weights), blend(simd, a[1], b[1], weights), blend(simd, a[2], b[2], weights)]
    })
}

/// 1/64 codes that lie in order: `Picks` that are made for blending are.
struct WordsInOrder;

impl<S: Simd> Put<S> for WordsInOrder {
    type Element = i16;

    #[inline(always)]
    fn put(&mut self, simd: S, [red, green, blue]: Triple<S>, [out_red, out_green, out_blue]: Out<'_, i16>) {
        simd.store_words_in_order(red, out_red);
        simd.store_words_in_order(green, out_green);
        simd.store_words_in_order(blue, out_blue);
    }
}

/// Picks, and a row whose length has been checked against them.
struct Picker<'a, const TERMS: usize> {
    picks: &'a Picks,
    /// For each term of a quad, its plane's row.
    planes: [&'a [u8]; TERMS],
}

impl<'a, const TERMS: usize> Picker<'a, TERMS> {
    #[inline(always)]
    fn new(row: &SourceRow<'a>, picks: &'a Picks, lanes: usize) -> Self {
        for (bytes, needed) in row.planes.iter().zip(picks.row_bytes()) {
            assert!(bytes.len() >= needed, "a row of {} bytes, planned for {needed}", bytes.len());
        }
        assert_eq!(picks.term_planes().len(), TERMS, "the kernel is chosen by the count");
        assert_eq!(picks.lanes(), lanes, "the plan is made for the instruction set");
        Self { picks, planes: std::array::from_fn(|term| row.planes[picks.term_planes()[term]]) }
    }

    /// Whole blocks.
    #[inline(always)]
    fn blocks(&self) -> usize {
        self.picks.blocks()
    }

    /// Red, green and blue of a block of columns.
    #[inline(always)]
    fn colors<const YCBCR: bool, S: Simd>(&self, simd: S, block: usize, gains: &Gains<S>) -> Triple<S> {
        let halves = [self.quads(simd, 2 * block), self.quads(simd, 2 * block + 1)];
        let numbers = simd.unpack_quads(halves);
        if YCBCR { gains.of_ycbcr(simd, numbers) } else { of_rgb(simd, numbers) }
    }

    /// The quads of half a block: the bitwise or of their shuffled windows.
    #[inline(always)]
    fn quads<S: Simd>(&self, simd: S, half: usize) -> S::Words {
        let mut quads = simd.no_windows();
        for (term, bytes) in self.planes.iter().enumerate() {
            let at = (half * TERMS + term) * (S::LANES / 8);
            let offsets = &self.picks.offsets()[at..at + S::LANES / 8];
            let shuffles = &self.picks.shuffles()[at..at + S::LANES / 8];
            debug_assert!(offsets.iter().all(|&offset| offset as usize + WINDOW <= bytes.len()));
            // SAFETY: both slices are cut to the length; every load of the picks ends inside `row_bytes`, by
            // `Picks::new`, and `Picker::new` has checked that the row has that many bytes.
            quads = unsafe { simd.or_windows(quads, bytes, offsets, shuffles) };
        }
        quads
    }
}
