//! Rows that are taken as they lie, one source pixel for each target pixel: 16 at a time.

use std::arch::x86_64::{
    __m128i, __m256i, _mm256_broadcastq_epi64, _mm256_broadcastsi128_si256, _mm256_or_si256,
    _mm256_shuffle_epi8, _mm256_slli_epi16, _mm256_xor_si256,
};

use crate::avx2::blocks::each;
use crate::avx2::convert::{Gains, Triple};
use crate::avx2::memory::{join, load_8, load_16, load_32};
use crate::row::{SourceLayout, SourceRow};

/// Puts as many whole blocks of 16 columns as the row has, and says how many columns that was.
#[inline]
#[target_feature(enable = "avx2,fma")]
pub(crate) fn row<O>(
    row: &SourceRow<'_>,
    gains: &Gains,
    outs: impl Iterator<Item = O>,
    put: impl Fn(Triple, O),
) -> usize {
    let [first, second, third] = row.planes;
    let by_16 = first.as_chunks::<16>().0.iter();
    let by_48 = first.as_chunks::<48>().0.iter();
    match row.layout {
        SourceLayout::Yuyv => each(first.as_chunks::<32>().0.iter(), outs, |bytes| yuyv(gains, bytes), put),
        SourceLayout::I420 => {
            let chroma = second.as_chunks::<8>().0.iter().zip(third.as_chunks::<8>().0);
            each(by_16.zip(chroma), outs, |(luma, (cb, cr))| i420(gains, luma, cb, cr), put)
        }
        SourceLayout::Nv12 => {
            let blocks = by_16.zip(second.as_chunks::<16>().0);
            each(blocks, outs, |(luma, chroma)| nv12(gains, luma, chroma), put)
        }
        SourceLayout::Rgb => each(by_48, outs, |bytes| rgb(gains, bytes), put),
        SourceLayout::Bgr => each(by_48, outs, |bytes| reversed(rgb(gains, bytes)), put),
        SourceLayout::Grey => {
            let kernel = |luma| gains.convert::<false>([shuffled(both(luma), &IN_ORDER); 3]);
            each(by_16, outs, kernel, put)
        }
    }
}

/// BGR as RGB.
#[inline]
#[target_feature(enable = "avx2,fma")]
pub(crate) fn reversed([blue, green, red]: Triple) -> Triple {
    [red, green, blue]
}

#[inline]
#[target_feature(enable = "avx2,fma")]
fn yuyv(gains: &Gains, bytes: &[u8; 32]) -> Triple {
    let bytes = _mm256_xor_si256(load_32(bytes), gains.sign);
    let luma = _mm256_slli_epi16::<8>(bytes);
    gains.convert::<true>([luma, shuffled(bytes, &YUYV_CB), shuffled(bytes, &YUYV_CR)])
}

#[inline]
#[target_feature(enable = "avx2,fma")]
fn i420(gains: &Gains, luma: &[u8; 16], cb: &[u8; 8], cr: &[u8; 8]) -> Triple {
    let luma = shuffled(_mm256_xor_si256(both(luma), gains.sign), &IN_ORDER);
    let cb = _mm256_xor_si256(_mm256_broadcastq_epi64(load_8(cb)), gains.sign);
    let cr = _mm256_xor_si256(_mm256_broadcastq_epi64(load_8(cr)), gains.sign);
    gains.convert::<true>([luma, shuffled(cb, &DOUBLED), shuffled(cr, &DOUBLED)])
}

#[inline]
#[target_feature(enable = "avx2,fma")]
fn nv12(gains: &Gains, luma: &[u8; 16], chroma: &[u8; 16]) -> Triple {
    let luma = shuffled(_mm256_xor_si256(both(luma), gains.sign), &IN_ORDER);
    let chroma = _mm256_xor_si256(both(chroma), gains.sign);
    gains.convert::<true>([luma, shuffled(chroma, &NV12_CB), shuffled(chroma, &NV12_CR)])
}

