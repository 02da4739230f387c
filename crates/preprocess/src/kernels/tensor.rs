//! Codes → tensor elements. The tensor's rows may be of any length: what is left of a block is the oracle's.

use crate::normalise::Normalise;
use crate::scalar;
use crate::simd::{Scale, Simd};

/// `scalar::planar_f32`.
#[inline(always)]
pub(crate) fn planar_f32<S: Simd>(
    simd: S,
    codes: &[u8],
    normalise: &Normalise,
    channel: usize,
    out: &mut [f32],
) {
    let scale = Scale {
        multiplier: simd.splat_float(normalise.multiplier[channel]),
        bias: simd.splat_float(normalise.bias[channel]),
    };
    let mut code_blocks = codes.chunks_exact(S::LANES);
    let mut blocks = out.chunks_exact_mut(S::LANES);
    for (codes, block) in code_blocks.by_ref().zip(blocks.by_ref()) {
        simd.store_floats_of_codes(codes, &scale, block);
    }
    scalar::planar_f32(code_blocks.remainder(), normalise, channel, blocks.into_remainder());
}

/// `scalar::interleaved_f32`.
#[inline(always)]
pub(crate) fn interleaved_f32<S: Simd>(simd: S, codes: [&[u8]; 3], normalise: &Normalise, out: &mut [f32]) {
    let multipliers = simd.periodic_floats(normalise.multiplier);
    let biases = simd.periodic_floats(normalise.bias);
    let (code_blocks, codes_left) = blocks_of(codes);
    let (blocks, left) = out.as_chunks_mut::<48>();
    for (codes, block) in code_blocks.zip(blocks) {
        simd.interleave_floats(codes, multipliers, biases, block);
    }
    scalar::interleaved_f32(codes_left, normalise, left);
}

/// `scalar::interleaved_u8`.
#[inline(always)]
pub(crate) fn interleaved_u8<S: Simd>(simd: S, codes: [&[u8]; 3], out: &mut [u8]) {
    let (code_blocks, codes_left) = blocks_of(codes);
    let (blocks, left) = out.as_chunks_mut::<48>();
    for (codes, block) in code_blocks.zip(blocks) {
        simd.interleave(codes, block);
    }
    scalar::interleaved_u8(codes_left, left);
}

/// Three rows by blocks of 16, and what is left of them.
#[inline(always)]
fn blocks_of(codes: [&[u8]; 3]) -> (impl Iterator<Item = [&[u8; 16]; 3]>, [&[u8]; 3]) {
    let [(first, first_left), (second, second_left), (third, third_left)] =
        codes.map(|codes| codes.as_chunks::<16>());
    let blocks = first.iter().zip(second).zip(third).map(|((first, second), third)| [first, second, third]);
    (blocks, [first_left, second_left, third_left])
}
