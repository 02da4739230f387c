//! The pictures that the lab's USB camera sends: vivid's colour bars, with the picture's number across them, once above
//! and once below. Whether a picture is whole, and which one it is, can be read off it.
//!
//! A number is a row of eight squares, black for 0 and white for 1, the highest bit first.

use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

use super::pictures::{BARS, Decoded};
use crate::error::ChoreError;

/// Pictures of a size; the one after the last is the first.
pub const COUNT: u32 = 16;
const BITS: usize = 8;
/// Where the rows of squares begin, and how high they are, in parts of the picture's height. The rows in which colours
/// are looked at are none of theirs.
const SQUARES_AT: [(usize, usize); 2] = [(1, 8), (3, 4)];
const SQUARES_HEIGHT: (usize, usize) = (1, 16);
const QUALITY: u8 = 90;
/// What is black and what is white, after JPEG has been there.
const BLACK_MAX: u8 = 64;
const WHITE_MIN: u8 = 192;

/// Every picture: its path among the pictures, and its bytes as they go over the bus.
pub fn all() -> Result<Vec<(String, Vec<u8>)>, ChoreError> {
    let mut files = Vec::new();
    for number in 0..COUNT {
        for (width, height) in [(640, 480), (1280, 720)] {
            let jpeg = jpeg(&paint(number, width, height), width, height)?;
            files.push((format!("mjpeg-{width}x{height}/{number:02}"), jpeg));
        }
        for (width, height) in [(640, 480), (320, 240)] {
            files.push((format!("yuyv-{width}x{height}/{number:02}"), yuyv(&paint(number, width, height))));
        }
    }
    Ok(files)
}

/// The number that a picture shows.
///
/// # Errors
/// Where it shows none, or another one above than below: it is torn.
pub fn read(picture: &Decoded) -> Result<u32, String> {
    let [above, below] = SQUARES_AT.map(|place| read_row(picture, place));
    let (above, below) = (above?, below?);
    if above == below { Ok(above) } else { Err(format!("torn: {above} above, {below} below")) }
}

fn read_row(picture: &Decoded, place: (usize, usize)) -> Result<u32, String> {
    let row = rows_of(place, picture.height).start + height_of(picture.height) / 2;
    (0..BITS).try_fold(0, |number, bit| {
        let [_, green, _] = picture.pixel((2 * bit + 1) * picture.width / (2 * BITS), row);
        match green {
            ..=BLACK_MAX => Ok(2 * number),
            WHITE_MIN.. => Ok(2 * number + 1),
            _ => Err(format!("bit {bit} in row {row} is neither black nor white: {green}")),
        }
    })
}

fn height_of(height: usize) -> usize {
    height * SQUARES_HEIGHT.0 / SQUARES_HEIGHT.1
}

fn rows_of((part, of): (usize, usize), height: usize) -> std::ops::Range<usize> {
    let first = height * part / of;
    first..first + height_of(height)
}

/// Rows of R, G, B.
fn paint(number: u32, width: usize, height: usize) -> Vec<u8> {
    let mut pixels = Vec::with_capacity(width * height * 3);
    for row in 0..height {
        let has_number = SQUARES_AT.iter().any(|place| rows_of(*place, height).contains(&row));
        for column in 0..width {
            let eighth = column * BITS / width;
            let bit = number >> (BITS - 1 - eighth) & 1;
            let square = if bit == 1 { [255; 3] } else { [0; 3] };
            pixels.extend(if has_number { square } else { BARS[eighth] });
        }
    }
    pixels
}

/// As cameras send them: chroma at half the width.
fn jpeg(pixels: &[u8], width: usize, height: usize) -> Result<Vec<u8>, ChoreError> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, QUALITY);
    encoder.set_sampling_factor(SamplingFactor::R_4_2_2);
    let encoded = encoder.encode(pixels, width as u16, height as u16, ColorType::Rgb);
    encoded.map_err(|error| ChoreError::new(format!("a picture of the camera's: {error}"), "report this"))?;
    Ok(bytes)
}

/// Two pixels share their chroma. BT.601, limited range.
fn yuyv(pixels: &[u8]) -> Vec<u8> {
    let code = |[red, green, blue]: [f64; 3], pixel: &[u8], zero: f64, scale: f64| {
        let sum = red * f64::from(pixel[0]) + green * f64::from(pixel[1]) + blue * f64::from(pixel[2]);
        (zero + scale * sum / 255.0).round() as u8
    };
    let luma = |pixel: &[u8]| code([0.299, 0.587, 0.114], pixel, 16.0, 219.0);
    let mut bytes = Vec::with_capacity(pixels.len() / 3 * 2);
    for pair in pixels.chunks_exact(6) {
        let (left, right) = pair.split_at(3);
        let blue = code([-0.168_736, -0.331_264, 0.5], left, 128.0, 224.0);
        let red = code([0.5, -0.418_688, -0.081_312], left, 128.0, 224.0);
        bytes.extend([luma(left), blue, luma(right), red]);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::pictures::{Colors, colour_bars, decode};

    fn painted(number: u32) -> Vec<u8> {
        jpeg(&paint(number, 640, 480), 640, 480).unwrap()
    }

    #[test]
    fn what_is_painted_is_read_back_with_its_colours() {
        for number in [0, 5, 0xA5, 0xFF] {
            let picture = decode(&painted(number)).unwrap();
            assert_eq!(read(&picture), Ok(number));
            colour_bars(&picture, Colors::All).unwrap();
        }
    }

    #[test]
    fn a_picture_of_two_is_torn() {
        let mut pixels = paint(3, 640, 480);
        let half = pixels.len() / 2;
        pixels[half..].copy_from_slice(&paint(4, 640, 480)[half..]);
        let picture = decode(&jpeg(&pixels, 640, 480).unwrap()).unwrap();
        assert_eq!(read(&picture), Err("torn: 3 above, 4 below".to_owned()));
    }

    #[test]
    fn white_and_black_are_the_ends_of_the_limited_range() {
        assert_eq!(yuyv(&[255, 255, 255, 0, 0, 0]), [235, 128, 16, 128]);
    }
}
