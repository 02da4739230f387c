//! Loads and stores of whole vectors through references to arrays: no bounds to check, nothing for callers to prove.

use std::arch::x86_64::{
    __m128i, __m256, __m256i, _MM_HINT_T0, _mm_loadl_epi64, _mm_loadu_si128, _mm_prefetch, _mm_storeu_si128,
    _mm256_castsi128_si256, _mm256_inserti128_si256, _mm256_loadu_si256, _mm256_storeu_ps,
    _mm256_storeu_si256,
};

/// Asks for the cache line of a byte.
#[inline]
pub(crate) fn prefetch(byte: &u8) {
    // SAFETY: prefetching reads nothing.
    unsafe { _mm_prefetch::<_MM_HINT_T0>(std::ptr::from_ref(byte).cast()) }
}

/// 8 bytes in the low half.
#[inline]
#[target_feature(enable = "avx2,fma")]
pub(crate) fn load_8(bytes: &[u8; 8]) -> __m128i {
    // SAFETY: the reference covers the 8 bytes read; the load has no alignment.
    unsafe { _mm_loadl_epi64(bytes.as_ptr().cast()) }
}

/// 16 bytes.
#[inline]
#[target_feature(enable = "avx2,fma")]
pub(crate) fn load_16(bytes: &[u8; 16]) -> __m128i {
    // SAFETY: the reference covers the 16 bytes read; the load has no alignment.
    unsafe { _mm_loadu_si128(bytes.as_ptr().cast()) }
}

/// 32 bytes.
#[inline]
#[target_feature(enable = "avx2,fma")]
pub(crate) fn load_32(bytes: &[u8; 32]) -> __m256i {
    // SAFETY: the reference covers the 32 bytes read; the load has no alignment.
    unsafe { _mm256_loadu_si256(bytes.as_ptr().cast()) }
}

/// 16 words.
#[inline]
#[target_feature(enable = "avx2,fma")]
pub(crate) fn load_words(words: &[i16; 16]) -> __m256i {
    // SAFETY: the reference covers the 32 bytes read; the load has no alignment.
    unsafe { _mm256_loadu_si256(words.as_ptr().cast()) }
}

/// Two vectors side by side.
#[inline]
#[target_feature(enable = "avx2,fma")]
pub(crate) fn join(low: __m128i, high: __m128i) -> __m256i {
    _mm256_inserti128_si256::<1>(_mm256_castsi128_si256(low), high)
}

/// 16 bytes.
#[inline]
#[target_feature(enable = "avx2,fma")]
pub(crate) fn store_16(vector: __m128i, bytes: &mut [u8; 16]) {
    // SAFETY: the reference covers the 16 bytes written; the store has no alignment.
    unsafe { _mm_storeu_si128(bytes.as_mut_ptr().cast(), vector) }
}

/// 32 bytes.
#[inline]
#[target_feature(enable = "avx2,fma")]
pub(crate) fn store_32(vector: __m256i, bytes: &mut [u8; 32]) {
    // SAFETY: the reference covers the 32 bytes written; the store has no alignment.
    unsafe { _mm256_storeu_si256(bytes.as_mut_ptr().cast(), vector) }
}

/// 16 words.
#[inline]
#[target_feature(enable = "avx2,fma")]
pub(crate) fn store_words(vector: __m256i, words: &mut [i16; 16]) {
    // SAFETY: the reference covers the 32 bytes written; the store has no alignment.
    unsafe { _mm256_storeu_si256(words.as_mut_ptr().cast(), vector) }
}

/// 8 floats.
#[inline]
#[target_feature(enable = "avx2,fma")]
pub(crate) fn store_floats(vector: __m256, floats: &mut [f32; 8]) {
    // SAFETY: the reference covers the 32 bytes written; the store has no alignment.
    unsafe { _mm256_storeu_ps(floats.as_mut_ptr(), vector) }
}
