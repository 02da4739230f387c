//! `VIDIOC_QBUF`: a buffer goes to the driver, which may write to it from now on.

use std::os::fd::BorrowedFd;

use super::buffer::{BufferCall, call_buffer};
use super::{BufferType, Errno};

/// Gives the driver the buffer with this index. Nobody may read it until it is dequeued.
pub(crate) fn qbuf(device: BorrowedFd<'_>, kind: BufferType, index: u32) -> Result<(), Errno> {
    call_buffer(device, BufferCall::Queue, kind, index).map(drop)
}
