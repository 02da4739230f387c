//! Memory of ours that a driver fills in place, as a pool's memory: one stretch, cut into the pieces of every buffer.
//!
//! It saves no copy over memory of the driver's, which is read in place as well. It is for memory that a driver does not
//! have: huge pages now; memory that a GPU reads as well, one day.
//!
//! A driver is given the address with each QBUF. So beside those who hold leases its queue holds this memory (`queue.rs`),
//! until the driver has let go of it. Else all is as with mapped buffers: the driver's from QBUF to DQBUF, and queued only
//! while the pool has not handed it out.

use std::os::fd::BorrowedFd;
use std::ptr::NonNull;
use std::sync::Arc;

use ocelli_frame::PoolMemory;

use crate::sys::{BufferType, Errno, Mapping, PLANES_MAX, Region, qbuf_user};

/// Pieces begin where pages do, also where these are the largest that 64-bit machines come with.
const PIECE_ALIGN_BYTES: usize = 64 << 10;
/// What the kernel gives in one page where it can, with pages of 4 KiB.
const HUGE_PAGE_BYTES: usize = 2 << 20;

/// The buffers of one stream. Clones share the memory.
#[derive(Clone, Debug)]
pub(crate) struct OwnBuffers(Arc<Cut>);

#[derive(Debug)]
struct Cut {
    mapping: Mapping,
    buffers: usize,
    /// Where the first buffer begins in the mapping.
    start: usize,
    /// From one buffer to the next.
    buffer_stride_bytes: usize,
    /// Of each piece of a buffer: where it begins in the buffer, and its length.
    pieces: Vec<(usize, usize)>,
    has_huge_pages: bool,
}

impl OwnBuffers {
    /// For so many buffers, of pieces of these lengths. Pages are there once something is written to them.
    pub fn new(buffers: usize, piece_bytes: impl IntoIterator<Item = usize>) -> Result<Self, Errno> {
        let mut buffer_stride_bytes = 0usize;
        let mut pieces = Vec::new();
        for bytes in piece_bytes {
            pieces.push((buffer_stride_bytes, bytes));
            let end = buffer_stride_bytes.checked_add(bytes).ok_or(Errno::NOMEM)?;
            buffer_stride_bytes = end.checked_next_multiple_of(PIECE_ALIGN_BYTES).ok_or(Errno::NOMEM)?;
        }
        let bytes = buffer_stride_bytes.checked_mul(buffers).ok_or(Errno::NOMEM)?;
        let is_large = bytes >= HUGE_PAGE_BYTES;
        let align_bytes = if is_large { HUGE_PAGE_BYTES } else { PIECE_ALIGN_BYTES };
        // What is not used of it is never there.
        let mapping = Mapping::own(bytes.checked_add(align_bytes).ok_or(Errno::NOMEM)?)?;
        let (base, _) = mapping.region();
        let start = base.addr().get().next_multiple_of(align_bytes) - base.addr().get();
        let has_huge_pages = is_large && mapping.ask_for_huge_pages().is_ok();
        Ok(Self(Arc::new(Cut { mapping, buffers, start, buffer_stride_bytes, pieces, has_huge_pages })))
    }

    /// Gives the driver the memory of this buffer, to be filled.
    ///
    /// # Safety
    /// - A clone of `self` is held until REQBUFS of 0 has succeeded, or every descriptor of the device is closed.
    /// - Nobody reads or writes this buffer until it is dequeued, or the stream has been stopped.
    pub unsafe fn queue(&self, device: BorrowedFd<'_>, kind: BufferType, index: u32) -> Result<(), Errno> {
        let mut regions = [(NonNull::dangling(), 0); PLANES_MAX];
        let count = self.0.pieces.len().min(PLANES_MAX);
        for (piece, region) in regions[..count].iter_mut().enumerate() {
            *region = self.region(index as usize, piece).ok_or(Errno::INVAL)?;
        }
        // SAFETY: the regions are ours to write to while a clone of `self` is held. That one is, and that nobody reads
        // them, is promised by our caller.
        unsafe { qbuf_user(device, kind, index, &regions[..count]) }
    }

    /// Clones that there are.
    #[cfg(test)]
    pub fn holders(&self) -> usize {
        Arc::strong_count(&self.0)
    }

    /// What it is, for people.
    pub fn in_words(&self) -> String {
        let Cut { buffers, buffer_stride_bytes, has_huge_pages, .. } = &*self.0;
        let pages = if *has_huge_pages { ", in huge pages where the system has some" } else { "" };
        format!("its buffers are memory of ours, {} KiB{pages}", buffers * buffer_stride_bytes / 1024)
    }
}

// SAFETY: pieces are disjoint stretches of one mapping that lives as long as `self` and never moves. They are written by
// the driver alone, between QBUF and DQBUF, when the pool has not handed the slot out.
unsafe impl PoolMemory for OwnBuffers {
    fn slots(&self) -> usize {
        self.0.buffers
    }

    fn region(&self, slot: usize, region: usize) -> Option<Region> {
        let Cut { mapping, buffers, start, buffer_stride_bytes, pieces, .. } = &*self.0;
        let (offset, bytes) = *pieces.get(region).filter(|_| slot < *buffers)?;
        let (base, _) = mapping.region();
        // SAFETY: slot < buffers, and the piece lies inside its buffer: the mapping has `start` and all buffers.
        Some((unsafe { base.add(start + slot * buffer_stride_bytes + offset) }, bytes))
    }
}

#[cfg(test)]
mod tests;
