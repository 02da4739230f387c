//! A canvas as a JPEG, 4:2:0 as it stands: no way through RGB, and no chroma averaged.
//!
//! JPEG knows one YCbCr, BT.601 in full range (JFIF 1.02). What is in another is taken there by one matrix, in which
//! grey stays grey: new chroma depends on chroma alone.

use std::fmt;

use jpeg_encoder::{Encoder, EncodingError, ImageBuffer, JpegColorType, SamplingFactor};
use ocelli_frame::{Codes, ColorMatrix, ColorSpace, Size};

use crate::Canvas;

/// Bits behind the point.
const FRACTION_BITS: u32 = 16;

/// Writes `canvas` behind what is in `jpeg`, with a quality of 1..=100.
///
/// # Errors
/// Where the picture has no pixels, or over 65535 on a side.
pub fn write_jpeg(jpeg: &mut Vec<u8>, canvas: &Canvas, quality: u8) -> Result<(), JpegError> {
    let Size { width, height } = canvas.size();
    let side = |length: u32| u16::try_from(length).ok().filter(|&length| length > 0);
    let (Some(width), Some(height)) = (side(width), side(height)) else {
        return Err(JpegError { size: canvas.size(), cause: None });
    };
    let mut encoder = Encoder::new(jpeg, quality.clamp(1, 100));
    encoder.set_sampling_factor(SamplingFactor::R_4_2_0);
    let rows = Rows { canvas, matrix: JpegFromSpace::new(canvas.color()), width, height };
    encoder.encode_image(rows).map_err(|cause| JpegError { size: canvas.size(), cause: Some(cause) })
}

/// A picture that cannot be a JPEG.
#[derive(Debug)]
pub struct JpegError {
    size: Size,
    cause: Option<EncodingError>,
}

impl fmt::Display for JpegError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.cause {
            Some(cause) => write!(f, "a picture of {} as JPEG: {cause}", self.size),
            None => write!(f, "a JPEG has 1 to 65535 pixels on a side, not {}", self.size),
        }
    }
}

impl std::error::Error for JpegError {}

/// What the encoder takes: whole rows of all three components.
struct Rows<'a> {
    canvas: &'a Canvas,
    matrix: JpegFromSpace,
    width: u16,
    height: u16,
}

impl ImageBuffer for Rows<'_> {
    fn get_jpeg_color_type(&self) -> JpegColorType {
        JpegColorType::Ycbcr
    }

    fn width(&self) -> u16 {
        self.width
    }

    fn height(&self) -> u16 {
        self.height
    }

    fn fill_buffers(&self, row: u16, [luma, cb, cr, _]: &mut [Vec<u8>; 4]) {
        let at = |plane: usize, row: usize| {
            let plane = self.canvas.plane(plane);
            &plane.bytes[row * plane.stride_bytes..][..plane.stride_bytes]
        };
        let pixels = at(0, usize::from(row));
        let chroma = || at(1, usize::from(row) / 2).iter().zip(at(2, usize::from(row) / 2));
        let [cb, cr] = [cb, cr].map(|plane| with_room(plane, pixels.len()));
        // The encoder takes the first of four samples: of odd rows none but the last of all, which it repeats below.
        if row.is_multiple_of(2) || row == self.height - 1 {
            for ((cb, cr), (&from_cb, &from_cr)) in cb.chunks_mut(2).zip(cr.chunks_mut(2)).zip(chroma()) {
                let (_, chroma) = self.matrix.chroma(from_cb, from_cr);
                cb.fill(chroma[0]);
                cr.fill(chroma[1]);
            }
        }
        if self.matrix.keeps_luma_apart() {
            luma.extend(pixels.iter().map(|&pixel| self.matrix.luma(pixel, 0)));
            return;
        }
        let luma = with_room(luma, pixels.len()).chunks_mut(2);
        for ((luma, pixels), (&from_cb, &from_cr)) in luma.zip(pixels.chunks(2)).zip(chroma()) {
            let (shift, _) = self.matrix.chroma(from_cb, from_cr);
            for (luma, &pixel) in luma.iter_mut().zip(pixels) {
                *luma = self.matrix.luma(pixel, shift);
            }
        }
    }
}

/// So many more bytes of a buffer.
fn with_room(buffer: &mut Vec<u8>, bytes: usize) -> &mut [u8] {
    let start = buffer.len();
    buffer.resize(start + bytes, 0);
    &mut buffer[start..]
}

/// From a colour space to JPEG's, 1/65536.
#[derive(Clone, Copy, Debug)]
struct JpegFromSpace {
    black: i32,
    luma: i32,
    luma_from: [i32; 2],
    cb_from: [i32; 2],
    cr_from: [i32; 2],
}

