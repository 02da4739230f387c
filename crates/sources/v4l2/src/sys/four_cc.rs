//! The four letters that name a pixel format.

use std::fmt;

/// A code such as `YUYV`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct FourCc(pub u32);

impl FourCc {
    pub const YUYV: Self = Self::of(b"YUYV");
    pub const UYVY: Self = Self::of(b"UYVY");
    /// YUV24.
    pub const YUV3: Self = Self::of(b"YUV3");
    pub const MJPG: Self = Self::of(b"MJPG");
    /// As MJPG, of drivers that think of single pictures.
    pub const JPEG: Self = Self::of(b"JPEG");
    pub const NV12: Self = Self::of(b"NV12");
    /// NV12 in two pieces of memory.
    pub const NM12: Self = Self::of(b"NM12");
    /// I420.
    pub const YU12: Self = Self::of(b"YU12");
    /// I420 in three pieces of memory.
    pub const YM12: Self = Self::of(b"YM12");
    pub const RGB3: Self = Self::of(b"RGB3");
    pub const BGR3: Self = Self::of(b"BGR3");
    pub const GREY: Self = Self::of(b"GREY");

    pub const fn of(letters: &[u8; 4]) -> Self {
        Self(u32::from_le_bytes(*letters))
    }
}

impl fmt::Display for FourCc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The highest bit says big endian.
        let letters = (self.0 & !(1 << 31)).to_le_bytes();
        for letter in letters {
            let shown = if letter.is_ascii_graphic() || letter == b' ' { letter as char } else { '?' };
            write!(f, "{shown}")?;
        }
        f.write_str(if self.0 >> 31 == 1 { "-BE" } else { "" })
    }
}
