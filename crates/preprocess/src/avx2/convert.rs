//! Codes in the high bytes of 16-bit lanes → red, green and blue in 1/64 code, 16 pixels at a time; `Color::rgb` bit for
//! bit.

use std::arch::x86_64::{
    __m256i, _mm256_add_epi16, _mm256_adds_epi16, _mm256_max_epi16, _mm256_min_epi16, _mm256_mulhrs_epi16,
    _mm256_set1_epi8, _mm256_set1_epi16, _mm256_setzero_si256, _mm256_srli_epi16, _mm256_sub_epi16,
};

use crate::color::{Color, WHITE};

/// 16 pixels: red, green and blue, or Y, Cb and Cr.
pub(crate) type Triple = [__m256i; 3];

/// A `Color` in all lanes.
#[derive(Clone, Copy)]
pub(crate) struct Gains {
    /// What centres source bytes, by exclusive or.
    pub(crate) sign: __m256i,
    black: __m256i,
    luma: __m256i,
    red_from_cr: __m256i,
    green_from_cb: __m256i,
    green_from_cr: __m256i,
    blue_from_cb: __m256i,
    base: __m256i,
    white: __m256i,
}

impl Gains {
    #[inline]
    #[target_feature(enable = "avx2,fma")]
    pub(crate) fn new(color: &Color) -> Self {
        Self {
            sign: _mm256_set1_epi8(i8::MIN),
            black: _mm256_set1_epi16(color.black),
            luma: _mm256_set1_epi16(color.luma),
            red_from_cr: _mm256_set1_epi16(color.red_from_cr),
            green_from_cb: _mm256_set1_epi16(color.green_from_cb),
            green_from_cr: _mm256_set1_epi16(color.green_from_cr),
            blue_from_cb: _mm256_set1_epi16(color.blue_from_cb),
            base: _mm256_set1_epi16(color.base),
            white: _mm256_set1_epi16(WHITE),
        }
    }

    /// What the chroma adds to luma for red, green and blue; of centred Cb and Cr.
    #[inline]
    #[target_feature(enable = "avx2,fma")]
    pub(crate) fn chroma(&self, cb: __m256i, cr: __m256i) -> Triple {
        let red = _mm256_mulhrs_epi16(cr, self.red_from_cr);
        let blue = _mm256_mulhrs_epi16(cb, self.blue_from_cb);
        let green = _mm256_add_epi16(
            _mm256_mulhrs_epi16(cb, self.green_from_cb),
            _mm256_mulhrs_epi16(cr, self.green_from_cr),
        );
        [
            _mm256_add_epi16(self.base, red),
            _mm256_sub_epi16(self.base, green),
            _mm256_add_epi16(self.base, blue),
        ]
    }

    /// Red, green and blue of centred luma and what `chroma` gave.
    #[inline]
    #[target_feature(enable = "avx2,fma")]
    pub(crate) fn rgb(&self, luma: __m256i, chroma: Triple) -> Triple {
        let luma = _mm256_mulhrs_epi16(_mm256_max_epi16(luma, self.black), self.luma);
        let [red, green, blue] = chroma;
        [
            self.clamped(_mm256_adds_epi16(luma, red)),
            self.clamped(_mm256_adds_epi16(luma, green)),
            self.clamped(_mm256_adds_epi16(luma, blue)),
        ]
    }

    #[inline]
    #[target_feature(enable = "avx2,fma")]
    fn clamped(&self, value: __m256i) -> __m256i {
        _mm256_min_epi16(_mm256_max_epi16(value, _mm256_setzero_si256()), self.white)
    }

    /// From codes in high bytes: centred Y, Cb and Cr where `YCBCR`, else red, green and blue as they are.
    #[inline]
    #[target_feature(enable = "avx2,fma")]
    pub(crate) fn convert<const YCBCR: bool>(&self, [first, second, third]: Triple) -> Triple {
        if YCBCR {
            self.rgb(first, self.chroma(second, third))
        } else {
            [_mm256_srli_epi16::<2>(first), _mm256_srli_epi16::<2>(second), _mm256_srli_epi16::<2>(third)]
        }
    }
}

/// From `a` to `b` by `weight`: `color::blend` in every lane.
#[inline]
#[target_feature(enable = "avx2,fma")]
pub(crate) fn blend(a: __m256i, b: __m256i, weight: __m256i) -> __m256i {
    _mm256_add_epi16(a, _mm256_mulhrs_epi16(_mm256_sub_epi16(b, a), weight))
}
