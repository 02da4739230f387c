//! Rows that are taken as they lie, one source pixel for each target pixel.

use crate::kernels::blocks::{Out, Put, each};
use crate::kernels::convert::{Gains, Pairs, as_yuyv, of_rgb, reversed};
use crate::row::{BLOCK, SourceLayout, SourceRow};
use crate::simd::Simd;

/// Puts as many whole blocks as the row has, and says how many columns that was.
#[inline(always)]
pub(crate) fn row<'a, S: Simd, P: Put<S>>(
    simd: S,
    row: &SourceRow<'_>,
    gains: &Gains<S>,
    outs: impl Iterator<Item = Out<'a, P::Element>>,
    put: &mut P,
) -> usize
where
    P::Element: 'a,
{
    let [first, second, third] = row.planes;
    let by_pixel = first.chunks_exact(S::LANES);
    let triples = first.chunks_exact(3 * S::LANES);
    match row.layout {
        SourceLayout::Yuyv => each!(simd, outs, put, first.chunks_exact(2 * S::LANES), |bytes| {
            gains.of_ycbcr(simd, simd.load_yuyv(bytes))
        }),
        SourceLayout::Uyvy => each!(simd, outs, put, first.chunks_exact(2 * S::LANES), |bytes| {
            let mut room: Pairs = [0; 2 * BLOCK];
            gains.of_ycbcr(simd, simd.load_yuyv(as_yuyv(bytes, &mut room)))
        }),
        SourceLayout::Yuv => {
            each!(simd, outs, put, triples, |bytes| gains.of_ycbcr(simd, simd.load_triples(bytes)))
        }
        SourceLayout::I420 => {
            let chroma = second.chunks_exact(S::LANES / 2).zip(third.chunks_exact(S::LANES / 2));
            each!(simd, outs, put, by_pixel.zip(chroma), |(luma, (cb, cr))| {
                let luma = simd.load_bytes(luma);
                gains.of_ycbcr(simd, [luma, simd.load_doubled(cb), simd.load_doubled(cr)])
            })
        }
        SourceLayout::Nv12 => {
            let blocks = by_pixel.zip(second.chunks_exact(S::LANES));
            each!(simd, outs, put, blocks, |(luma, chroma)| {
                let [cb, cr] = simd.load_doubled_pairs(chroma);
                gains.of_ycbcr(simd, [simd.load_bytes(luma), cb, cr])
            })
        }
        SourceLayout::Rgb => {
            each!(simd, outs, put, triples, |bytes| of_rgb(simd, simd.load_triples(bytes)))
        }
        SourceLayout::Bgr => {
            each!(simd, outs, put, triples, |bytes| of_rgb(simd, reversed(simd.load_triples(bytes))))
        }
        SourceLayout::Grey => {
            each!(simd, outs, put, by_pixel, |luma| [simd.sixty_fourths(simd.load_bytes(luma)); 3])
        }
    }
}
