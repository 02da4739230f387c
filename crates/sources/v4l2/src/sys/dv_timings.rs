//! `VIDIOC_QUERY_DV_TIMINGS` and `VIDIOC_S_DV_TIMINGS`: size and rate of what is connected to an HDMI input.

use std::os::fd::BorrowedFd;

use super::Errno;
use super::request::{QUERY_DV_TIMINGS, S_DV_TIMINGS, call};

/// `struct v4l2_dv_timings`, which C packs: a kind, and numbers that go back to the driver as they came.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub(super) struct RawTimings {
    pub kind: u32,
    pub numbers: [u32; 32],
}

/// Whether there is something to see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Signal {
    /// There is, or the device has no such inputs.
    Followed,
    /// Nothing is connected, or nothing that the device can follow.
    None(Errno),
}

/// Sets the device to the timings of what is connected to it.
pub(crate) fn follow_signal(device: BorrowedFd<'_>) -> Result<Signal, Errno> {
    let mut raw = RawTimings { kind: 0, numbers: [0; 32] };
    match call(device, &QUERY_DV_TIMINGS, &mut raw) {
        Ok(()) => {}
        Err(errno @ (Errno::NOLINK | Errno::NOLCK | Errno::RANGE)) => return Ok(Signal::None(errno)),
        // No such input, in whatever words a driver says so.
        Err(_) => return Ok(Signal::Followed),
    }
    call(device, &S_DV_TIMINGS, &mut raw)?;
    Ok(Signal::Followed)
}
