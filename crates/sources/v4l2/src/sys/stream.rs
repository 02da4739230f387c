//! `VIDIOC_STREAMON` and `VIDIOC_STREAMOFF`: pictures begin to flow, and end.

use std::os::fd::BorrowedFd;

use super::request::{STREAMOFF, STREAMON, call};
use super::{BufferType, Errno};

/// From now on the driver fills the buffers that are queued.
pub(crate) fn streamon(device: BorrowedFd<'_>, kind: BufferType) -> Result<(), Errno> {
    call(device, &STREAMON, &mut (kind as i32))
}

/// The driver lets go of every buffer, and touches none any more.
pub(crate) fn streamoff(device: BorrowedFd<'_>, kind: BufferType) -> Result<(), Errno> {
    call(device, &STREAMOFF, &mut (kind as i32))
}