impl JpegFromSpace {
    fn new(space: ColorSpace) -> Self {
        let (kr, kb) = space.matrix.weights();
        let (to_kr, to_kb) = ColorMatrix::Bt601.weights();
        let (kg, to_kg) = (1.0 - kr - kb, 1.0 - to_kr - to_kb);
        let Codes { black, luma_span, chroma_span } = space.range.codes();
        let (luma, chroma) = (255.0 / luma_span, 255.0 / chroma_span);
        // With Cb, Cr in -0.5..=0.5: R = Y + red Cr, B = Y + blue Cb, and green by Y = kr R + kg G + kb B.
        let (blue, red) = (2.0 * (1.0 - kb), 2.0 * (1.0 - kr));
        let luma_from = [blue * (to_kb - to_kg * kb / kg), red * (to_kr - to_kg * kr / kg)];
        let (to_blue, to_red) = (2.0 * (1.0 - to_kb), 2.0 * (1.0 - to_kr));
        let cb_from = [(blue - luma_from[0]) / to_blue, -luma_from[1] / to_blue];
        let cr_from = [-luma_from[0] / to_red, (red - luma_from[1]) / to_red];
        let fixed = |value: f64| (value * f64::from(1 << FRACTION_BITS)).round() as i32;
        let pair = |values: [f64; 2]| values.map(|value| fixed(value * chroma));
        Self {
            black: i32::from(black),
            luma: fixed(luma),
            luma_from: pair(luma_from),
            cb_from: pair(cb_from),
            cr_from: pair(cr_from),
        }
    }

    /// What the chroma adds to luma, and the new chroma.
    fn chroma(&self, cb: u8, cr: u8) -> (i32, [u8; 2]) {
        let centred = [i32::from(cb) - 128, i32::from(cr) - 128];
        let dot = |[from_cb, from_cr]: [i32; 2]| from_cb * centred[0] + from_cr * centred[1];
        (
            dot(self.luma_from),
            [self.cb_from, self.cr_from].map(|from| code(dot(from) + (128 << FRACTION_BITS))),
        )
    }

    /// Whether chroma adds nothing to luma: the matrix is JPEG's own.
    fn keeps_luma_apart(&self) -> bool {
        self.luma_from == [0, 0]
    }

    fn luma(&self, luma: u8, shift: i32) -> u8 {
        code((i32::from(luma) - self.black) * self.luma + shift)
    }
}

fn code(fixed: i32) -> u8 {
    ((fixed + (1 << (FRACTION_BITS - 1))) >> FRACTION_BITS).clamp(0, 255) as u8
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::color::{FromRgb, Ink, Rgb};

    #[test]
    fn every_space_comes_to_the_same_colours() {
        let jpeg = FromRgb::new(ColorSpace::BT601_FULL);
        for space in [ColorSpace::BT601_FULL, ColorSpace::BT601_LIMITED, ColorSpace::BT709_LIMITED] {
            let (from_rgb, matrix) = (FromRgb::new(space), JpegFromSpace::new(space));
            for place in 0..512u32 {
                let channel = |shift: u32| (place >> shift & 7) as u8 * 36;
                let color = Rgb(channel(0), channel(3), channel(6));
                let (Ink { luma, cb, cr }, expected) = (from_rgb.ink(color), jpeg.ink(color));
                let (shift, [to_cb, to_cr]) = matrix.chroma(cb, cr);
                let got = [matrix.luma(luma, shift), to_cb, to_cr];
                for (got, expected) in got.into_iter().zip([expected.luma, expected.cb, expected.cr]) {
                    let limit = if space == ColorSpace::BT601_FULL { 0 } else { 2 };
                    assert!(got.abs_diff(expected) <= limit, "{space:?} {color:?}: {got} {expected}");
                }
            }
        }
    }

    #[test]
    fn a_picture_without_pixels_or_with_too_many_is_an_error() {
        let mut canvas = Canvas::new();
        assert!(write_jpeg(&mut Vec::new(), &canvas, 90).is_err());
        canvas.reset(Size { width: 65_536, height: 1 }, ColorSpace::BT601_FULL);
        let error = write_jpeg(&mut Vec::new(), &canvas, 90).unwrap_err();
        assert_eq!(error.to_string(), "a JPEG has 1 to 65535 pixels on a side, not 65536x1");
        canvas.reset(Size { width: 1, height: 1 }, ColorSpace::BT601_FULL);
        let mut jpeg = Vec::new();
        write_jpeg(&mut jpeg, &canvas, 90).unwrap();
        assert!(jpeg.starts_with(&[0xff, 0xd8]) && jpeg.ends_with(&[0xff, 0xd9]));
    }
}
