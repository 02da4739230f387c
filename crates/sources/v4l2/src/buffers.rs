//! A driver's buffers as a pool's memory: each piece of each buffer mapped, for as long as anybody holds a lease on any.
//!
//! Pool memory stays the same bytes as long as it lives. Here that rests on one rule, which `stream.rs` keeps: a buffer
//! is the driver's to write from QBUF to DQBUF, and it is queued only while the pool has not handed it out.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::ptr::NonNull;

use ocelli_frame::{Memory, PoolMemory};

use crate::sys::{BufferType, Errno, Mapping, expbuf, querybuf};

/// Mappings of every buffer of one stream. They outlive the device: what a driver has let go of stays mapped.
#[derive(Debug)]
pub(crate) struct Buffers {
    /// By buffer, then by piece.
    mappings: Vec<Vec<Mapping>>,
    /// The same as files, where that was asked for; else none.
    exported: Vec<Vec<OwnedFd>>,
}

impl Buffers {
    /// Maps buffers 0 to `count`.
    pub fn map(device: BorrowedFd<'_>, kind: BufferType, count: u32) -> Result<Self, Errno> {
        let map_one = |index| {
            let (pieces, pieces_count) = querybuf(device, kind, index)?;
            let pieces = pieces[..pieces_count].iter();
            pieces.map(|piece| Mapping::new(device, piece.offset, piece.length)).collect()
        };
        let mappings = (0..count).map(map_one).collect::<Result<_, Errno>>()?;
        Ok(Self { mappings, exported: Vec::new() })
    }

    /// Makes a dma-buf of each piece, so that other devices can read it.
    pub fn export(&mut self, device: BorrowedFd<'_>, kind: BufferType) -> Result<(), Errno> {
        let pieces = self.mappings.iter().zip(0..).map(|(pieces, index)| {
            let planes = 0..pieces.len() as u32;
            planes.map(|plane| expbuf(device, kind, index, plane)).collect()
        });
        self.exported = pieces.collect::<Result<_, Errno>>()?;
        Ok(())
    }
}

// SAFETY: a mapping keeps its address and length until it is dropped, mappings do not overlap, and they are readable and
// writable. They are written by the driver alone, between QBUF and DQBUF, when the pool has not handed the slot out.
unsafe impl PoolMemory for Buffers {
    fn slots(&self) -> usize {
        self.mappings.len()
    }

    fn region(&self, slot: usize, region: usize) -> Option<(NonNull<u8>, usize)> {
        Some(self.mappings.get(slot)?.get(region)?.region())
    }

    fn kind(&self, slot: usize, region: usize) -> Memory<'_> {
        let exported = self.exported.get(slot).and_then(|pieces| pieces.get(region));
        exported.map_or(Memory::Host, |file| Memory::DmaBuf(file.as_fd()))
    }
}
