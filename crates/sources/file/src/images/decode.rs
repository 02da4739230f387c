//! JPEG and PNG bytes into packed RGB24 or GREY, told apart by their first bytes and not by their names.
//!
//! Grey pictures stay grey. CMYK becomes RGB. Of 16 bits a channel the upper eight are kept, and an alpha channel is
//! left out without blending, both as OpenCV's `imread` does. Of an animation the first picture is read.

use std::io::Cursor;

use ocelli_frame::{PixelFormat, Size};
use png::{ColorType, Transformations};
use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace as JpegColor;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;

use super::exif::Orientation;
use crate::limits::SIDE_MAX;

/// A picture whose header has been read.
pub(super) struct Opened<'a> {
    /// As it is stored, before it is turned upright.
    pub stored_size: Size,
    pub format: PixelFormat,
    pub orientation: Orientation,
    /// Bytes a pixel as the decoder writes them, alpha included.
    decoded_pixel_bytes: usize,
    decoder: Decoder<'a>,
}

enum Decoder<'a> {
    Jpeg(Box<JpegDecoder<ZCursor<&'a [u8]>>>),
    Png(Box<png::Reader<Cursor<&'a [u8]>>>),
}

/// Why bytes are no picture.
#[derive(Debug)]
pub(super) enum Problem {
    /// What they are, or seem to be.
    Unsupported(&'static str),
    /// What the decoder says.
    Corrupt(String),
}

fn corrupt(error: impl std::fmt::Debug) -> Problem {
    Problem::Corrupt(format!("{error:?}"))
}

impl<'a> Opened<'a> {
    /// Reads the header. Allocates nothing that a header's numbers decide.
    pub fn read(bytes: &'a [u8]) -> Result<Self, Problem> {
        match bytes {
            [] => Err(Problem::Corrupt("the file is empty".to_owned())),
            [0xff, 0xd8, ..] => Self::read_jpeg(bytes),
            [0x89, b'P', b'N', b'G', ..] => Self::read_png(bytes),
            [b'G', b'I', b'F', b'8', ..] => Err(Problem::Unsupported("a GIF")),
            [b'B', b'M', ..] => Err(Problem::Unsupported("a BMP")),
            [b'R', b'I', b'F', b'F', ..] => Err(Problem::Unsupported("a WebP or another RIFF file")),
            [b'I', b'I', b'*', 0, ..] | [b'M', b'M', 0, b'*', ..] => Err(Problem::Unsupported("a TIFF")),
            [_, _, _, _, b'f', b't', b'y', b'p', ..] => {
                Err(Problem::Unsupported("an AVIF, HEIC or video file"))
            }
            _ => Err(Problem::Unsupported("something unknown")),
        }
    }

    fn read_jpeg(bytes: &'a [u8]) -> Result<Self, Problem> {
        // Strict: a picture that is cut off is an error, not half a grey one. The pixel limit is the caller's.
        let options = DecoderOptions::default()
            .set_strict_mode(true)
            .set_max_width(SIDE_MAX as usize)
            .set_max_height(SIDE_MAX as usize);
        let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
        decoder.decode_headers().map_err(corrupt)?;
        let (width, height) = decoder.dimensions().ok_or_else(|| corrupt("no size"))?;
        let grey = decoder.input_colorspace() == Some(JpegColor::Luma);
        let output = if grey { JpegColor::Luma } else { JpegColor::RGB };
        decoder.set_options(options.jpeg_set_out_colorspace(output));
        Ok(Self {
            stored_size: Size { width: width as u32, height: height as u32 },
            format: if grey { PixelFormat::Grey } else { PixelFormat::Rgb24 },
            orientation: decoder.exif().map(|exif| Orientation::from_exif(exif)).unwrap_or_default(),
            decoded_pixel_bytes: if grey { 1 } else { 3 },
            decoder: Decoder::Jpeg(Box::new(decoder)),
        })
    }

    fn read_png(bytes: &'a [u8]) -> Result<Self, Problem> {
        let mut decoder = png::Decoder::new(Cursor::new(bytes));
        decoder.set_transformations(Transformations::EXPAND | Transformations::STRIP_16);
        decoder.set_ignore_text_chunk(true);
        decoder.set_ignore_iccp_chunk(true);
        let reader = decoder.read_info().map_err(corrupt)?;
        let info = reader.info();
        let (format, decoded_pixel_bytes) = match reader.output_color_type().0 {
            ColorType::Grayscale => (PixelFormat::Grey, 1),
            ColorType::GrayscaleAlpha => (PixelFormat::Grey, 2),
            ColorType::Rgb => (PixelFormat::Rgb24, 3),
            ColorType::Rgba => (PixelFormat::Rgb24, 4),
            ColorType::Indexed => return Err(corrupt("a palette that does not unfold")),
        };
        Ok(Self {
            stored_size: Size { width: info.width, height: info.height },
            format,
            orientation: info.exif_metadata.as_deref().map(Orientation::from_exif).unwrap_or_default(),
            decoded_pixel_bytes,
            decoder: Decoder::Png(Box::new(reader)),
        })
    }

    /// Bytes a pixel in the frame.
    fn pixel_bytes(&self) -> usize {
        if self.format == PixelFormat::Grey { 1 } else { 3 }
    }

    /// Decodes into `pixels`, packed and upright; `scratch` is used where the decoder's own pixels have to be
    /// rearranged. The size has been checked against the limits.
    pub fn decode(mut self, pixels: &mut [u8], scratch: &mut Vec<u8>) -> Result<(), Problem> {
        let (width, height) = (self.stored_size.width as usize, self.stored_size.height as usize);
        let pixel_bytes = self.pixel_bytes();
        let pixels = &mut pixels[..width * height * pixel_bytes];
        if self.decoded_pixel_bytes == pixel_bytes && self.orientation.is_upright() {
            return self.decoder.decode(pixels);
        }
        scratch.resize(width * height * self.decoded_pixel_bytes, 0);
        self.decoder.decode(scratch)?;
        if self.decoded_pixel_bytes > pixel_bytes {
            drop_alpha(scratch, self.decoded_pixel_bytes);
        }
        self.orientation.turn(scratch, self.stored_size, pixels, pixel_bytes);
        Ok(())
    }
}

impl Decoder<'_> {
    fn decode(&mut self, pixels: &mut [u8]) -> Result<(), Problem> {
        match self {
            Self::Jpeg(decoder) => decoder.decode_into(pixels).map_err(corrupt),
            Self::Png(reader) => {
                let needed = reader.output_buffer_size().unwrap_or(usize::MAX);
                if needed != pixels.len() {
                    return Err(corrupt(format!("{needed} bytes where {} were expected", pixels.len())));
                }
                reader.next_frame(pixels).map(|_| ()).map_err(corrupt)
            }
        }
    }
}

/// Moves the other channels together, in place.
fn drop_alpha(pixels: &mut [u8], pixel_bytes: usize) {
    let kept = pixel_bytes - 1;
    for pixel in 0..pixels.len() / pixel_bytes {
        pixels.copy_within(pixel * pixel_bytes..pixel * pixel_bytes + kept, pixel * kept);
    }
}
