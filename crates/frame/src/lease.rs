//! Who still reads which slot of a pool: one reader count per slot and one word of returned slots.
//!
//! The protocol, model-checked in `tests/lease_loom.rs`:
//!
//! 1. The owner (the source's thread) has a slot to itself, fills it, and calls [`LeaseTable::open`]: one reader.
//! 2. Readers come and go on any thread: [`LeaseTable::share`], [`LeaseTable::release`]. The last one gives the slot
//!    back, [`LeaseTable::give_back`], which sets its bit in `returned`. Every release is `AcqRel` on the count, so the
//!    last one has seen all reads of the others, and hands them on to whoever takes the bit.
//! 3. The owner swaps `returned` out ([`LeaseTable::reclaim`], `Acquire`) and owns those slots again.
//!
//! An owner that finds nothing sets [`STARVING`] in the same word ([`LeaseTable::starve`]); the release that meets
//! the flag is told to wake it. One word for both means that no wake-up can be lost between a check and a wait.

use crate::sync::{AtomicU32, AtomicU64, Ordering};

/// Slots a pool may have: one bit each, and one for [`STARVING`].
pub(crate) const SLOTS_LIMIT: usize = 63;
const STARVING: u64 = 1 << 63;

/// The reader counts and the returned mask of one pool.
#[derive(Debug)]
pub(crate) struct LeaseTable {
    readers: Box<[AtomicU32]>,
    returned: AtomicU64,
}

impl LeaseTable {
    /// A table for `slots` slots, all of them the owner's.
    pub(crate) fn new(slots: usize) -> Self {
        assert!(slots <= SLOTS_LIMIT, "a pool has at most {SLOTS_LIMIT} slots");
        Self { readers: (0..slots).map(|_| AtomicU32::new(0)).collect(), returned: AtomicU64::new(0) }
    }

    /// The owner gives its slot to a first reader.
    pub(crate) fn open(&self, slot: usize) {
        self.readers[slot].store(1, Ordering::Relaxed);
    }

    /// A reader makes another. As with `Arc`, relaxed is enough: the new reader holds what the old one holds.
    pub(crate) fn share(&self, slot: usize) {
        let before = self.readers[slot].fetch_add(1, Ordering::Relaxed);
        assert!(before < u32::MAX / 2, "a frame has too many readers");
    }

    /// A reader lets go. True where it was the last: then it has the slot to itself, until it gives it back.
    #[must_use]
    pub(crate) fn release(&self, slot: usize) -> bool {
        self.readers[slot].fetch_sub(1, Ordering::AcqRel) == 1
    }

    /// The owner, or the last reader, gives the slot back. True where the owner waits to be woken.
    #[must_use]
    pub(crate) fn give_back(&self, slot: usize) -> bool {
        self.returned.fetch_or(1 << slot, Ordering::AcqRel) & STARVING != 0
    }

    /// The owner takes every slot given back since the last call, as a mask.
    pub(crate) fn reclaim(&self) -> u64 {
        self.returned.swap(0, Ordering::AcqRel) & !STARVING
    }

    /// The owner is about to wait: from now on the next release wakes it. False where a slot came back meanwhile.
    #[must_use]
    pub(crate) fn starve(&self) -> bool {
        self.returned.fetch_or(STARVING, Ordering::AcqRel) & !STARVING == 0
    }
}
