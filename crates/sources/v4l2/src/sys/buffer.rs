//! What QUERYBUF, QBUF and DQBUF share: a buffer, and the pieces of memory that it has on multi-planar devices.

use std::os::fd::BorrowedFd;
use std::ptr::NonNull;

use rustix::io::Errno;
use rustix::ioctl::{Direction, Opcode};

use super::request::{call_raw, opcode_of};
use super::{BufferType, MemoryType};

/// `VIDEO_MAX_PLANES`.
pub(crate) const PLANES_MAX: usize = 8;

pub(super) const QUERYBUF: Opcode = opcode_of::<RawBuffer>(Direction::ReadWrite, 9);
pub(super) const QBUF: Opcode = opcode_of::<RawBuffer>(Direction::ReadWrite, 15);
pub(super) const DQBUF: Opcode = opcode_of::<RawBuffer>(Direction::ReadWrite, 17);

/// `struct v4l2_buffer` on 64-bit machines.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub(super) struct RawBuffer {
    pub index: u32,
    pub kind: u32,
    pub bytesused: u32,
    pub flags: u32,
    pub field: u32,
    /// The kernel's `struct timeval`.
    pub timestamp: Time,
    pub timecode: [u32; 4],
    pub sequence: u32,
    pub memory: u32,
    /// An offset, or the address of memory of ours; on multi-planar devices the address of the planes.
    pub m: u64,
    pub length: u32,
    pub reserved2: u32,
    pub request_fd: i32,
}

/// `struct timeval`.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub(super) struct Time {
    pub seconds: i64,
    pub microseconds: i64,
}

/// `struct v4l2_plane`.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub(super) struct RawPlane {
    pub bytesused: u32,
    pub length: u32,
    pub m: u64,
    pub data_offset: u32,
    pub reserved: [u32; 11],
}

/// Memory of ours: where it begins, and its length in bytes.
pub(crate) type Region = (NonNull<u8>, usize);

/// A piece of memory of a buffer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Piece {
    /// Where it is to be mapped from.
    pub offset: u64,
    /// Its whole length.
    pub length: usize,
    /// Bytes that are filled, `data_offset` included.
    pub bytes_used: usize,
    /// Bytes before the picture.
    pub data_offset: usize,
}

/// The buffer with this index, or any where the driver is to say which, through one of the ioctls that take one.
pub(super) fn call_buffer(
    device: BorrowedFd<'_>,
    call: BufferCall,
    kind: BufferType,
    memory: MemoryType,
    index: u32,
) -> Result<Answer, Errno> {
    // SAFETY: no memory of ours goes with it, so that none need stay.
    unsafe { call_lending(device, call, kind, memory, index, &[]) }
}

/// The same. Memory of ours goes with it, which the driver may fill from now on.
///
/// # Safety
/// As for [`super::qbuf_user`].
pub(super) unsafe fn call_lending(
    device: BorrowedFd<'_>,
    call: BufferCall,
    kind: BufferType,
    memory: MemoryType,
    index: u32,
    lent: &[Region],
) -> Result<Answer, Errno> {
    let mut planes = planes_of(lent);
    let mut raw = RawBuffer { index, kind: kind as u32, memory: memory as u32, ..Default::default() };
    (raw.m, raw.length) = match kind {
        BufferType::Single => (planes[0].m, planes[0].length),
        BufferType::Multi => (planes.as_mut_ptr().expose_provenance() as u64, PLANES_MAX as u32),
    };
    // SAFETY: the three numbers take a `struct v4l2_buffer`, whose layout `layout.rs` compares with the header's. Of a
    // multi-planar one the kernel follows `m` to `length` planes: those of `planes`, which live until the call is over.
    // Of mapped memory `m` is an offset, which it does not follow. Where it is the address of memory of ours, our caller
    // promises that the driver may write there.
    unsafe { call_raw(device, call.opcode(), &mut raw) }?;
    Ok(Answer { raw, planes, kind })
}

/// Memory of ours as the kernel is told of it; the pieces that are not there have no length.
fn planes_of(lent: &[Region]) -> [RawPlane; PLANES_MAX] {
    let mut planes = [RawPlane::default(); PLANES_MAX];
    for (plane, (base, length)) in planes.iter_mut().zip(lent) {
        (plane.m, plane.length) = (base.as_ptr().expose_provenance() as u64, *length as u32);
    }
    planes
}

/// The ioctls that take a buffer.
#[derive(Clone, Copy, Debug)]
pub(super) enum BufferCall {
    Query,
    Queue,
    Dequeue,
}

impl BufferCall {
    fn opcode(self) -> Opcode {
        match self {
            Self::Query => QUERYBUF,
            Self::Queue => QBUF,
            Self::Dequeue => DQBUF,
        }
    }
}

/// A buffer as the driver filled it in.
pub(super) struct Answer {
    pub raw: RawBuffer,
    planes: [RawPlane; PLANES_MAX],
    kind: BufferType,
}

impl Answer {
    /// The pieces of its memory, and how many of them there are.
    pub fn pieces(&self) -> ([Piece; PLANES_MAX], usize) {
        let mut pieces = [Piece::default(); PLANES_MAX];
        let raw = &self.raw;
        if self.kind == BufferType::Single {
            // The field is 32 bits wide; what stands above them is not the kernel's.
            let offset = u64::from(raw.m as u32);
            let (length, bytes_used) = (raw.length as usize, raw.bytesused as usize);
            pieces[0] = Piece { offset, length, bytes_used, data_offset: 0 };
            return (pieces, 1);
        }
        for (piece, plane) in pieces.iter_mut().zip(&self.planes) {
            *piece = Piece {
                offset: u64::from(plane.m as u32),
                length: plane.length as usize,
                bytes_used: plane.bytesused as usize,
                data_offset: plane.data_offset as usize,
            };
        }
        (pieces, (raw.length as usize).min(PLANES_MAX))
    }
}
