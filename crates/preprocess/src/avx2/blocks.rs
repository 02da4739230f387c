//! What comes in and what goes out by blocks of 16 columns: the loop that all row kernels share, and the three things
//! that can become of a block of red, green and blue.

use std::arch::x86_64::{
    __m256, __m256i, _mm256_add_epi16, _mm256_castsi256_si128, _mm256_cvtepi32_ps, _mm256_cvtepu16_epi32,
    _mm256_extracti128_si256, _mm256_fmadd_ps, _mm256_packus_epi16, _mm256_permute4x64_epi64,
    _mm256_set1_epi16, _mm256_set1_ps, _mm256_srai_epi16,
};

use crate::avx2::convert::Triple;
use crate::avx2::memory::{store_16, store_floats, store_words};
use crate::normalise::Normalise;

/// Red, green and blue of 16 columns.
pub(crate) type Out<'a, T> = [&'a mut [T; 16]; 3];

/// Three rows by blocks.
pub(crate) fn blocks_of<T>(rows: [&mut [T]; 3]) -> impl Iterator<Item = Out<'_, T>> {
    let [red, green, blue] = rows.map(|row| row.as_chunks_mut::<16>().0.iter_mut());
    red.zip(green).zip(blue).map(|((red, green), blue)| [red, green, blue])
}

/// Puts what `kernel` makes of each block, and counts the columns.
#[inline]
#[target_feature(enable = "avx2,fma")]
pub(crate) fn each<B, O>(
    blocks: impl Iterator<Item = B>,
    outs: impl Iterator<Item = O>,
    kernel: impl Fn(B) -> Triple,
    put: impl Fn(Triple, O),
) -> usize {
    let mut done = 0;
    for (block, out) in blocks.zip(outs) {
        put(kernel(block), out);
        done += 16;
    }
    done
}

/// 1/64 codes, for a resized row.
#[inline]
#[target_feature(enable = "avx2,fma")]
pub(crate) fn put_words([red, green, blue]: Triple, out: Out<'_, i16>) {
    let [out_red, out_green, out_blue] = out;
    store_words(red, out_red);
    store_words(green, out_green);
    store_words(blue, out_blue);
}

/// Codes, for a tensor of u8.
#[inline]
#[target_feature(enable = "avx2,fma")]
pub(crate) fn put_codes([red, green, blue]: Triple, out: Out<'_, u8>) {
    let [out_red, out_green, out_blue] = out;
    let (red_green, blue) = (_mm256_packus_epi16(rounded(red), rounded(green)), rounded(blue));
    let red_green = _mm256_permute4x64_epi64::<0b11_01_10_00>(red_green);
    let blue = _mm256_permute4x64_epi64::<0b11_01_10_00>(_mm256_packus_epi16(blue, blue));
    store_16(_mm256_castsi256_si128(red_green), out_red);
    store_16(_mm256_extracti128_si256::<1>(red_green), out_green);
    store_16(_mm256_castsi256_si128(blue), out_blue);
}

/// What makes elements of codes, for red, green and blue.
#[derive(Clone, Copy)]
pub(crate) struct Elements {
    multiplier: [__m256; 3],
    bias: [__m256; 3],
}

impl Elements {
    #[inline]
    #[target_feature(enable = "avx2,fma")]
    pub(crate) fn new(normalise: &Normalise) -> Self {
        let [red, green, blue] = normalise.order;
        let (multiplier, bias) = (&normalise.multiplier, &normalise.bias);
        Self {
            multiplier: [
                _mm256_set1_ps(multiplier[red]),
                _mm256_set1_ps(multiplier[green]),
                _mm256_set1_ps(multiplier[blue]),
            ],
            bias: [_mm256_set1_ps(bias[red]), _mm256_set1_ps(bias[green]), _mm256_set1_ps(bias[blue])],
        }
    }

    /// Elements, for a tensor of f32.
    #[inline]
    #[target_feature(enable = "avx2,fma")]
    pub(crate) fn put(&self, colors: Triple, out: Out<'_, f32>) {
        for (color, out) in out.into_iter().enumerate() {
            let codes = rounded(colors[color]);
            let (halves, _) = out.as_chunks_mut::<8>();
            let low = _mm256_cvtepu16_epi32(_mm256_castsi256_si128(codes));
            let high = _mm256_cvtepu16_epi32(_mm256_extracti128_si256::<1>(codes));
            let (multiplier, bias) = (self.multiplier[color], self.bias[color]);
            store_floats(_mm256_fmadd_ps(_mm256_cvtepi32_ps(low), multiplier, bias), &mut halves[0]);
            store_floats(_mm256_fmadd_ps(_mm256_cvtepi32_ps(high), multiplier, bias), &mut halves[1]);
        }
    }
}

/// 16 values in 1/64 code to whole codes.
#[inline]
#[target_feature(enable = "avx2,fma")]
pub(crate) fn rounded(values: __m256i) -> __m256i {
    _mm256_srai_epi16::<6>(_mm256_add_epi16(values, _mm256_set1_epi16(32)))
}
