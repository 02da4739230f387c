//! Resized rows → codes: the vertical blend and the rounding, two vectors of pixels at a time.

use crate::kernels::convert::blend;
use crate::row::PlanarRow;
use crate::simd::Simd;

/// `scalar::blend_rows`.
#[inline(always)]
pub(crate) fn blend_rows<S: Simd>(
    simd: S,
    upper: &PlanarRow<i16>,
    lower: &PlanarRow<i16>,
    weight: i16,
    codes: &mut PlanarRow<u8>,
) {
    let weight = simd.splat(weight);
    for ((upper, lower), codes) in upper.planes().into_iter().zip(lower.planes()).zip(codes.planes_mut()) {
        let blocks = upper.chunks_exact(2 * S::LANES).zip(lower.chunks_exact(2 * S::LANES));
        for ((upper, lower), codes) in blocks.zip(codes.chunks_exact_mut(2 * S::LANES)) {
            let (upper, lower) = (two_vectors(simd, upper), two_vectors(simd, lower));
            let blended = [blend(simd, upper[0], lower[0], weight), blend(simd, upper[1], lower[1], weight)];
            simd.store_codes_in_order(blended, codes);
        }
    }
}

/// `scalar::round_row`.
#[inline(always)]
pub(crate) fn round_row<S: Simd>(simd: S, row: &PlanarRow<i16>, codes: &mut PlanarRow<u8>) {
    for (row, codes) in row.planes().into_iter().zip(codes.planes_mut()) {
        for (row, codes) in row.chunks_exact(2 * S::LANES).zip(codes.chunks_exact_mut(2 * S::LANES)) {
            simd.store_codes_in_order(two_vectors(simd, row), codes);
        }
    }
}

#[inline(always)]
fn two_vectors<S: Simd>(simd: S, words: &[i16]) -> [S::Words; 2] {
    [simd.load_words_in_order(&words[..S::LANES]), simd.load_words_in_order(&words[S::LANES..])]
}
