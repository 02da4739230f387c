//! `VIDIOC_ENUM_FMT`: the pixel formats that a device has, in its own order.

use std::os::fd::BorrowedFd;

use super::request::{ENUM_FMT, call};
use super::{BufferType, Errno, FourCc, text};

const FLAG_COMPRESSED: u32 = 0x1;
const FLAG_EMULATED: u32 = 0x2;

/// `struct v4l2_fmtdesc`.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub(super) struct RawFormatDescription {
    pub index: u32,
    pub kind: u32,
    pub flags: u32,
    pub description: [u8; 32],
    pub pixelformat: u32,
    pub mbus_code: u32,
    pub reserved: [u32; 3],
}

/// A pixel format of a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FormatDescription {
    pub four_cc: FourCc,
    /// For people.
    pub description: String,
    pub is_compressed: bool,
    /// Made by software, not by the device.
    pub is_emulated: bool,
}

/// The format number `index`; `None` behind the last.
pub(crate) fn enum_fmt(
    device: BorrowedFd<'_>,
    kind: BufferType,
    index: u32,
) -> Result<Option<FormatDescription>, Errno> {
    let mut raw = RawFormatDescription { index, kind: kind as u32, ..Default::default() };
    match call(device, &ENUM_FMT, &mut raw) {
        Err(Errno::INVAL) => return Ok(None),
        answer => answer?,
    }
    Ok(Some(FormatDescription {
        four_cc: FourCc(raw.pixelformat),
        description: text(&raw.description),
        is_compressed: raw.flags & FLAG_COMPRESSED != 0,
        is_emulated: raw.flags & FLAG_EMULATED != 0,
    }))
}
