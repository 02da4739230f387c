//! `VIDIOC_QUERYBUF`: where a buffer's memory is to be mapped from.

use std::os::fd::BorrowedFd;

use super::buffer::{BufferCall, Piece, call_buffer};
use super::{BufferType, Errno, MemoryType, PLANES_MAX};

/// The pieces of the buffer with this index, and how many of them there are.
pub(crate) fn querybuf(
    device: BorrowedFd<'_>,
    kind: BufferType,
    index: u32,
) -> Result<([Piece; PLANES_MAX], usize), Errno> {
    Ok(call_buffer(device, BufferCall::Query, kind, MemoryType::Mmap, index)?.pieces())
}
