//! `VIDIOC_EXPBUF`: a piece of a buffer as a file that other devices can read from, a dma-buf.

use std::os::fd::{BorrowedFd, FromRawFd, OwnedFd};

use super::request::{EXPBUF, call};
use super::{BufferType, Errno};

/// `O_CLOEXEC`, and read only: nobody but the driver writes.
const FLAGS: u32 = rustix::fs::OFlags::CLOEXEC.bits();

/// `struct v4l2_exportbuffer`.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub(super) struct RawExport {
    pub kind: u32,
    pub index: u32,
    pub plane: u32,
    pub flags: u32,
    pub fd: i32,
    pub reserved: [u32; 11],
}

/// The piece number `plane` of the buffer with this index. The file keeps the memory alive, whatever becomes of the
/// device.
pub(crate) fn expbuf(
    device: BorrowedFd<'_>,
    kind: BufferType,
    index: u32,
    plane: u32,
) -> Result<OwnedFd, Errno> {
    let mut raw = RawExport { kind: kind as u32, index, plane, flags: FLAGS, fd: -1, reserved: [0; 11] };
    call(device, &EXPBUF, &mut raw)?;
    if raw.fd < 0 {
        return Err(Errno::BADF);
    }
    // SAFETY: the kernel has just opened this file for us, and nobody else knows its number.
    Ok(unsafe { OwnedFd::from_raw_fd(raw.fd) })
}
