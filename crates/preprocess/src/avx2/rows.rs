//! Resized rows → codes: the vertical blend and the rounding, 32 pixels at a time.

use std::arch::x86_64::{__m256i, _mm256_packus_epi16, _mm256_permute4x64_epi64, _mm256_set1_epi16};

use crate::avx2::blocks::rounded;
use crate::avx2::convert::blend;
use crate::avx2::memory::{load_words, store_32};
use crate::row::PlanarRow;

/// `scalar::blend_rows`.
#[target_feature(enable = "avx2,fma")]
pub(crate) fn blend_rows(
    upper: &PlanarRow<i16>,
    lower: &PlanarRow<i16>,
    weight: i16,
    codes: &mut PlanarRow<u8>,
) {
    let weight = _mm256_set1_epi16(weight);
    for ((upper, lower), codes) in upper.planes().into_iter().zip(lower.planes()).zip(codes.planes_mut()) {
        let upper = upper.as_chunks::<16>().0.as_chunks::<2>().0;
        let lower = lower.as_chunks::<16>().0.as_chunks::<2>().0;
        for ((upper, lower), codes) in upper.iter().zip(lower).zip(codes.as_chunks_mut::<32>().0) {
            let first = blend(load_words(&upper[0]), load_words(&lower[0]), weight);
            let second = blend(load_words(&upper[1]), load_words(&lower[1]), weight);
            store_32(packed(first, second), codes);
        }
    }
}

/// `scalar::round_row`.
#[target_feature(enable = "avx2,fma")]
pub(crate) fn round_row(row: &PlanarRow<i16>, codes: &mut PlanarRow<u8>) {
    for (row, codes) in row.planes().into_iter().zip(codes.planes_mut()) {
        let row = row.as_chunks::<16>().0.as_chunks::<2>().0;
        for (row, codes) in row.iter().zip(codes.as_chunks_mut::<32>().0) {
            store_32(packed(load_words(&row[0]), load_words(&row[1])), codes);
        }
    }
}

/// 32 values in 1/64 code to codes.
#[inline]
#[target_feature(enable = "avx2,fma")]
fn packed(first: __m256i, second: __m256i) -> __m256i {
    _mm256_permute4x64_epi64::<0b11_01_10_00>(_mm256_packus_epi16(rounded(first), rounded(second)))
}
