//! `VIDIOC_G_FMT` and `VIDIOC_S_FMT`: the pixel format, size, strides and colours that a device is set to.

use std::os::fd::BorrowedFd;

use ocelli_frame::Size;

use super::request::{G_FMT, Request, S_FMT, call};
use super::{BufferType, Errno, FourCc, PLANES_MAX};

/// `V4L2_FIELD_ANY`: whole pictures, if the driver has them.
const FIELD_ANY: u32 = 0;
/// `V4L2_FIELD_NONE`: whole pictures.
const FIELD_NONE: u32 = 1;

/// `struct v4l2_format`: a kind, and 200 bytes whose first are one of two structures. They are 8-aligned in C.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(8))]
pub(super) struct RawFormat {
    pub kind: u32,
    pub hole: u32,
    pub numbers: [u32; 50],
}

/// Places of `struct v4l2_pix_format`'s fields, in units of four bytes.
pub(super) mod pix {
    pub const WIDTH: usize = 0;
    pub const HEIGHT: usize = 1;
    pub const PIXELFORMAT: usize = 2;
    pub const FIELD: usize = 3;
    pub const BYTESPERLINE: usize = 4;
    pub const SIZEIMAGE: usize = 5;
    pub const COLORSPACE: usize = 6;
    pub const YCBCR_ENC: usize = 9;
    pub const QUANTIZATION: usize = 10;
}

/// Places of `struct v4l2_pix_format_mplane`'s fields: the first in units of four bytes, the last in bytes.
pub(super) mod pix_mp {
    pub const COLORSPACE: usize = 4;
    pub const PLANE_FMT: usize = 5;
    pub const PLANE_FMT_SIZE: usize = 5;
    pub const NUM_PLANES_BYTE: usize = 180;
    pub const YCBCR_ENC_BYTE: usize = 182;
    pub const QUANTIZATION_BYTE: usize = 183;
}

/// A piece of memory that a picture, or a plane of it, lies in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct MemoryPlane {
    /// Bytes from one row to the next; 0 where the driver does not say.
    pub stride_bytes: usize,
    /// Bytes of the whole.
    pub size_bytes: usize,
}

/// What a device is set to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Format {
    pub four_cc: FourCc,
    pub size: Size,
    /// Rows are every second of a picture, or two half pictures lie in one.
    pub is_interlaced: bool,
    /// `enum v4l2_colorspace`.
    pub colorspace: u32,
    /// `enum v4l2_ycbcr_encoding`.
    pub encoding: u32,
    /// `enum v4l2_quantization`.
    pub quantization: u32,
    /// Pieces of memory to a picture: the first so many of `planes`.
    pub planes_count: usize,
    pub planes: [MemoryPlane; PLANES_MAX],
}

/// What the device is set to now.
pub(crate) fn g_fmt(device: BorrowedFd<'_>, kind: BufferType) -> Result<Format, Errno> {
    ask(device, &G_FMT, RawFormat { kind: kind as u32, hole: 0, numbers: [0; 50] })
}

/// Sets it to this format and size, or to what the driver likes better; answers what was granted.
pub(crate) fn s_fmt(
    device: BorrowedFd<'_>,
    kind: BufferType,
    four_cc: FourCc,
    size: Size,
) -> Result<Format, Errno> {
    let mut raw = RawFormat { kind: kind as u32, hole: 0, numbers: [0; 50] };
    raw.numbers[pix::WIDTH] = size.width;
    raw.numbers[pix::HEIGHT] = size.height;
    raw.numbers[pix::PIXELFORMAT] = four_cc.0;
    raw.numbers[pix::FIELD] = FIELD_ANY;
    ask(device, &S_FMT, raw)
}

fn ask(device: BorrowedFd<'_>, request: &Request<RawFormat>, mut raw: RawFormat) -> Result<Format, Errno> {
    call(device, request, &mut raw)?;
    Ok(raw.read())
}

impl RawFormat {
    fn read(&self) -> Format {
        let numbers = &self.numbers;
        let mut planes = [MemoryPlane::default(); PLANES_MAX];
        let is_multi = self.kind == BufferType::Multi as u32;
        let planes_count = if is_multi {
            // A plane's size and stride, then 12 bytes that are reserved.
            let each = numbers[pix_mp::PLANE_FMT..].chunks_exact(pix_mp::PLANE_FMT_SIZE);
            for (plane, raw) in planes.iter_mut().zip(each) {
                *plane = MemoryPlane { size_bytes: raw[0] as usize, stride_bytes: raw[1] as usize };
            }
            usize::from(self.byte(pix_mp::NUM_PLANES_BYTE)).min(PLANES_MAX)
        } else {
            let stride_bytes = numbers[pix::BYTESPERLINE] as usize;
            planes[0] = MemoryPlane { stride_bytes, size_bytes: numbers[pix::SIZEIMAGE] as usize };
            1
        };
        let (colorspace, encoding, quantization) = match is_multi {
            true => (
                numbers[pix_mp::COLORSPACE],
                u32::from(self.byte(pix_mp::YCBCR_ENC_BYTE)),
                u32::from(self.byte(pix_mp::QUANTIZATION_BYTE)),
            ),
            false => (numbers[pix::COLORSPACE], numbers[pix::YCBCR_ENC], numbers[pix::QUANTIZATION]),
        };
        Format {
            four_cc: FourCc(numbers[pix::PIXELFORMAT]),
            size: Size { width: numbers[pix::WIDTH], height: numbers[pix::HEIGHT] },
            is_interlaced: !matches!(numbers[pix::FIELD], FIELD_ANY | FIELD_NONE),
            colorspace,
            encoding,
            quantization,
            planes_count,
            planes,
        }
    }

    fn byte(&self, at: usize) -> u8 {
        self.numbers[at / 4].to_ne_bytes()[at % 4]
    }
}
