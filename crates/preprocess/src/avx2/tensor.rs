//! Codes → tensor elements. The tensor's rows may be of any length: what is left of a block is the oracle's.

use std::arch::x86_64::{
    __m128i, __m256, _mm_or_si128, _mm_shuffle_epi8, _mm_srli_si128, _mm256_cvtepi32_ps,
    _mm256_cvtepu8_epi32, _mm256_fmadd_ps, _mm256_loadu_ps, _mm256_set1_ps,
};

use crate::avx2::memory::{load_8, load_16, store_16, store_floats};
use crate::normalise::Normalise;
use crate::scalar;

/// `scalar::planar_f32`.
#[target_feature(enable = "avx2,fma")]
pub(crate) fn planar_f32(codes: &[u8], normalise: &Normalise, channel: usize, out: &mut [f32]) {
    let multiplier = _mm256_set1_ps(normalise.multiplier[channel]);
    let bias = _mm256_set1_ps(normalise.bias[channel]);
    let (code_blocks, codes_left) = codes.as_chunks::<8>();
    let (blocks, left) = out.as_chunks_mut::<8>();
    for (codes, block) in code_blocks.iter().zip(blocks) {
        store_floats(elements(load_8(codes), multiplier, bias), block);
    }
    scalar::planar_f32(codes_left, normalise, channel, left);
}

/// The low 8 codes as floats, times and plus.
#[inline]
#[target_feature(enable = "avx2,fma")]
fn elements(codes: __m128i, multiplier: __m256, bias: __m256) -> __m256 {
    _mm256_fmadd_ps(_mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(codes)), multiplier, bias)
}

/// `scalar::interleaved_f32`.
#[target_feature(enable = "avx2,fma")]
pub(crate) fn interleaved_f32(codes: [&[u8]; 3], normalise: &Normalise, out: &mut [f32]) {
    let multipliers = periodic(normalise.multiplier);
    let biases = periodic(normalise.bias);
    let (code_blocks, codes_left) = blocks_of(codes);
    let (blocks, left) = out.as_chunks_mut::<48>();
    for (((first, second), third), block) in code_blocks.zipped().zip(blocks) {
        let interleaved = interleave([load_16(first), load_16(second), load_16(third)]);
        let (parts, _) = block.as_chunks_mut::<8>();
        for (index, part) in parts.iter_mut().enumerate() {
            let sixteen = interleaved[index / 2];
            let eight = if index % 2 == 0 { sixteen } else { _mm_srli_si128::<8>(sixteen) };
            store_floats(elements(eight, multipliers[index % 3], biases[index % 3]), part);
        }
    }
    scalar::interleaved_f32(codes_left, normalise, left);
}

/// `scalar::interleaved_u8`.
#[target_feature(enable = "avx2,fma")]
pub(crate) fn interleaved_u8(codes: [&[u8]; 3], out: &mut [u8]) {
    let (code_blocks, codes_left) = blocks_of(codes);
    let (blocks, left) = out.as_chunks_mut::<48>();
    for (((first, second), third), block) in code_blocks.zipped().zip(blocks) {
        let interleaved = interleave([load_16(first), load_16(second), load_16(third)]);
        let (parts, _) = block.as_chunks_mut::<16>();
        for (part, sixteen) in parts.iter_mut().zip(interleaved) {
            store_16(sixteen, part);
        }
    }
    scalar::interleaved_u8(codes_left, left);
}

/// Three rows by blocks of 16.
struct Blocks<'a>([&'a [[u8; 16]]; 3]);

impl<'a> Blocks<'a> {
    fn zipped(self) -> impl Iterator<Item = ((&'a [u8; 16], &'a [u8; 16]), &'a [u8; 16])> {
        let [first, second, third] = self.0;
        first.iter().zip(second).zip(third)
    }
}

fn blocks_of(codes: [&[u8]; 3]) -> (Blocks<'_>, [&[u8]; 3]) {
    let parts = codes.map(|codes| codes.as_chunks::<16>());
    (Blocks(parts.map(|(blocks, _)| blocks)), parts.map(|(_, left)| left))
}

/// A period of three over 24 lanes. Lane `i` of vector `v` is element `8 * v + i`.
#[inline]
#[target_feature(enable = "avx2,fma")]
fn periodic(values: [f32; 3]) -> [__m256; 3] {
    let lanes: [f32; 24] = std::array::from_fn(|lane| values[lane % 3]);
    // SAFETY: each load reads 8 of the 24 floats; it has no alignment.
    unsafe {
        let start = lanes.as_ptr();
        [_mm256_loadu_ps(start), _mm256_loadu_ps(start.add(8)), _mm256_loadu_ps(start.add(16))]
    }
}

/// Where byte `i` of output vector `v` comes from in channel `c`: element `16 * v + i` is channel `% 3`, pixel `/ 3`.
const SPREAD: [[[u8; 16]; 3]; 3] = {
    let mut spread = [[[0x80; 16]; 3]; 3];
    let mut element = 0;
    while element < 48 {
        spread[element / 16][element % 3][element % 16] = (element / 3) as u8;
        element += 1;
    }
    spread
};

/// 16 pixels of three channels as 48 bytes.
#[inline]
#[target_feature(enable = "avx2,fma")]
fn interleave(channels: [__m128i; 3]) -> [__m128i; 3] {
    let mut out = channels;
    for (vector, spread) in out.iter_mut().zip(&SPREAD) {
        let first = _mm_shuffle_epi8(channels[0], load_16(&spread[0]));
        let second = _mm_shuffle_epi8(channels[1], load_16(&spread[1]));
        let third = _mm_shuffle_epi8(channels[2], load_16(&spread[2]));
        *vector = _mm_or_si128(_mm_or_si128(first, second), third);
    }
    out
}
