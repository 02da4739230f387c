//! What a pool's slots are made of. [`HostMemory`] is ordinary memory; a driver's mappings implement
//! [`PoolMemory`] in their own crate.

use std::alloc::{Layout, alloc_zeroed, dealloc, handle_alloc_error};
use std::fmt::Debug;
use std::os::fd::BorrowedFd;
use std::ptr::NonNull;

/// The memory behind a pool's slots, fixed for the pool's life.
///
/// # Safety
/// - `region` returns the same pointer and length for the same arguments for as long as `self` lives, and the bytes
///   are readable and writable by this process for that long.
/// - Regions of different slots do not overlap.
/// - The memory itself never writes to a slot that the pool has handed out.
/// - `pass_on` calls `give_back` at most once.
pub unsafe trait PoolMemory: Send + Sync + Debug {
    /// Slots.
    fn slots(&self) -> usize;

    /// Start and length in bytes of one region of a slot. Single-planar memory has region 0 alone.
    fn region(&self, slot: usize, region: usize) -> Option<(NonNull<u8>, usize)>;

    /// The last reader of a slot lets go of it, on its own thread, or whoever did not fill it: gives the slot back to the
    /// pool. A driver's memory passes it on to the driver too, without waiting for the source's thread to come by.
    fn pass_on(&self, slot: usize, give_back: &mut dyn FnMut()) {
        let _ = slot;
        give_back();
    }

    /// What the region is beside bytes of this process.
    fn kind(&self, slot: usize, region: usize) -> Memory<'_> {
        let _ = (slot, region);
        Memory::Host
    }
}

/// What a plane lies in. Its bytes can be read by this process in any case.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Memory<'a> {
    /// Memory of this process.
    Host,
    /// A dma-buf, from which other devices can read without a copy. Whoever keeps it for longer than the frame duplicates
    /// it, and then sees what later frames write there.
    DmaBuf(BorrowedFd<'a>),
}

/// One zeroed allocation cut into equal slots, each starting on its own cache line.
#[derive(Debug)]
pub struct HostMemory {
    base: NonNull<u8>,
    layout: Layout,
    slots: usize,
    slot_bytes: usize,
    slot_stride_bytes: usize,
}

const ALIGN_BYTES: usize = 64;

impl HostMemory {
    /// `slots` slots of `slot_bytes` bytes each. `None` where the product does not fit the address space.
    pub fn new(slots: usize, slot_bytes: usize) -> Option<Self> {
        let slot_stride_bytes = slot_bytes.max(1).checked_next_multiple_of(ALIGN_BYTES)?;
        let total = slot_stride_bytes.checked_mul(slots.max(1))?;
        let layout = Layout::from_size_align(total, ALIGN_BYTES).ok()?;
        // SAFETY: the size is not zero, by the two `max(1)` above.
        let base = unsafe { alloc_zeroed(layout) };
        let Some(base) = NonNull::new(base) else { handle_alloc_error(layout) };
        Some(Self { base, layout, slots, slot_bytes, slot_stride_bytes })
    }
}

impl Drop for HostMemory {
    fn drop(&mut self) {
        // SAFETY: allocated in `new` with this very layout, and dropped once.
        unsafe { dealloc(self.base.as_ptr(), self.layout) }
    }
}

// SAFETY: the allocation belongs to `self` alone; who may touch which slot when is the pool's business.
unsafe impl Send for HostMemory {}
// SAFETY: as above; `&HostMemory` gives out pointers, never references.
unsafe impl Sync for HostMemory {}

// SAFETY: slots are disjoint stretches of one allocation that lives as long as `self` and never moves.
unsafe impl PoolMemory for HostMemory {
    fn slots(&self) -> usize {
        self.slots
    }

    fn region(&self, slot: usize, region: usize) -> Option<(NonNull<u8>, usize)> {
        if region != 0 || slot >= self.slots {
            return None;
        }
        // SAFETY: slot < slots, so the offset stays inside the allocation of slots * slot_stride_bytes.
        Some((unsafe { self.base.add(slot * self.slot_stride_bytes) }, self.slot_bytes))
    }
}
