//! Rows at half their width: each target pixel is the mean of two neighbours, rounded up in 1/64 code. 16 at a time.
//!
//! The two share their chroma where there is any, so its products are made once. `pavgw` is the oracle's blend by one
//! half: `a + ((b - a) * 2^14 + 2^14 >> 15)` is `(a + b + 1) >> 1`.

use std::arch::x86_64::{
    __m256i, _mm256_and_si256, _mm256_avg_epu16, _mm256_or_si256, _mm256_set1_epi16, _mm256_slli_epi16,
    _mm256_unpackhi_epi64, _mm256_unpacklo_epi64, _mm256_xor_si256,
};

use crate::avx2::blocks::each;
use crate::avx2::convert::{Gains, Triple};
use crate::avx2::dense::{IN_ORDER, NOTHING, both, high_bytes, part, reversed, shuffled};
use crate::avx2::memory::{join, load_32};
use crate::row::{SourceLayout, SourceRow};

/// Puts as many whole blocks of 32 source columns as the rows have, and says how many target columns that was. With
/// `TWO`, target pixels are the mean of that of the upper and that of the lower row; else of the upper row alone.
#[inline]
#[target_feature(enable = "avx2,fma")]
pub(crate) fn row<const TWO: bool, O>(
    [upper, lower]: [&SourceRow<'_>; 2],
    gains: &Gains,
    outs: impl Iterator<Item = O>,
    put: impl Fn(Triple, O),
) -> usize {
    let (planes, below) = (upper.planes, lower.planes);
    let by_32 = by::<32>(planes[0], below[0]);
    let by_96 = by::<96>(planes[0], below[0]);
    match upper.layout {
        SourceLayout::Yuyv => {
            each(by::<64>(planes[0], below[0]), outs, |pair| two::<TWO, _>(pair, |row| yuyv(gains, row)), put)
        }
        SourceLayout::I420 => {
            let chroma = by::<16>(planes[1], below[1]).zip(by::<16>(planes[2], below[2]));
            let kernel = |(luma, (cb, cr)): (Pair<'_, 32>, (Pair<'_, 16>, Pair<'_, 16>))| {
                let pair = ((luma.0, cb.0, cr.0), (luma.1, cb.1, cr.1));
                two::<TWO, _>(pair, |(luma, cb, cr)| i420(gains, luma, cb, cr))
            };
            each(by_32.zip(chroma), outs, kernel, put)
        }
        SourceLayout::Nv12 => {
            let kernel = |(luma, chroma): (Pair<'_, 32>, Pair<'_, 32>)| {
                let pair = ((luma.0, chroma.0), (luma.1, chroma.1));
                two::<TWO, _>(pair, |(luma, chroma)| nv12(gains, luma, chroma))
            };
            each(by_32.zip(by::<32>(planes[1], below[1])), outs, kernel, put)
        }
        SourceLayout::Rgb => each(by_96, outs, |pair| two::<TWO, _>(pair, |row| rgb(gains, row)), put),
        SourceLayout::Bgr => {
            each(by_96, outs, |pair| reversed(two::<TWO, _>(pair, |row| rgb(gains, row))), put)
        }
        SourceLayout::Grey => each(by_32, outs, |pair| two::<TWO, _>(pair, |row| grey(gains, row)), put),
    }
}

/// The same block of the upper and the lower row.
type Pair<'a, const N: usize> = (&'a [u8; N], &'a [u8; N]);

fn by<'a, const N: usize>(upper: &'a [u8], lower: &'a [u8]) -> impl Iterator<Item = Pair<'a, N>> {
    upper.as_chunks::<N>().0.iter().zip(lower.as_chunks::<N>().0)
}

#[inline]
#[target_feature(enable = "avx2,fma")]
fn two<const TWO: bool, B>((upper, lower): (B, B), kernel: impl Fn(B) -> Triple) -> Triple {
    if TWO { mean(kernel(upper), kernel(lower)) } else { kernel(upper) }
}

#[inline]
#[target_feature(enable = "avx2,fma")]
fn i420(gains: &Gains, luma: &[u8; 32], cb: &[u8; 16], cr: &[u8; 16]) -> Triple {
    let cb = shuffled(_mm256_xor_si256(both(cb), gains.sign), &IN_ORDER);
    let cr = shuffled(_mm256_xor_si256(both(cr), gains.sign), &IN_ORDER);
    mean_of_ycbcr(gains, even_and_odd(_mm256_xor_si256(load_32(luma), gains.sign)), [cb, cr])
}

#[inline]
#[target_feature(enable = "avx2,fma")]
fn nv12(gains: &Gains, luma: &[u8; 32], chroma: &[u8; 32]) -> Triple {
    let chroma = even_and_odd(_mm256_xor_si256(load_32(chroma), gains.sign));
    mean_of_ycbcr(gains, even_and_odd(_mm256_xor_si256(load_32(luma), gains.sign)), chroma)
}

#[inline]
#[target_feature(enable = "avx2,fma")]
fn grey(gains: &Gains, luma: &[u8; 32]) -> Triple {
    let [even, odd] = even_and_odd(load_32(luma));
    mean(gains.convert::<false>([even; 3]), gains.convert::<false>([odd; 3]))
}

#[inline]
#[target_feature(enable = "avx2,fma")]
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
#[target_feature(enable = "avx2,fma")]
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
#[target_feature(enable = "avx2,fma")]
fn mean_of_ycbcr(gains: &Gains, [even, odd]: [__m256i; 2], [cb, cr]: [__m256i; 2]) -> Triple {
    let chroma = gains.chroma(cb, cr);
    mean(gains.rgb(even, chroma), gains.rgb(odd, chroma))
}

#[inline]
#[target_feature(enable = "avx2,fma")]
fn mean(even: Triple, odd: Triple) -> Triple {
    [_mm256_avg_epu16(even[0], odd[0]), _mm256_avg_epu16(even[1], odd[1]), _mm256_avg_epu16(even[2], odd[2])]
}

/// Bytes of even and of odd place, each in the high byte of its word.
#[inline]
#[target_feature(enable = "avx2,fma")]
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
