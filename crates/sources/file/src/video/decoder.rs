//! The H.264 decoder (OpenH264, one thread, in process) and the copy of its pictures into a pool's slot.
//!
//! One thread, because OpenH264's own threads decode ahead of us and take the core that inference runs on. It hands
//! pictures out in the order they are shown, holding back as many as the stream reorders; whoever feeds it a last
//! sample drains it.

use ocelli_frame::{ColorSpace, FrameInfo, PixelFormat, Size, Timestamp};
use openh264::OpenH264API;
use openh264::decoder::{DecodeOptions, DecodedYUV, Decoder, DecoderConfig, Flush};
use openh264::formats::YUVSource;

/// OpenH264 behind three verbs.
pub(super) struct H264Decoder {
    inner: Decoder,
    /// Whether a picture has been drained. OpenH264 2.x forgets to free the buffers of those, and runs out of them a
    /// few pictures into whatever it is fed next.
    drained: bool,
}

/// The decoder's own words.
pub(super) type DecoderError = openh264::Error;

impl H264Decoder {
    pub fn new() -> Result<Self, DecoderError> {
        Ok(Self { inner: Self::fresh()?, drained: false })
    }

    /// Makes ready for a stream that starts anew, after the last of the old one has been drained.
    pub fn restart(&mut self) -> Result<(), DecoderError> {
        if self.drained {
            *self = Self::new()?;
        }
        Ok(())
    }

    fn fresh() -> Result<Decoder, DecoderError> {
        // To flush after each picture would hand pictures out before those that are shown ahead of them.
        let config = DecoderConfig::new().flush_after_decode(Flush::NoFlush);
        Decoder::with_api_config(OpenH264API::from_source(), config)
    }

    /// One sample in, at most one picture out, which is an earlier one as a rule.
    pub fn feed(&mut self, annex_b: &[u8]) -> Result<Option<Picture<'_>>, DecoderError> {
        Ok(self.inner.decode(annex_b)?.map(Picture))
    }

    /// The next of the pictures held back; `None` when there are no more.
    pub fn drain(&mut self) -> Result<Option<Picture<'_>>, DecoderError> {
        let flush = DecodeOptions::new().flush_after_decode(Flush::Flush);
        let picture = self.inner.decode_with_options(&[], flush)?.map(Picture);
        self.drained |= picture.is_some();
        Ok(picture)
    }
}

/// A picture in the decoder's memory, good until it is fed again.
pub(super) struct Picture<'a>(DecodedYUV<'a>);

impl Picture<'_> {
    /// Cropped, as it is shown.
    pub fn size(&self) -> Size {
        let (width, height) = self.0.dimensions();
        Size { width: width as u32, height: height as u32 }
    }

    /// Copies it into `slot`, packed as I420. `slot` has room for it.
    pub fn copy_to(&self, slot: &mut [u8], color: ColorSpace, captured: Timestamp) -> FrameInfo {
        let size = self.size();
        let info = FrameInfo::packed(PixelFormat::I420, size, captured).with_color(color);
        let (y_stride, u_stride, v_stride) = self.0.strides();
        let planes = [(self.0.y(), y_stride), (self.0.u(), u_stride), (self.0.v(), v_stride)];
        for (index, (pixels, stride_bytes)) in planes.into_iter().enumerate() {
            let (row_bytes, rows) = PixelFormat::I420.plane_extent(index, size);
            let target = &mut slot[info.planes[index].offset..][..row_bytes * rows];
            for (target, source) in target.chunks_exact_mut(row_bytes).zip(pixels.chunks(stride_bytes)) {
                target.copy_from_slice(&source[..row_bytes]);
            }
        }
        info
    }
}
