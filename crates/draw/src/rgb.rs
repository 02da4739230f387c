//! A canvas as screens take pictures: four bytes a pixel, blue, green, red and one of nothing (XRGB8888 on a machine whose
//! lowest byte comes first).
//!
//! Numbers have four bits behind the point, so that sixteen bits are enough and the compiler does eight at a time; a
//! channel is at most one step beside the exact one.

use ocelli_frame::{Codes, ColorSpace};

use crate::Canvas;
use crate::color::Rgb;

/// Blue, green, red, nothing.
pub(crate) type Pixel = [u8; 4];

/// Bits behind the point of factors, and how far codes are raised before they are multiplied; the upper half of the
/// product has `FACTOR_BITS + RAISED_BITS - 16` bits behind its point.
const FACTOR_BITS: u32 = 13;
const RAISED_BITS: u32 = 7;
const FRACTION_BITS: u32 = FACTOR_BITS + RAISED_BITS - 16;

/// R'G'B' from Y'CbCr of one colour space: the inverse of the weights of ITU-R BT.601-7 or BT.709-6.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ToRgb {
    black: i16,
    luma: i16,
    red_from_cr: i16,
    green_from_cb: i16,
    green_from_cr: i16,
    blue_from_cb: i16,
}

impl ToRgb {
    pub fn new(space: ColorSpace) -> Self {
        let (red, blue) = space.matrix.weights();
        let Codes { black, luma_span, chroma_span } = space.range.codes();
        let (luma, chroma) = (255.0 / luma_span, 255.0 / chroma_span);
        let green = 1.0 - red - blue;
        let fixed = |factor: f64| (factor * f64::from(1 << FACTOR_BITS)).round() as i16;
        let (from_cb, from_cr) = (2.0 * (1.0 - blue) * chroma, 2.0 * (1.0 - red) * chroma);
        Self {
            black: i16::from(black),
            luma: fixed(luma),
            red_from_cr: fixed(from_cr),
            green_from_cb: fixed(-from_cb * blue / green),
            green_from_cr: fixed(-from_cr * red / green),
            blue_from_cb: fixed(from_cb),
        }
    }

    /// Row `row` of `canvas` into as many pixels.
    pub fn row(&self, canvas: &Canvas, row: usize, target: &mut [Pixel]) {
        let at = |plane: usize, row: usize| {
            let plane = canvas.plane(plane);
            &plane.bytes[row * plane.stride_bytes..][..plane.stride_bytes]
        };
        let (luma, cb, cr) = (at(0, row), at(1, row / 2), at(2, row / 2));
        let (pairs, last) = target.as_chunks_mut::<2>();
        let (luma_pairs, luma_last) = luma.as_chunks::<2>();
        for (((target, luma), &cb), &cr) in pairs.iter_mut().zip(luma_pairs).zip(cb).zip(cr) {
            let chroma = self.chroma(cb, cr);
            *target = luma.map(|luma| self.pixel(luma, chroma));
        }
        if let ([target], [luma], [.., cb], [.., cr]) = (last, luma_last, cb, cr) {
            *target = self.pixel(*luma, self.chroma(*cb, *cr));
        }
    }

    /// What chroma adds to blue, green and red.
    fn chroma(&self, cb: u8, cr: u8) -> [i16; 3] {
        let [cb, cr] = [cb, cr].map(|code| (i16::from(code) - 128) << RAISED_BITS);
        [
            upper(cb, self.blue_from_cb),
            upper(cb, self.green_from_cb) + upper(cr, self.green_from_cr),
            upper(cr, self.red_from_cr),
        ]
    }

    fn pixel(&self, luma: u8, chroma: [i16; 3]) -> Pixel {
        let luma = upper((i16::from(luma) - self.black) << RAISED_BITS, self.luma);
        let half = 1 << (FRACTION_BITS - 1);
        let [blue, green, red] =
            chroma.map(|chroma| ((luma + chroma + half) >> FRACTION_BITS).clamp(0, 255) as u8);
        [blue, green, red, 0]
    }
}

/// The upper half of a product.
fn upper(a: i16, b: i16) -> i16 {
    ((i32::from(a) * i32::from(b)) >> 16) as i16
}

