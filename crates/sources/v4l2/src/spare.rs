//! Memory of ours beside a driver's: for pictures that are copied, and for those that are decoded.
//!
//! A buffer that a picture was decoded from may be kept with the picture. It is let go of together with it, by whoever does
//! so last, as a frame is that is read in place: the thread that captures has no QBUF to make for it.

use std::ptr::NonNull;
use std::sync::{Arc, Mutex, PoisonError};

use ocelli_frame::{Filling, HostMemory, Memory, Pool, PoolMemory};

/// The pool, and what is kept with its slots.
#[derive(Debug)]
pub(crate) struct Spare {
    pool: Pool,
    kept: Kept,
}

/// By slot, what is let go of with it.
type Kept = Arc<[Mutex<Option<Filling>>]>;

impl Spare {
    /// Room for so many pictures. `None` where there cannot be as much; it is only there once it is written to.
    pub fn new(slots: usize, slot_bytes: usize, generation: u32) -> Option<Self> {
        if slots > ocelli_frame::SLOTS_MAX {
            return None;
        }
        let kept: Kept = (0..slots).map(|_| Mutex::new(None)).collect();
        let memory = Keeping { memory: HostMemory::new(slots, slot_bytes)?, kept: Arc::clone(&kept) };
        Some(Self { pool: Pool::new(Box::new(memory), generation), kept })
    }

    /// Room for a picture; `None` where readers hold all of it.
    pub fn acquire(&mut self) -> Option<Filling> {
        self.pool.acquire()
    }

    /// Keeps `source` until the last reader of what `picture` becomes has let go of it.
    pub fn keep(&self, source: Filling, picture: &Filling) {
        *self.kept[picture.slot()].lock().unwrap_or_else(PoisonError::into_inner) = Some(source);
    }
}

/// Memory that lets go of what was kept with a slot.
#[derive(Debug)]
struct Keeping {
    memory: HostMemory,
    kept: Kept,
}

// SAFETY: slots and regions are the host memory's, which keeps the rules. `pass_on` calls `give_back` once.
unsafe impl PoolMemory for Keeping {
    fn slots(&self) -> usize {
        self.memory.slots()
    }

    fn region(&self, slot: usize, region: usize) -> Option<(NonNull<u8>, usize)> {
        self.memory.region(slot, region)
    }

    fn kind(&self, slot: usize, region: usize) -> Memory<'_> {
        self.memory.kind(slot, region)
    }

    fn pass_on(&self, slot: usize, give_back: &mut dyn FnMut()) {
        // Before the slot is free: then it may have something else to keep.
        let kept = self.kept[slot].lock().unwrap_or_else(PoisonError::into_inner).take();
        give_back();
        drop(kept);
    }
}
