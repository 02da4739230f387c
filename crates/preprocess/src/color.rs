//! Y'CbCr → R'G'B' in 16-bit fixed point: the gains, and the arithmetic that every kernel repeats bit for bit.
//!
//! Codes lie in the high byte of an i16, centred: `(code - 128) << 8`. A gain `g` is `round(g * 8192)`; the product
//! `(a * b + 2^14) >> 15`, which is `pmulhrsw`, is then `g * (code - 128)` in 1/64 code. From a gain at most 0.008 code
//! is lost to its own rounding and 0.008 to the product's; green, with three products, ends within 0.06 code.
//!
//! Gains: ITU-R BT.601-7 and BT.709-6, from Kr and Kb alone. Luma below black is black, as in OpenCV's `cvtColor`.

use ocelli_frame::{Codes, ColorSpace};

/// 255 in 1/64 code, the largest value of a resized row.
pub(crate) const WHITE: i16 = 255 << 6;

/// What a pixel of Y'CbCr is multiplied by.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Color {
    /// Black as a centred code: luma is not let under it.
    pub(crate) black: i16,
    /// 1/8192.
    pub(crate) luma: i16,
    /// 1/8192.
    pub(crate) red_from_cr: i16,
    /// 1/8192, to be subtracted.
    pub(crate) green_from_cb: i16,
    /// 1/8192, to be subtracted.
    pub(crate) green_from_cr: i16,
    /// 1/8192.
    pub(crate) blue_from_cb: i16,
    /// What luma code 128 is, in 1/64 code.
    pub(crate) base: i16,
}

impl Color {
    pub(crate) fn new(space: ColorSpace) -> Self {
        let (red, blue) = space.matrix.weights();
        let green = 1.0 - red - blue;
        let Codes { black, luma_span, chroma_span } = space.range.codes();
        let (luma, chroma) = (255.0 / luma_span, 255.0 / chroma_span);
        let gain = |value: f64| (value * 8192.0).round() as i16;
        Self {
            black: centred(black),
            luma: gain(luma),
            red_from_cr: gain(chroma * 2.0 * (1.0 - red)),
            green_from_cb: gain(chroma * 2.0 * (1.0 - blue) * blue / green),
            green_from_cr: gain(chroma * 2.0 * (1.0 - red) * red / green),
            blue_from_cb: gain(chroma * 2.0 * (1.0 - blue)),
            base: (f64::from(128 - black) * luma * 64.0).round() as i16,
        }
    }

    /// R, G, B of one pixel in 1/64 code, 0..=`WHITE`.
    pub(crate) fn rgb(&self, [luma, cb, cr]: [u8; 3]) -> [i16; 3] {
        let luma = multiply(centred(luma).max(self.black), self.luma);
        let (cb, cr) = (centred(cb), centred(cr));
        let red = self.base + multiply(cr, self.red_from_cr);
        let green = self.base - multiply(cb, self.green_from_cb) - multiply(cr, self.green_from_cr);
        let blue = self.base + multiply(cb, self.blue_from_cb);
        [red, green, blue].map(|chroma| luma.saturating_add(chroma).clamp(0, WHITE))
    }
}

/// `(code - 128) << 8`.
fn centred(code: u8) -> i16 {
    i16::from_ne_bytes((u16::from(code ^ 0x80) << 8).to_ne_bytes())
}

/// `(a * b + 2^14) >> 15`: `pmulhrsw`. Not both may be -32768.
pub(crate) fn multiply(a: i16, b: i16) -> i16 {
    ((i32::from(a) * i32::from(b) + (1 << 14)) >> 15) as i16
}

/// From `a` to `b` by `weight` in 1/32768; both 0..=`WHITE`.
pub(crate) fn blend(a: i16, b: i16, weight: i16) -> i16 {
    a + multiply(b - a, weight)
}

#[cfg(test)]
mod tests {
    use ocelli_frame::{ColorMatrix, ColorRange};

    use super::*;

    /// The worst error over all codes of a coarse grid, in codes.
    fn worst_error(space: ColorSpace) -> f64 {
        let color = Color::new(space);
        let (kr, kb) = if space.matrix == ColorMatrix::Bt601 { (0.299, 0.114) } else { (0.2126, 0.0722) };
        let (black, luma_span, chroma_span) =
            if space.range == ColorRange::Limited { (16.0, 219.0, 224.0) } else { (0.0, 255.0, 255.0) };
        let mut worst = 0.0f64;
        for luma in 0..=255u8 {
            for cb in (0..=255u8).step_by(5) {
                for cr in (0..=255u8).step_by(5) {
                    let y = (f64::from(luma) - black).max(0.0) * 255.0 / luma_span;
                    let b = (f64::from(cb) - 128.0) * 255.0 / chroma_span * 2.0 * (1.0 - kb);
                    let r = (f64::from(cr) - 128.0) * 255.0 / chroma_span * 2.0 * (1.0 - kr);
                    let exact = [y + r, y - (kr * r + kb * b) / (1.0 - kr - kb), y + b];
                    for (exact, got) in exact.iter().zip(color.rgb([luma, cb, cr])) {
                        worst = worst.max((exact.clamp(0.0, 255.0) - f64::from(got) / 64.0).abs());
                    }
                }
            }
        }
        worst
    }

    #[test]
    fn every_colour_space_is_within_six_hundredths_of_a_code() {
        for matrix in [ColorMatrix::Bt601, ColorMatrix::Bt709] {
            for range in [ColorRange::Limited, ColorRange::Full] {
                let worst = worst_error(ColorSpace { matrix, range });
                assert!(worst < 0.06, "{matrix:?} {range:?}: {worst}");
            }
        }
    }

    #[test]
    fn white_is_white_and_black_is_black() {
        let color = Color::new(ColorSpace::BT601_LIMITED);
        for (luma, code) in [(235, 255), (16, 0), (0, 0), (255, 255)] {
            assert_eq!(color.rgb([luma, 128, 128]).map(|value| (value + 32) >> 6), [code; 3]);
        }
    }
}
