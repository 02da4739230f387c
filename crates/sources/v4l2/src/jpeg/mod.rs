//! Motion JPEG to YUV24: each picture for itself, straight to Y, Cb and Cr, without a stage of RGB.
//!
//! Bytes come over a cable and are trusted with nothing: a picture of another size, one that is cut off, or one with
//! damage that the decoder sees is no picture. What is left out on purpose is filled in: the Huffman tables. Memory, while
//! one is decoded: at most 32 times its pixels, 4 times its bytes, and 64 KiB.

mod tables;

use ocelli_frame::Size;
use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;

/// Bytes a pixel of what is written.
pub const PIXEL_BYTES: usize = 3;

const START_OF_IMAGE: [u8; 2] = [0xff, 0xd8];
const HUFFMAN_TABLES: u8 = 0xc4;
const START_OF_SCAN: u8 = 0xda;
/// Neither blue nor red.
const NEUTRAL: u8 = 128;

/// A picture that is damaged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Damaged;

/// Decodes pictures of one size. Its memory is used again.
#[derive(Debug)]
pub struct MotionJpeg {
    size: Size,
    /// A picture with tables put in.
    completed: Vec<u8>,
}

impl MotionJpeg {
    /// For pictures of this size, which every one must have.
    pub fn new(size: Size) -> Self {
        Self { size, completed: Vec::new() }
    }

    /// Writes the picture into the first of `pixels`, which are at least [`PIXEL_BYTES`] for each of its size.
    ///
    /// # Errors
    /// Where it is not whole, or not of this size.
    pub fn decode(&mut self, jpeg: &[u8], pixels: &mut [u8]) -> Result<(), Damaged> {
        match scan_without_tables(jpeg)? {
            None => decode(jpeg, self.size, pixels),
            Some(scan) => {
                self.completed.clear();
                self.completed.extend(&jpeg[..scan]);
                tables::append_standard(&mut self.completed);
                self.completed.extend(&jpeg[scan..]);
                decode(&self.completed, self.size, pixels)
            }
        }
    }
}

/// Where the first scan begins, if no Huffman table comes before it.
fn scan_without_tables(jpeg: &[u8]) -> Result<Option<usize>, Damaged> {
    if !jpeg.starts_with(&START_OF_IMAGE) {
        return Err(Damaged);
    }
    let mut at = START_OF_IMAGE.len();
    loop {
        match jpeg.get(at..at + 4).ok_or(Damaged)? {
            [0xff, HUFFMAN_TABLES, ..] => return Ok(None),
            [0xff, START_OF_SCAN, ..] => return Ok(Some(at)),
            // Bytes of 0xff may fill the gap before a marker.
            [0xff, 0xff, ..] => at += 1,
            [0xff, _, high, low] => at += 2 + usize::from(u16::from_be_bytes([*high, *low])),
            _ => return Err(Damaged),
        }
    }
}

fn decode(jpeg: &[u8], size: Size, pixels: &mut [u8]) -> Result<(), Damaged> {
    let (width, height) = (size.width as usize, size.height as usize);
    // Strict: a picture that is cut off is an error, not half a grey one.
    let options = DecoderOptions::default().set_strict_mode(true).set_max_width(width).set_max_height(height);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(jpeg), options);
    decoder.decode_headers().map_err(|_| Damaged)?;
    if decoder.dimensions() != Some((width, height)) {
        return Err(Damaged);
    }
    let pixels = pixels.get_mut(..width * height * PIXEL_BYTES).ok_or(Damaged)?;
    match decoder.input_colorspace() {
        Some(ColorSpace::YCbCr) => {
            decoder.set_options(options.jpeg_set_out_colorspace(ColorSpace::YCbCr));
            decoder.decode_into(pixels).map_err(|_| Damaged)
        }
        Some(ColorSpace::Luma) => {
            decoder.set_options(options.jpeg_set_out_colorspace(ColorSpace::Luma));
            decoder.decode_into(&mut pixels[..width * height]).map_err(|_| Damaged)?;
            // From the end, so that no luma is overwritten before it is read.
            for pixel in (0..width * height).rev() {
                let luma = pixels[pixel];
                pixels[pixel * PIXEL_BYTES..][..PIXEL_BYTES].copy_from_slice(&[luma, NEUTRAL, NEUTRAL]);
            }
            Ok(())
        }
        _ => Err(Damaged),
    }
}

#[cfg(test)]
mod tests;
