//! How pixels lie in memory and what their numbers mean.

use std::fmt;

use crate::Size;

/// The layouts Ocelli reads in place. `Display` prints what an engineer in the field says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PixelFormat {
    /// Three planes: luma, then Cb and Cr at half width and half height (rounded up).
    I420,
    /// Two planes: luma, then interleaved Cb Cr at half width and half height (rounded up).
    Nv12,
    /// One plane of `Y0 Cb Y1 Cr`: two pixels in four bytes.
    Yuyv,
    /// One plane of `Cb Y0 Cr Y1`: two pixels in four bytes.
    Uyvy,
    /// One plane of `Y Cb Cr`: what JPEG decoders give.
    Yuv24,
    /// One plane of `R G B`.
    Rgb24,
    /// One plane of `B G R`.
    Bgr24,
    /// One plane of luma.
    Grey,
}

impl PixelFormat {
    /// Every format, for tests and listings.
    pub const ALL: [Self; 8] =
        [Self::I420, Self::Nv12, Self::Yuyv, Self::Uyvy, Self::Yuv24, Self::Rgb24, Self::Bgr24, Self::Grey];

    /// Planes of a picture.
    pub fn planes(self) -> usize {
        match self {
            Self::I420 => 3,
            Self::Nv12 => 2,
            Self::Yuyv | Self::Uyvy | Self::Yuv24 | Self::Rgb24 | Self::Bgr24 | Self::Grey => 1,
        }
    }

    /// Bytes that carry pixels in each row of `plane`, and the number of its rows.
    pub fn plane_extent(self, plane: usize, size: Size) -> (usize, usize) {
        let (width, height) = (size.width as usize, size.height as usize);
        match (self, plane) {
            (Self::I420, 1 | 2) => (width.div_ceil(2), height.div_ceil(2)),
            (Self::Nv12, 1) => (width.div_ceil(2) * 2, height.div_ceil(2)),
            (Self::Yuyv | Self::Uyvy, _) => (width.div_ceil(2) * 4, height),
            (Self::Yuv24 | Self::Rgb24 | Self::Bgr24, _) => (width * 3, height),
            (Self::I420 | Self::Nv12 | Self::Grey, _) => (width, height),
        }
    }

    /// The name in lower case, as flags spell it.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.to_string().eq_ignore_ascii_case(name))
    }
}

impl fmt::Display for PixelFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::I420 => "I420",
            Self::Nv12 => "NV12",
            Self::Yuyv => "YUYV",
            Self::Uyvy => "UYVY",
            Self::Yuv24 => "YUV24",
            Self::Rgb24 => "RGB24",
            Self::Bgr24 => "BGR24",
            Self::Grey => "GREY",
        })
    }
}

/// Which weights turn R'G'B' into luma (ITU-R BT.601 or BT.709).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ColorMatrix {
    /// Kr = 0.299, Kb = 0.114.
    Bt601,
    /// Kr = 0.2126, Kb = 0.0722.
    Bt709,
}

impl ColorMatrix {
    /// Kr and Kb, what red and blue weigh in luma; green has the rest of 1.
    pub fn weights(self) -> (f64, f64) {
        match self {
            Self::Bt601 => (0.299, 0.114),
            Self::Bt709 => (0.2126, 0.0722),
        }
    }
}

/// Which codes are black and white.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ColorRange {
    /// Luma 16..=235, chroma 16..=240.
    Limited,
    /// 0..=255.
    Full,
}

/// The codes of a [`ColorRange`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Codes {
    /// Of black.
    pub black: u8,
    /// From black to white.
    pub luma_span: f64,
    /// From the least chroma to the greatest.
    pub chroma_span: f64,
}

impl ColorRange {
    /// Where its codes begin and how far they reach.
    pub fn codes(self) -> Codes {
        match self {
            Self::Limited => Codes { black: 16, luma_span: 219.0, chroma_span: 224.0 },
            Self::Full => Codes { black: 0, luma_span: 255.0, chroma_span: 255.0 },
        }
    }
}

/// How to read YCbCr numbers; RGB and BGR frames carry it without using it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ColorSpace {
    /// The luma weights.
    pub matrix: ColorMatrix,
    /// Black and white.
    pub range: ColorRange,
}

impl ColorSpace {
    /// Standard definition video and most cameras.
    pub const BT601_LIMITED: Self = Self { matrix: ColorMatrix::Bt601, range: ColorRange::Limited };
    /// JPEG.
    pub const BT601_FULL: Self = Self { matrix: ColorMatrix::Bt601, range: ColorRange::Full };
    /// High definition video.
    pub const BT709_LIMITED: Self = Self { matrix: ColorMatrix::Bt709, range: ColorRange::Limited };

    /// What players assume of YCbCr video that does not say: BT.709 from 720 lines up, BT.601 below, limited range.
    pub fn assumed_for(size: Size) -> Self {
        if size.height >= 720 { Self::BT709_LIMITED } else { Self::BT601_LIMITED }
    }
}
