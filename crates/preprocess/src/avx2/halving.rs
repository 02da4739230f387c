//! Rows at half their width: each target pixel is the mean of two neighbours, rounded up in 1/64 code. 16 at a time.
//!
//! The two share their chroma where there is any, so its products are made once. `pavgw` is the oracle's blend by one
//! half: `a + ((b - a) * 2^14 + 2^14 >> 15)` is `(a + b + 1) >> 1`.

use std::arch::x86_64::{
    __m256i, _mm256_and_si256, _mm256_avg_epu16, _mm256_or_si256, _mm256_set1_epi16, _mm256_slli_epi16,
    _mm256_unpackhi_epi64, _mm256_unpacklo_epi64, _mm256_xor_si256,
};

use crate::avx2::convert::{Gains, Triple};
use crate::avx2::dense::{IN_ORDER, NOTHING, both, each, high_bytes, part, shuffled};
use crate::avx2::memory::{join, load_32};
use crate::plan::Columns;
use crate::row::{PlanarRow, SourceLayout, SourceRow};

/// Converts and halves as many whole blocks of 32 source columns as the row has, and says how many target columns that
/// was. `columns` must take the mean of source pixels `2 * x` and `2 * x + 1` for each `x`.
#[target_feature(enable = "avx2")]
pub(crate) fn resize_row(row: &SourceRow<'_>, columns: &Columns, out: &mut PlanarRow<i16>) -> usize {
    let gains = &Gains::new(&columns.color);
    let [first, second, third] = row.planes;
    let by_32 = first.as_chunks::<32>().0.iter();
    let by_96 = first.as_chunks::<96>().0.iter();
    match row.layout {
        SourceLayout::Yuyv => each(first.as_chunks::<64>().0.iter(), out, |bytes| yuyv(gains, bytes)),
        SourceLayout::I420 => {
            let chroma = second.as_chunks::<16>().0.iter().zip(third.as_chunks::<16>().0);
            each(by_32.zip(chroma), out, |(luma, (cb, cr))| {
                let cb = shuffled(_mm256_xor_si256(both(cb), gains.sign), &IN_ORDER);
                let cr = shuffled(_mm256_xor_si256(both(cr), gains.sign), &IN_ORDER);
                mean_of_ycbcr(gains, even_and_odd(_mm256_xor_si256(load_32(luma), gains.sign)), [cb, cr])
            })
        }
        SourceLayout::Nv12 => each(by_32.zip(second.as_chunks::<32>().0), out, |(luma, chroma)| {
            let chroma = even_and_odd(_mm256_xor_si256(load_32(chroma), gains.sign));
            mean_of_ycbcr(gains, even_and_odd(_mm256_xor_si256(load_32(luma), gains.sign)), chroma)
        }),
        SourceLayout::Rgb => each(by_96, out, |bytes| rgb(gains, bytes)),
        SourceLayout::Bgr => each(by_96, out, |bytes| {
            let [blue, green, red] = rgb(gains, bytes);
            [red, green, blue]
        }),
        SourceLayout::Grey => each(by_32, out, |luma| {
            let [even, odd] = even_and_odd(load_32(luma));
            mean(gains.convert::<false>([even; 3]), gains.convert::<false>([odd; 3]))
        }),
    }
}

#[inline]
#[target_feature(enable = "avx2")]
fn yuyv(gains: &Gains, bytes: &[u8; 64]) -> Triple {
    // Four pairs of pixels in each lane, in an order that the unpacking below puts right.
    let near = _mm256_xor_si256(join(part(bytes, 0), part(bytes, 32)), gains.sign);
    let far = _mm256_xor_si256(join(part(bytes, 16), part(bytes, 48)), gains.sign);
    let (near_luma, far_luma) = (shuffled(near, &YUYV_LUMA), shuffled(far, &YUYV_LUMA));
    let (near_chroma, far_chroma) = (shuffled(near, &YUYV_CHROMA), shuffled(far, &YUYV_CHROMA));
    let luma = [_mm256_unpacklo_epi64(near_luma, far_luma), _mm256_unpackhi_epi64(near_luma, far_luma)];
    let chroma =
        [_mm256_unpacklo_epi64(near_chroma, far_chroma), _mm256_unpackhi_epi64(near_chroma, far_chroma)];
    mean_of_ycbcr(gains, luma, chroma)
}

/// Red first; blue first for BGR.
#[inline]
#[target_feature(enable = "avx2")]
fn rgb(gains: &Gains, bytes: &[u8; 96]) -> Triple {
    // Each lane's 16 pixels are 48 bytes.
    let parts = [
        join(part(bytes, 0), part(bytes, 48)),
        join(part(bytes, 16), part(bytes, 64)),
        join(part(bytes, 32), part(bytes, 80)),
    ];
    let channel = |place: usize| {
        let [first, second, third] = &RGB_EVERY_SIXTH[place];
        let (first, second) = (shuffled(parts[0], first), shuffled(parts[1], second));
        _mm256_or_si256(_mm256_or_si256(first, second), shuffled(parts[2], third))
    };
    let even = gains.convert::<false>([channel(0), channel(1), channel(2)]);
    let odd = gains.convert::<false>([channel(3), channel(4), channel(5)]);
    mean(even, odd)
}

#[inline]
#[target_feature(enable = "avx2")]
fn mean_of_ycbcr(gains: &Gains, [even, odd]: [__m256i; 2], [cb, cr]: [__m256i; 2]) -> Triple {
    let chroma = gains.chroma(cb, cr);
    mean(gains.rgb(even, chroma), gains.rgb(odd, chroma))
}

#[inline]
#[target_feature(enable = "avx2")]
fn mean(even: Triple, odd: Triple) -> Triple {
    [_mm256_avg_epu16(even[0], odd[0]), _mm256_avg_epu16(even[1], odd[1]), _mm256_avg_epu16(even[2], odd[2])]
}

/// Bytes of even and of odd place, each in the high byte of its word.
#[inline]
#[target_feature(enable = "avx2")]
fn even_and_odd(bytes: __m256i) -> [__m256i; 2] {
    [_mm256_slli_epi16::<8>(bytes), _mm256_and_si256(bytes, _mm256_set1_epi16(0xFF00u16.cast_signed()))]
}

/// First lumas of a lane's four pairs, then the second ones.
const YUYV_LUMA: [u8; 32] = high_bytes([0, 4, 8, 12, 2, 6, 10, 14], 0);
/// Cb of a lane's four pairs, then Cr.
const YUYV_CHROMA: [u8; 32] = high_bytes([1, 5, 9, 13, 3, 7, 11, 15], 0);

/// For each place in a pair of RGB pixels, 0..6: that byte of a lane's eight pairs, by thirds of the lane's 48 bytes.
const RGB_EVERY_SIXTH: [[[u8; 32]; 3]; 6] = {
    let mut shuffles = [[[NOTHING; 32]; 3]; 6];
    let mut place = 0;
    while place < 6 {
        let mut third = 0;
        while third < 3 {
            let mut lane = [NOTHING; 8];
            let mut pair = 0;
            while pair < 8 {
                let byte = 6 * pair + place;
                if byte / 16 == third {
                    lane[pair] = (byte % 16) as u8;
                }
                pair += 1;
            }
            shuffles[place][third] = high_bytes(lane, 0);
            third += 1;
        }
        place += 1;
    }
    shuffles
};
