//! `VIDIOC_ENUM_FRAMEINTERVALS`: the times between frames that a device has in a format and size.

use std::os::fd::BorrowedFd;

use ocelli_frame::Size;

use super::request::{ENUM_FRAMEINTERVALS, call};
use super::{Errno, FourCc, Fraction};

const TYPE_DISCRETE: u32 = 1;

/// `struct v4l2_frmivalenum`. The union is three fractions: a discrete interval uses one of them.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub(super) struct RawInterval {
    pub index: u32,
    pub pixel_format: u32,
    pub width: u32,
    pub height: u32,
    pub kind: u32,
    pub fractions: [Fraction; 3],
    pub reserved: [u32; 2],
}

/// One answer: an interval in seconds, or all of a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Intervals {
    /// This one.
    One(Fraction),
    /// From `min` to `max`, in whatever steps.
    Range { min: Fraction, max: Fraction },
}

/// The answer number `index`; `None` behind the last, and where the driver does not tell.
pub(crate) fn enum_frameintervals(
    device: BorrowedFd<'_>,
    four_cc: FourCc,
    size: Size,
    index: u32,
) -> Result<Option<Intervals>, Errno> {
    let Size { width, height } = size;
    let mut raw = RawInterval { index, pixel_format: four_cc.0, width, height, ..Default::default() };
    match call(device, &ENUM_FRAMEINTERVALS, &mut raw) {
        Err(Errno::INVAL | Errno::NOTTY) => return Ok(None),
        answer => answer?,
    }
    let [min, max, _] = raw.fractions;
    Ok(Some(match raw.kind {
        TYPE_DISCRETE => Intervals::One(min),
        _ => Intervals::Range { min, max },
    }))
}
