//! `VIDIOC_ENUM_FRAMESIZES`: the picture sizes that a device has in a format.

use std::os::fd::BorrowedFd;

use ocelli_frame::Size;

use super::request::{ENUM_FRAMESIZES, call};
use super::{Errno, FourCc};

const TYPE_DISCRETE: u32 = 1;

/// `struct v4l2_frmsizeenum`. The union is six numbers: a discrete size uses two of them.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub(super) struct RawSize {
    pub index: u32,
    pub pixel_format: u32,
    pub kind: u32,
    pub numbers: [u32; 6],
    pub reserved: [u32; 2],
}

/// One answer: a size, or all sizes of a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sizes {
    /// This one.
    One(Size),
    /// From `min` to `max` in steps; a continuous range has steps of 1.
    Range { min: Size, max: Size, step: Size },
}

/// The answer number `index`; `None` behind the last, and where the driver does not tell.
pub(crate) fn enum_framesizes(
    device: BorrowedFd<'_>,
    four_cc: FourCc,
    index: u32,
) -> Result<Option<Sizes>, Errno> {
    let mut raw = RawSize { index, pixel_format: four_cc.0, ..Default::default() };
    match call(device, &ENUM_FRAMESIZES, &mut raw) {
        Err(Errno::INVAL | Errno::NOTTY) => return Ok(None),
        answer => answer?,
    }
    let [a, b, c, d, e, f] = raw.numbers;
    Ok(Some(match raw.kind {
        TYPE_DISCRETE => Sizes::One(Size { width: a, height: b }),
        _ => Sizes::Range {
            min: Size { width: a, height: d },
            max: Size { width: b, height: e },
            step: Size { width: c.max(1), height: f.max(1) },
        },
    }))
}
