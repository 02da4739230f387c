//! `VIDIOC_DQBUF`: a buffer comes back from the driver, filled.

use std::os::fd::BorrowedFd;

use super::buffer::{BufferCall, call_buffer};
use super::{BufferType, Errno, MemoryType, PLANES_MAX};

const FLAG_ERROR: u32 = 0x40;
const FLAG_TIMESTAMP_MASK: u32 = 0xe000;
const FLAG_TIMESTAMP_MONOTONIC: u32 = 0x2000;

/// What the driver says of a buffer it has filled. It writes to it no more until it is queued again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Dequeued {
    /// Which buffer.
    pub index: u32,
    /// The driver's number of the picture; it counts those that were lost, and wraps.
    pub sequence: u32,
    /// When it was captured, on the system's monotonic clock; `None` where it is another clock's time.
    pub monotonic_ns: Option<u64>,
    /// The data is damaged.
    pub is_corrupt: bool,
    /// Bytes that are filled in each piece of memory.
    pub bytes_used: [usize; PLANES_MAX],
    /// Bytes before the picture in each.
    pub data_offset: [usize; PLANES_MAX],
}

/// The buffer that was filled first of those that are; `None` where none is.
pub(crate) fn dqbuf(
    device: BorrowedFd<'_>,
    kind: BufferType,
    memory: MemoryType,
) -> Result<Option<Dequeued>, Errno> {
    let answer = match call_buffer(device, BufferCall::Dequeue, kind, memory, 0) {
        Err(Errno::AGAIN) => return Ok(None),
        answer => answer?,
    };
    let (pieces, _) = answer.pieces();
    let raw = &answer.raw;
    let is_monotonic = raw.flags & FLAG_TIMESTAMP_MASK == FLAG_TIMESTAMP_MONOTONIC;
    let time = raw.timestamp;
    let ns = || {
        let seconds = u64::try_from(time.seconds).ok()?.checked_mul(1_000_000_000)?;
        seconds.checked_add(u64::try_from(time.microseconds).ok()?.checked_mul(1000)?)
    };
    Ok(Some(Dequeued {
        index: raw.index,
        sequence: raw.sequence,
        monotonic_ns: if is_monotonic { ns() } else { None },
        is_corrupt: raw.flags & FLAG_ERROR != 0,
        bytes_used: pieces.map(|piece| piece.bytes_used),
        data_offset: pieces.map(|piece| piece.data_offset),
    }))
}
