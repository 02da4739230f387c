//! R'G'B' → Y'CbCr: the weights of ITU-R BT.601-7 and BT.709-6, in 16-bit fixed point.
//!
//! What is not here: the way back, which for screens is `rgb.rs`, for models `ocelli-preprocess`.

use ocelli_frame::{Codes, ColorSpace};

/// Bits behind the point.
const FRACTION_BITS: u32 = 16;

/// A colour as screens have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rgb(pub u8, pub u8, pub u8);

impl Rgb {
    pub const WHITE: Self = Self(255, 255, 255);
    pub const BLACK: Self = Self(0, 0, 0);

    /// Black or white, whichever can be read on this colour: the one whose contrast (W3C, WCAG 2.2) is larger.
    pub fn legible_on(self) -> Self {
        let linear = |code: u8| {
            let share = f32::from(code) / 255.0;
            if share <= 0.040_45 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
        };
        let luminance = 0.2126 * linear(self.0) + 0.7152 * linear(self.1) + 0.0722 * linear(self.2);
        // Both contrasts, (1.05 / (L + 0.05)) and ((L + 0.05) / 0.05), are equal here.
        if luminance > 0.179 { Self::BLACK } else { Self::WHITE }
    }
}

/// A colour as numbers of one colour space.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ink {
    pub luma: u8,
    pub cb: u8,
    pub cr: u8,
}

/// What R'G'B' is multiplied by, 1/65536, and the codes that stand for nothing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FromRgb {
    luma: [i32; 3],
    cb: [i32; 3],
    cr: [i32; 3],
    black: i32,
}

impl FromRgb {
    pub fn new(space: ColorSpace) -> Self {
        let (red, blue) = space.matrix.weights();
        let Codes { black, luma_span, chroma_span } = space.range.codes();
        let (luma_span, chroma_span) = (luma_span / 255.0, chroma_span / 255.0);
        let green = 1.0 - red - blue;
        let fixed = |weights: [f64; 3], span: f64| {
            weights.map(|weight| (weight * span * f64::from(1 << FRACTION_BITS)).round() as i32)
        };
        // Rounded one by one, the weights of grey need not cancel: green takes the rest.
        let neutral = |[red, _, blue]: [i32; 3]| [red, -red - blue, blue];
        let (half_b, half_r) = (0.5 / (1.0 - blue), 0.5 / (1.0 - red));
        Self {
            luma: fixed([red, green, blue], luma_span),
            cb: neutral(fixed([-red * half_b, -green * half_b, 0.5], chroma_span)),
            cr: neutral(fixed([0.5, -green * half_r, -blue * half_r], chroma_span)),
            black: i32::from(black),
        }
    }

    pub fn luma(&self, rgb: [i32; 3]) -> u8 {
        code(dot(self.luma, rgb), self.black)
    }

    pub fn chroma(&self, rgb: [i32; 3]) -> (u8, u8) {
        (code(dot(self.cb, rgb), 128), code(dot(self.cr, rgb), 128))
    }

    pub fn ink(&self, Rgb(red, green, blue): Rgb) -> Ink {
        let rgb = [red, green, blue].map(i32::from);
        let (cb, cr) = self.chroma(rgb);
        Ink { luma: self.luma(rgb), cb, cr }
    }
}

fn dot(weights: [i32; 3], rgb: [i32; 3]) -> i32 {
    weights[0] * rgb[0] + weights[1] * rgb[1] + weights[2] * rgb[2]
}

fn code(fixed: i32, base: i32) -> u8 {
    (((fixed + (1 << (FRACTION_BITS - 1))) >> FRACTION_BITS) + base).clamp(0, 255) as u8
}

#[cfg(test)]
mod tests {
    use ocelli_frame::{ColorMatrix, ColorRange};

    use super::*;

    #[test]
    fn corners_are_those_of_the_standards() {
        let ink = |space, rgb| {
            let Ink { luma, cb, cr } = FromRgb::new(space).ink(rgb);
            [luma, cb, cr]
        };
        let red = Rgb(255, 0, 0);
        assert_eq!(ink(ColorSpace::BT601_LIMITED, Rgb::WHITE), [235, 128, 128]);
        assert_eq!(ink(ColorSpace::BT709_LIMITED, Rgb::BLACK), [16, 128, 128]);
        assert_eq!(ink(ColorSpace::BT601_LIMITED, red), [81, 90, 240]);
        assert_eq!(ink(ColorSpace::BT709_LIMITED, red), [63, 102, 240]);
        assert_eq!(ink(ColorSpace::BT601_FULL, red), [76, 85, 255]);
        assert_eq!(ink(ColorSpace::BT601_FULL, Rgb(0, 0, 255)), [29, 255, 107]);
    }

    #[test]
    fn grey_has_no_colour_in_any_space() {
        for matrix in [ColorMatrix::Bt601, ColorMatrix::Bt709] {
            for range in [ColorRange::Limited, ColorRange::Full] {
                let from_rgb = FromRgb::new(ColorSpace { matrix, range });
                for grey in 0..=255u8 {
                    let Ink { luma, cb, cr } = from_rgb.ink(Rgb(grey, grey, grey));
                    assert_eq!((cb, cr), (128, 128));
                    assert!(range == ColorRange::Limited || luma == grey, "{luma} {grey}");
                }
            }
        }
    }

    #[test]
    fn text_is_black_on_light_and_white_on_dark() {
        assert_eq!(Rgb(255, 220, 0).legible_on(), Rgb::BLACK);
        assert_eq!(Rgb(0, 0, 180).legible_on(), Rgb::WHITE);
    }
}
