//! `VIDIOC_G_PARM` and `VIDIOC_S_PARM`: the time between frames.

use std::fmt;
use std::os::fd::BorrowedFd;

use super::request::{G_PARM, Request, S_PARM, call};
use super::{BufferType, Errno};

const CAP_TIMEPERFRAME: u32 = 0x1000;

/// `struct v4l2_fract`: here always seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub(crate) struct Fraction {
    pub numerator: u32,
    pub denominator: u32,
}

impl Fraction {
    /// The time between frames at this rate, exact to a thousandth of a frame a second.
    pub fn of_fps(fps: f64) -> Self {
        let denominator = (fps * 1000.0).round().clamp(1.0, 4e9) as u32;
        match denominator % 1000 {
            0 => Self { numerator: 1, denominator: denominator / 1000 },
            _ => Self { numerator: 1000, denominator },
        }
    }

    /// Frames a second; `None` where it is no time.
    pub fn fps(self) -> Option<f64> {
        let is_time = self.numerator > 0 && self.denominator > 0;
        is_time.then(|| f64::from(self.denominator) / f64::from(self.numerator))
    }
}

/// Frames a second, as people say it: `30`, `29.97`.
impl fmt::Display for Fraction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.fps() {
            Some(fps) => write!(f, "{}", (fps * 100.0).round() / 100.0),
            None => f.write_str("?"),
        }
    }
}

/// `struct v4l2_streamparm`: a kind, and 200 bytes that begin with `struct v4l2_captureparm`.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub(super) struct RawParameters {
    pub kind: u32,
    pub capability: u32,
    pub capturemode: u32,
    pub timeperframe: Fraction,
    pub rest: [u32; 46],
}

/// The time between frames; `None` where the device has none to tell.
pub(crate) fn g_parm(device: BorrowedFd<'_>, kind: BufferType) -> Result<Option<Fraction>, Errno> {
    ask(device, &G_PARM, kind, Fraction::default())
}

/// Sets the time between frames to this or to what the driver has nearest to it; answers what was granted, `None` where
/// it cannot be set.
pub(crate) fn s_parm(
    device: BorrowedFd<'_>,
    kind: BufferType,
    interval: Fraction,
) -> Result<Option<Fraction>, Errno> {
    ask(device, &S_PARM, kind, interval)
}

fn ask(
    device: BorrowedFd<'_>,
    request: &Request<RawParameters>,
    kind: BufferType,
    timeperframe: Fraction,
) -> Result<Option<Fraction>, Errno> {
    let mut raw =
        RawParameters { kind: kind as u32, capability: 0, capturemode: 0, timeperframe, rest: [0; 46] };
    match call(device, request, &mut raw) {
        Err(Errno::INVAL | Errno::NOTTY) => return Ok(None),
        answer => answer?,
    }
    let is_known = raw.capability & CAP_TIMEPERFRAME != 0 && raw.timeperframe.fps().is_some();
    Ok(is_known.then_some(raw.timeperframe))
}
