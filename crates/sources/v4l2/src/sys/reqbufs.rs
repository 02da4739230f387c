//! `VIDIOC_REQBUFS`: memory for so many pictures, in the driver's hands.

use std::os::fd::BorrowedFd;

use super::request::{REQBUFS, call};
use super::{BufferType, Errno, MEMORY_MMAP};

/// `struct v4l2_requestbuffers`.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub(super) struct RawRequest {
    pub count: u32,
    pub kind: u32,
    pub memory: u32,
    pub capabilities: u32,
    pub flags: u8,
    pub reserved: [u8; 3],
}

/// Asks for `count` buffers that can be mapped; answers how many there are. 0 gives them back.
pub(crate) fn reqbufs(device: BorrowedFd<'_>, kind: BufferType, count: u32) -> Result<u32, Errno> {
    let mut raw = RawRequest { count, kind: kind as u32, memory: MEMORY_MMAP, ..Default::default() };
    call(device, &REQBUFS, &mut raw)?;
    Ok(raw.count)
}