/// A colour, mixed into a pixel by `share` in 1/255.
pub(crate) fn mix(pixel: &mut Pixel, Rgb(red, green, blue): Rgb, share: u8) {
    for (from, to) in pixel.iter_mut().zip([blue, green, red]) {
        *from = crate::canvas::mix(*from, to, share);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::color::{FromRgb, Ink};
    use ocelli_frame::{ColorMatrix, ColorRange, Size};

    const SPACES: [ColorSpace; 4] = [
        ColorSpace::BT601_FULL,
        ColorSpace::BT601_LIMITED,
        ColorSpace::BT709_LIMITED,
        ColorSpace { matrix: ColorMatrix::Bt709, range: ColorRange::Full },
    ];

    /// The standards' formulas, in real numbers: blue, green, red.
    fn naive(space: ColorSpace, luma: u8, cb: u8, cr: u8) -> [f64; 3] {
        let (kr, kb) = match space.matrix {
            ColorMatrix::Bt601 => (0.299, 0.114),
            ColorMatrix::Bt709 => (0.2126, 0.0722),
        };
        let is_limited = space.range == ColorRange::Limited;
        let y = if is_limited { (f64::from(luma) - 16.0) / 219.0 } else { f64::from(luma) / 255.0 };
        let [pb, pr] =
            [cb, cr].map(|code| (f64::from(code) - 128.0) / if is_limited { 224.0 } else { 255.0 });
        let (red, blue) = (y + 2.0 * (1.0 - kr) * pr, y + 2.0 * (1.0 - kb) * pb);
        let green = (y - kr * red - kb * blue) / (1.0 - kr - kb);
        [blue, green, red].map(|share| (share * 255.0).clamp(0.0, 255.0))
    }

    #[test]
    fn every_code_is_within_one_step_of_the_exact_colour() {
        for space in SPACES {
            let to_rgb = ToRgb::new(space);
            for luma in 0..=255 {
                for place in 0..32 * 32u32 {
                    let [cb, cr] = [place % 32, place / 32].map(|step| (step * 255 / 31) as u8);
                    let [blue, green, red, nothing] = to_rgb.pixel(luma, to_rgb.chroma(cb, cr));
                    assert_eq!(nothing, 0);
                    for (got, expected) in [blue, green, red].into_iter().zip(naive(space, luma, cb, cr)) {
                        let distance = (f64::from(got) - expected).abs();
                        assert!(distance < 1.0, "{space:?} {luma} {cb} {cr}: {got} {expected}");
                    }
                }
            }
        }
    }

    #[test]
    fn colours_come_back_from_the_canvas_they_were_drawn_on() {
        for space in SPACES {
            let (from_rgb, to_rgb) = (FromRgb::new(space), ToRgb::new(space));
            for color in [Rgb::WHITE, Rgb::BLACK, Rgb(255, 77, 79), Rgb(64, 150, 255), Rgb(82, 209, 100)] {
                let Ink { luma, cb, cr } = from_rgb.ink(color);
                let [blue, green, red, _] = to_rgb.pixel(luma, to_rgb.chroma(cb, cr));
                for (got, expected) in [red, green, blue].into_iter().zip([color.0, color.1, color.2]) {
                    assert!(got.abs_diff(expected) <= 3, "{space:?} {color:?}: {got} {expected}");
                }
            }
        }
    }

    #[test]
    fn a_row_has_the_chroma_of_its_pairs_and_its_odd_last_pixel() {
        let mut canvas = Canvas::new();
        canvas.reset(Size { width: 5, height: 3 }, ColorSpace::BT601_FULL);
        let [luma, cb, cr] = canvas.planes_mut();
        luma.iter_mut().zip(0..).for_each(|(code, place)| *code = 100 + place);
        cb.copy_from_slice(&[128, 148, 168, 0, 1, 2]);
        cr.fill(128);
        let to_rgb = ToRgb::new(ColorSpace::BT601_FULL);
        let mut row = [[9; 4]; 5];
        to_rgb.row(&canvas, 1, &mut row);
        // Blue: 1.772 times Cb - 128 over luma.
        assert_eq!(row.map(|[blue, ..]| blue), [105, 106, 142, 143, 180]);
        assert_eq!(row.map(|[.., red, _]| red), [105, 106, 107, 108, 109]);
        to_rgb.row(&canvas, 2, &mut row);
        assert_eq!(row[4][0], 0);
    }
}
