//! `VIDIOC_REQBUFS`: memory for so many pictures, in the driver's hands.

use std::os::fd::BorrowedFd;

use super::request::{REQBUFS, call};
use super::{BufferType, Errno, MemoryType};

/// `V4L2_BUF_CAP_SUPPORTS_USERPTR`.
pub(super) const SUPPORTS_USERPTR: u32 = 1 << 1;

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

/// Asks for `count` buffers; answers how many there are. 0 gives them back.
pub(crate) fn reqbufs(
    device: BorrowedFd<'_>,
    kind: BufferType,
    memory: MemoryType,
    count: u32,
) -> Result<u32, Errno> {
    Ok(request(device, kind, memory, count)?.count)
}

/// Whether the driver fills memory of ours too; `None` where it does not tell, as before Linux 4.20. It has no buffers
/// for us afterwards.
pub(crate) fn fills_user_memory(device: BorrowedFd<'_>, kind: BufferType) -> Result<Option<bool>, Errno> {
    let capabilities = request(device, kind, MemoryType::Mmap, 0)?.capabilities;
    Ok((capabilities != 0).then_some(capabilities & SUPPORTS_USERPTR != 0))
}

fn request(
    device: BorrowedFd<'_>,
    kind: BufferType,
    memory: MemoryType,
    count: u32,
) -> Result<RawRequest, Errno> {
    let mut raw = RawRequest { count, kind: kind as u32, memory: memory as u32, ..Default::default() };
    call(device, &REQBUFS, &mut raw)?;
    Ok(raw)
}
