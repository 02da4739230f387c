//! `VIDIOC_QBUF`: a buffer goes to the driver, which may write to it from now on.

use std::os::fd::BorrowedFd;

use super::buffer::{BufferCall, Region, call_buffer, call_lending};
use super::{BufferType, Errno, MemoryType};

/// Gives the driver its own buffer with this index. Nobody may read it until it is dequeued.
pub(crate) fn qbuf(device: BorrowedFd<'_>, kind: BufferType, index: u32) -> Result<(), Errno> {
    call_buffer(device, BufferCall::Queue, kind, MemoryType::Mmap, index).map(drop)
}

/// Gives the driver memory of ours to fill, a piece for each that a picture has, as the buffer with this index.
///
/// # Safety
/// - The pieces are memory that this process may write to, for as long as the driver has buffers: until REQBUFS of 0 has
///   succeeded, or every descriptor of the device is closed.
/// - Nobody reads or writes them until this buffer is dequeued, or the stream has been stopped.
pub(crate) unsafe fn qbuf_user(
    device: BorrowedFd<'_>,
    kind: BufferType,
    index: u32,
    pieces: &[Region],
) -> Result<(), Errno> {
    // SAFETY: promised by our caller.
    unsafe { call_lending(device, BufferCall::Queue, kind, MemoryType::UserPtr, index, pieces) }.map(drop)
}
