//! Rows at half their width: each target pixel is the mean of two neighbours, rounded up in 1/64 code.
//!
//! The two share their chroma in all formats that have less of it than luma, so its products are made once. The mean is the oracle's blend by one
//! half: `a + ((b - a) * 2^14 + 2^14 >> 15)` is `(a + b + 1) >> 1`.

use crate::kernels::blocks::{Out, Put, each};
use crate::kernels::convert::{Gains, Triple, mean, of_rgb, reversed};
use crate::row::{SourceLayout, SourceRow};
use crate::simd::Simd;

/// Puts as many whole blocks as the rows have, and says how many target columns that was. With `TWO`, target pixels are
/// the mean of that of the upper and that of the lower row; else of the upper row alone.
#[inline(always)]
pub(crate) fn row<'a, const TWO: bool, S: Simd, P: Put<S>>(
    simd: S,
    [upper, lower]: [&SourceRow<'_>; 2],
    gains: &Gains<S>,
    outs: impl Iterator<Item = Out<'a, P::Element>>,
    put: &mut P,
) -> usize
where
    P::Element: 'a,
{
    let (planes, below) = (upper.planes, lower.planes);
    let pairs = |plane: usize| by(planes[plane], below[plane], 2 * S::LANES);
    let chroma = |plane: usize| by(planes[plane], below[plane], S::LANES);
    let sextuples = by(planes[0], below[0], 6 * S::LANES);
    macro_rules! two {
        ($pair:expr, |$row:ident| $kernel:expr) => {{
            let (upper, lower) = $pair;
            let first = {
                let $row = upper;
                $kernel
            };
            if TWO {
                let $row = lower;
                mean(simd, first, $kernel)
            } else {
                first
            }
        }};
    }
    match upper.layout {
        SourceLayout::Yuyv => {
            let blocks = by(planes[0], below[0], 4 * S::LANES);
            each!(simd, outs, put, blocks, |pair| two!(pair, |bytes| yuyv(simd, gains, bytes)))
        }
        SourceLayout::Uyvy => {
            let blocks = by(planes[0], below[0], 4 * S::LANES);
            each!(simd, outs, put, blocks, |pair| two!(pair, |bytes| uyvy(simd, gains, bytes)))
        }
        SourceLayout::Yuv => {
            each!(simd, outs, put, sextuples, |pair| two!(pair, |bytes| yuv(simd, gains, bytes)))
        }
        SourceLayout::I420 => {
            let blocks = pairs(0).zip(chroma(1).zip(chroma(2)));
            each!(simd, outs, put, blocks, |(luma, (cb, cr))| {
                let pair = ((luma.0, cb.0, cr.0), (luma.1, cb.1, cr.1));
                two!(pair, |row| i420(simd, gains, row))
            })
        }
        SourceLayout::Nv12 => each!(simd, outs, put, pairs(0).zip(pairs(1)), |(luma, chroma)| {
            let pair = ((luma.0, chroma.0), (luma.1, chroma.1));
            two!(pair, |row| nv12(simd, gains, row))
        }),
        SourceLayout::Rgb => {
            each!(simd, outs, put, sextuples, |pair| two!(pair, |bytes| rgb(simd, bytes)))
        }
        SourceLayout::Bgr => {
            each!(simd, outs, put, sextuples, |pair| reversed(two!(pair, |bytes| rgb(simd, bytes))))
        }
        SourceLayout::Grey => {
            each!(simd, outs, put, pairs(0), |pair| two!(pair, |bytes| grey(simd, bytes)))
        }
    }
}

/// The same block of the upper and the lower row.
type Pair<'a> = (&'a [u8], &'a [u8]);

#[inline(always)]
fn by<'a>(upper: &'a [u8], lower: &'a [u8], bytes: usize) -> impl Iterator<Item = Pair<'a>> {
    upper.chunks_exact(bytes).zip(lower.chunks_exact(bytes))
}

#[inline(always)]
fn yuyv<S: Simd>(simd: S, gains: &Gains<S>, bytes: &[u8]) -> Triple<S> {
    let [first, second, cb, cr] = simd.load_yuyv_pairs(bytes);
    mean_of_ycbcr(simd, gains, [first, second], [cb, cr])
}

#[inline(always)]
fn uyvy<S: Simd>(simd: S, gains: &Gains<S>, bytes: &[u8]) -> Triple<S> {
    // The same four numbers at other places.
    let [cb, cr, first, second] = simd.load_yuyv_pairs(bytes);
    mean_of_ycbcr(simd, gains, [first, second], [cb, cr])
}

/// Each pixel has chroma of its own.
#[inline(always)]
fn yuv<S: Simd>(simd: S, gains: &Gains<S>, bytes: &[u8]) -> Triple<S> {
    let [luma, cb, cr, next_luma, next_cb, next_cr] = simd.load_sextuples(bytes);
    mean(simd, gains.of_ycbcr(simd, [luma, cb, cr]), gains.of_ycbcr(simd, [next_luma, next_cb, next_cr]))
}

#[inline(always)]
fn i420<S: Simd>(simd: S, gains: &Gains<S>, (luma, cb, cr): (&[u8], &[u8], &[u8])) -> Triple<S> {
    mean_of_ycbcr(simd, gains, simd.load_pairs(luma), [simd.load_bytes(cb), simd.load_bytes(cr)])
}

#[inline(always)]
fn nv12<S: Simd>(simd: S, gains: &Gains<S>, (luma, chroma): (&[u8], &[u8])) -> Triple<S> {
    mean_of_ycbcr(simd, gains, simd.load_pairs(luma), simd.load_pairs(chroma))
}

/// Red first; blue first for BGR.
#[inline(always)]
fn rgb<S: Simd>(simd: S, bytes: &[u8]) -> Triple<S> {
    let [red, green, blue, next_red, next_green, next_blue] = simd.load_sextuples(bytes);
    mean(simd, of_rgb(simd, [red, green, blue]), of_rgb(simd, [next_red, next_green, next_blue]))
}

#[inline(always)]
fn grey<S: Simd>(simd: S, bytes: &[u8]) -> Triple<S> {
    let [first, second] = simd.load_pairs(bytes);
    [simd.mean(simd.sixty_fourths(first), simd.sixty_fourths(second)); 3]
}

/// Of two lumas and the chroma that they share, as they come.
#[inline(always)]
fn mean_of_ycbcr<S: Simd>(
    simd: S,
    gains: &Gains<S>,
    [first, second]: [S::Words; 2],
    [cb, cr]: [S::Words; 2],
) -> Triple<S> {
    let chroma = gains.chroma(simd, simd.centred(cb), simd.centred(cr));
    let first = gains.rgb(simd, simd.centred(first), chroma);
    mean(simd, first, gains.rgb(simd, simd.centred(second), chroma))
}
