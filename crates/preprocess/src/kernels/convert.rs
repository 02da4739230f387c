//! Codes in the high bytes of 16-bit lanes → red, green and blue in 1/64 code: `Color::rgb` bit for bit.

use crate::color::{Color, WHITE};
use crate::row::BLOCK;
use crate::simd::Simd;

/// One block: red, green and blue, or Y, Cb and Cr.
pub(crate) type Triple<S> = [<S as Simd>::Words; 3];

/// A `Color` in all lanes.
#[derive(Clone, Copy)]
pub(crate) struct Gains<S: Simd> {
    black: S::Words,
    luma: S::Words,
    red_from_cr: S::Words,
    green_from_cb: S::Words,
    green_from_cr: S::Words,
    blue_from_cb: S::Words,
    base: S::Words,
    white: S::Words,
    zero: S::Words,
}

impl<S: Simd> Gains<S> {
    #[inline(always)]
    pub(crate) fn new(simd: S, color: &Color) -> Self {
        Self {
            black: simd.splat(color.black),
            luma: simd.splat(color.luma),
            red_from_cr: simd.splat(color.red_from_cr),
            green_from_cb: simd.splat(color.green_from_cb),
            green_from_cr: simd.splat(color.green_from_cr),
            blue_from_cb: simd.splat(color.blue_from_cb),
            base: simd.splat(color.base),
            white: simd.splat(WHITE),
            zero: simd.splat(0),
        }
    }

    /// What the chroma adds to luma for red, green and blue; of centred Cb and Cr.
    #[inline(always)]
    pub(crate) fn chroma(&self, simd: S, cb: S::Words, cr: S::Words) -> Triple<S> {
        let red = simd.multiply(cr, self.red_from_cr);
        let blue = simd.multiply(cb, self.blue_from_cb);
        let green = simd.add(simd.multiply(cb, self.green_from_cb), simd.multiply(cr, self.green_from_cr));
        [simd.add(self.base, red), simd.sub(self.base, green), simd.add(self.base, blue)]
    }

    /// Red, green and blue of centred luma and what `chroma` gave.
    #[inline(always)]
    pub(crate) fn rgb(&self, simd: S, luma: S::Words, [red, green, blue]: Triple<S>) -> Triple<S> {
        let luma = simd.multiply(simd.max(luma, self.black), self.luma);
        [
            self.clamped(simd, simd.saturating_add(luma, red)),
            self.clamped(simd, simd.saturating_add(luma, green)),
            self.clamped(simd, simd.saturating_add(luma, blue)),
        ]
    }

    #[inline(always)]
    fn clamped(&self, simd: S, value: S::Words) -> S::Words {
        simd.min(simd.max(value, self.zero), self.white)
    }

    /// Of Y, Cb and Cr as they come.
    #[inline(always)]
    pub(crate) fn of_ycbcr(&self, simd: S, [luma, cb, cr]: Triple<S>) -> Triple<S> {
        self.rgb(simd, simd.centred(luma), self.chroma(simd, simd.centred(cb), simd.centred(cr)))
    }
}

/// Of red, green and blue as they come.
#[inline(always)]
pub(crate) fn of_rgb<S: Simd>(simd: S, [red, green, blue]: Triple<S>) -> Triple<S> {
    [simd.sixty_fourths(red), simd.sixty_fourths(green), simd.sixty_fourths(blue)]
}

/// Room for a block of `as_yuyv`.
pub(crate) type Pairs = [u8; 2 * BLOCK];

/// `Cb Y0 Cr Y1` as `Y0 Cb Y1 Cr`: so no instruction set needs loads of its own for it. By way of `room` on the stack,
/// which the compiler makes a vector's worth of shifts of.
#[inline(always)]
pub(crate) fn as_yuyv<'a>(bytes: &[u8], room: &'a mut Pairs) -> &'a [u8] {
    let room = &mut room[..bytes.len()];
    for (to, from) in room.as_chunks_mut::<2>().0.iter_mut().zip(bytes.as_chunks::<2>().0) {
        *to = [from[1], from[0]];
    }
    room
}

/// BGR as RGB.
#[inline(always)]
pub(crate) fn reversed<T>([blue, green, red]: [T; 3]) -> [T; 3] {
    [red, green, blue]
}

/// From `a` to `b` by `weight`: `color::blend` in every lane.
#[inline(always)]
pub(crate) fn blend<S: Simd>(simd: S, a: S::Words, b: S::Words, weight: S::Words) -> S::Words {
    simd.add(a, simd.multiply(simd.sub(b, a), weight))
}

/// The mean of two, color by color, rounded up in 1/64 code.
#[inline(always)]
pub(crate) fn mean<S: Simd>(simd: S, a: Triple<S>, b: Triple<S>) -> Triple<S> {
    [simd.mean(a[0], b[0]), simd.mean(a[1], b[1]), simd.mean(a[2], b[2])]
}