/// Red first; blue first for BGR.
#[inline]
#[target_feature(enable = "avx2,fma")]
fn rgb(gains: &Gains, bytes: &[u8; 48]) -> Triple {
    // Each lane's 8 pixels are 24 bytes: the first 16 of them hold pixels 0..4 whole, the last 16 pixels 4..8.
    let early = join(part(bytes, 0), part(bytes, 24));
    let late = join(part(bytes, 8), part(bytes, 32));
    let channel =
        |index: usize| _mm256_or_si256(shuffled(early, &RGB_EARLY[index]), shuffled(late, &RGB_LATE[index]));
    gains.convert::<false>([channel(0), channel(1), channel(2)])
}

/// 16 bytes from `from` on, which must be known where this is inlined.
#[inline]
#[target_feature(enable = "avx2,fma")]
pub(crate) fn part<const N: usize>(bytes: &[u8; N], from: usize) -> __m128i {
    load_16(bytes[from..].first_chunk().expect("16 bytes from a constant on"))
}

/// The same 16 bytes in both lanes.
#[inline]
#[target_feature(enable = "avx2,fma")]
pub(crate) fn both(bytes: &[u8; 16]) -> __m256i {
    _mm256_broadcastsi128_si256(load_16(bytes))
}

/// Bytes by their place in their own lane; 0 where the index is `NOTHING`.
#[inline]
#[target_feature(enable = "avx2,fma")]
pub(crate) fn shuffled(bytes: __m256i, indices: &[u8; 32]) -> __m256i {
    _mm256_shuffle_epi8(bytes, load_32(indices))
}

/// A shuffle index that gives 0.
pub(crate) const NOTHING: u8 = 0x80;

/// Byte `i` of 16 to the high byte of word `i`.
pub(crate) const IN_ORDER: [u8; 32] = high_bytes([0, 1, 2, 3, 4, 5, 6, 7], 8);
/// Byte `i` of 8 to the high bytes of words `2 * i` and `2 * i + 1`.
const DOUBLED: [u8; 32] = high_bytes([0, 0, 1, 1, 2, 2, 3, 3], 4);
const YUYV_CB: [u8; 32] = high_bytes([1, 1, 5, 5, 9, 9, 13, 13], 0);
const YUYV_CR: [u8; 32] = high_bytes([3, 3, 7, 7, 11, 11, 15, 15], 0);
const NV12_CB: [u8; 32] = high_bytes([0, 0, 2, 2, 4, 4, 6, 6], 8);
const NV12_CR: [u8; 32] = high_bytes([1, 1, 3, 3, 5, 5, 7, 7], 8);
/// Pixels 0..4 of each lane from its bytes 0..16.
const RGB_EARLY: [[u8; 32]; 3] = [
    high_bytes([0, 3, 6, 9, NOTHING, NOTHING, NOTHING, NOTHING], 0),
    high_bytes([1, 4, 7, 10, NOTHING, NOTHING, NOTHING, NOTHING], 0),
    high_bytes([2, 5, 8, 11, NOTHING, NOTHING, NOTHING, NOTHING], 0),
];
/// Pixels 4..8 of each lane from its bytes 8..24.
const RGB_LATE: [[u8; 32]; 3] = [
    high_bytes([NOTHING, NOTHING, NOTHING, NOTHING, 4, 7, 10, 13], 0),
    high_bytes([NOTHING, NOTHING, NOTHING, NOTHING, 5, 8, 11, 14], 0),
    high_bytes([NOTHING, NOTHING, NOTHING, NOTHING, 6, 9, 12, 15], 0),
];

/// A shuffle that fills the high bytes of each lane's eight words; the upper lane's indices are `upper` greater.
pub(crate) const fn high_bytes(lane: [u8; 8], upper: u8) -> [u8; 32] {
    let mut shuffle = [NOTHING; 32];
    let mut word = 0;
    while word < 8 {
        if lane[word] != NOTHING {
            shuffle[2 * word + 1] = lane[word];
            shuffle[16 + 2 * word + 1] = lane[word] + upper;
        }
        word += 1;
    }
    shuffle
}
