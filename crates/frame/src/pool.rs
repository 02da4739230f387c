//! The pool: a fixed set of slots that a source fills and readers give back.
//!
//! One [`Pool`] is one generation of a source's buffers. A source that restarts (unplugged, another format) makes a
//! new pool; leases of the old one keep the old memory alive, and their slots go back to a pool that nobody asks any
//! more: they are unmapped with its last lease, never queued again.

use std::ptr::NonNull;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::Thread;
use std::time::Duration;

use crate::frame::{Frame, FrameError, FrameInfo};
use crate::lease::{LeaseTable, SLOTS_LIMIT};
use crate::memory::{HostMemory, Memory, PoolMemory};

/// Slots a pool may have at most.
pub const SLOTS_MAX: usize = SLOTS_LIMIT;

/// The source's end of a pool. It is the only one that hands out slots.
#[derive(Debug)]
pub struct Pool {
    shared: Arc<PoolShared>,
    free: u64,
}

/// What a lease points at.
#[derive(Debug)]
pub(crate) struct PoolShared {
    memory: Box<dyn PoolMemory>,
    leases: LeaseTable,
    generation: u32,
    owner: Mutex<Option<Thread>>,
}

impl Pool {
    /// A pool of ordinary memory. `None` where that much memory cannot be addressed or `slots` is over
    /// [`SLOTS_MAX`].
    pub fn host(slots: usize, slot_bytes: usize, generation: u32) -> Option<Self> {
        if slots > SLOTS_MAX {
            return None;
        }
        Some(Self::new(Box::new(HostMemory::new(slots, slot_bytes)?), generation))
    }

    /// A pool over memory of the caller's; every slot starts out free.
    ///
    /// # Panics
    /// Where the memory has more than [`SLOTS_MAX`] slots.
    pub fn new(memory: Box<dyn PoolMemory>, generation: u32) -> Self {
        let slots = memory.slots();
        let leases = LeaseTable::new(slots);
        Self {
            shared: Arc::new(PoolShared { memory, leases, generation, owner: Mutex::new(None) }),
            free: (1u64 << slots) - 1,
        }
    }

    /// Any free slot, to be filled; `None` where readers hold them all.
    pub fn acquire(&mut self) -> Option<Filling> {
        if self.free == 0 {
            self.free = self.shared.leases.reclaim();
        }
        (self.free != 0).then(|| self.take(self.free.trailing_zeros() as usize))
    }

    /// As [`Pool::acquire`], waiting up to `timeout` for a reader to let go.
    pub fn acquire_timeout(&mut self, timeout: Duration) -> Option<Filling> {
        if let Some(filling) = self.acquire() {
            return Some(filling);
        }
        *self.shared.owner.lock().unwrap_or_else(PoisonError::into_inner) = Some(std::thread::current());
        if self.shared.leases.starve() {
            std::thread::park_timeout(timeout);
        }
        self.acquire()
    }

    /// This very slot, where it is free. For drivers that say which buffer they filled.
    pub fn acquire_slot(&mut self, slot: usize) -> Option<Filling> {
        self.free |= self.shared.leases.reclaim();
        (slot < SLOTS_MAX && self.free & (1 << slot) != 0).then(|| self.take(slot))
    }

    /// The mask of slots that nobody holds now.
    pub fn free_slots(&mut self) -> u64 {
        self.free |= self.shared.leases.reclaim();
        self.free
    }

    fn take(&mut self, slot: usize) -> Filling {
        self.free &= !(1 << slot);
        Filling { shared: Some(Arc::clone(&self.shared)), slot }
    }
}

impl PoolShared {
    pub(crate) fn region(&self, slot: usize, region: usize) -> Option<(NonNull<u8>, usize)> {
        self.memory.region(slot, region)
    }

    pub(crate) fn kind(&self, slot: usize, region: usize) -> Memory<'_> {
        self.memory.kind(slot, region)
    }

    pub(crate) fn share(&self, slot: usize) {
        self.leases.share(slot);
    }

    pub(crate) fn release(&self, slot: usize) {
        if self.leases.release(slot) {
            self.pass_on(slot);
        }
    }

    /// Whoever has the slot to itself lets go of it.
    fn pass_on(&self, slot: usize) {
        self.memory.pass_on(slot, &mut || self.give_back(slot));
    }

    pub(crate) fn generation(&self) -> u32 {
        self.generation
    }

    fn give_back(&self, slot: usize) {
        if self.leases.give_back(slot) {
            self.wake();
        }
    }

    fn wake(&self) {
        if let Some(owner) = &*self.owner.lock().unwrap_or_else(PoisonError::into_inner) {
            owner.unpark();
        }
    }
}

/// A slot that is being filled: its holder alone may touch it. Dropped without being published, it goes back.
#[derive(Debug)]
pub struct Filling {
    shared: Option<Arc<PoolShared>>,
    slot: usize,
}

impl Filling {
    /// The slot's number in its pool.
    pub fn slot(&self) -> usize {
        self.slot
    }

    /// The bytes of region 0. What they hold is left over from an earlier frame, or zero.
    pub fn bytes_mut(&mut self) -> &mut [u8] {
        let shared = self.shared.as_ref().expect("a filling has its pool until it is published");
        let (base, len) = shared.region(self.slot, 0).expect("every slot has a region 0");
        // SAFETY: the pool handed this slot to this `Filling` alone, no reader exists before `publish`, and the
        // region stays valid while `shared` lives, which outlives the borrow of `self`.
        unsafe { std::slice::from_raw_parts_mut(base.as_ptr(), len) }
    }

    /// Seals the slot as a frame.
    ///
    /// # Errors
    /// Where a plane of `info` reaches outside the slot; the slot goes back to the pool.
    pub fn publish(mut self, info: FrameInfo) -> Result<Frame, FrameError> {
        let shared = self.shared.take().expect("a filling is published once");
        if let Err(error) = info.check(|region| shared.region(self.slot, region).map(|(_, len)| len)) {
            shared.pass_on(self.slot);
            return Err(error);
        }
        shared.leases.open(self.slot);
        Ok(Frame::new(shared, self.slot, info))
    }
}

impl Drop for Filling {
    fn drop(&mut self) {
        if let Some(shared) = &self.shared {
            shared.pass_on(self.slot);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ClockKind, ColorSpace, PixelFormat, Size, Timestamp};

    fn grey(width: u32, height: u32) -> FrameInfo {
        FrameInfo::packed(
            PixelFormat::Grey,
            Size { width, height },
            Timestamp { ns: 0, clock: ClockKind::Read },
        )
        .with_color(ColorSpace::BT601_FULL)
    }

    #[test]
    fn a_slot_is_never_refilled_while_a_reader_holds_it() {
        let mut pool = Pool::host(3, 4, 0).unwrap();
        let mut filling = pool.acquire().unwrap();
        filling.bytes_mut().copy_from_slice(b"held");
        let held = filling.publish(grey(4, 1)).unwrap();
        for n in 0..100u8 {
            let mut filling = pool.acquire().unwrap();
            assert_ne!(filling.slot(), held.slot());
            filling.bytes_mut().fill(n);
            let passing = filling.publish(grey(4, 1)).unwrap();
            assert_eq!(passing.plane(0).row(0), [n; 4]);
            assert_eq!(held.plane(0).row(0), b"held");
        }
    }

    #[test]
    fn clones_share_and_the_last_drop_returns() {
        let mut pool = Pool::host(1, 4, 0).unwrap();
        let frame = pool.acquire().unwrap().publish(grey(4, 1)).unwrap();
        let other = frame.clone();
        drop(frame);
        assert!(pool.acquire().is_none());
        assert_eq!(other.plane(0).row(0), [0; 4]);
        drop(other);
        assert!(pool.acquire().is_some());
    }

    #[test]
    fn a_lease_outlives_its_pool() {
        let mut pool = Pool::host(1, 4, 7).unwrap();
        let mut filling = pool.acquire().unwrap();
        filling.bytes_mut().fill(9);
        let frame = filling.publish(grey(4, 1)).unwrap();
        drop(pool);
        assert_eq!((frame.plane(0).row(0), frame.generation()), (&[9u8; 4][..], 7));
    }

    #[test]
    fn a_plane_outside_the_slot_is_an_error_and_the_slot_comes_back() {
        let mut pool = Pool::host(1, 4, 0).unwrap();
        let error = pool.acquire().unwrap().publish(grey(5, 1)).unwrap_err();
        assert_eq!(error.to_string(), "plane 0 of a 5x1 GREY frame needs 5 bytes of region 0, which has 4");
        assert_eq!(pool.free_slots(), 1);
    }

    #[test]
    fn a_starved_owner_is_woken_by_the_last_reader() {
        let mut pool = Pool::host(1, 4, 0).unwrap();
        let frame = pool.acquire().unwrap().publish(grey(4, 1)).unwrap();
        let reader = std::thread::spawn(move || drop(frame));
        let filling = loop {
            if let Some(filling) = pool.acquire_timeout(Duration::from_secs(100)) {
                break filling;
            }
        };
        reader.join().unwrap();
        assert_eq!(filling.slot(), 0);
    }

    /// Host memory that counts what goes back.
    #[derive(Debug)]
    struct Counting(HostMemory, Arc<std::sync::atomic::AtomicUsize>);

    // SAFETY: everything is the host memory's; `pass_on` calls `give_back` once.
    unsafe impl PoolMemory for Counting {
        fn slots(&self) -> usize {
            self.0.slots()
        }

        fn region(&self, slot: usize, region: usize) -> Option<(NonNull<u8>, usize)> {
            self.0.region(slot, region)
        }

        fn pass_on(&self, _: usize, give_back: &mut dyn FnMut()) {
            self.1.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            give_back();
        }
    }

    #[test]
    fn memory_hears_of_every_slot_that_goes_back_filled_or_not() {
        let count = Arc::default();
        let memory = Counting(HostMemory::new(1, 4).unwrap(), Arc::clone(&count));
        let mut pool = Pool::new(Box::new(memory), 0);
        let heard = || count.load(std::sync::atomic::Ordering::Relaxed);
        drop(pool.acquire().unwrap().publish(grey(4, 1)).unwrap());
        assert_eq!(heard(), 1);
        drop(pool.acquire().unwrap());
        assert_eq!(heard(), 2);
        assert!(pool.acquire().unwrap().publish(grey(5, 1)).is_err());
        assert_eq!((heard(), pool.free_slots()), (3, 1));
    }

    /// Host memory that says it is a dma-buf, by way of a file that is none.
    #[derive(Debug)]
    struct Exported(HostMemory, std::fs::File);

    // SAFETY: everything is the host memory's.
    unsafe impl PoolMemory for Exported {
        fn slots(&self) -> usize {
            self.0.slots()
        }

        fn region(&self, slot: usize, region: usize) -> Option<(NonNull<u8>, usize)> {
            self.0.region(slot, region)
        }

        fn kind(&self, _: usize, region: usize) -> Memory<'_> {
            use std::os::fd::AsFd;
            if region == 0 { Memory::DmaBuf(self.1.as_fd()) } else { Memory::Host }
        }
    }

    #[test]
    fn a_frame_says_what_its_planes_lie_in() {
        let host = Pool::host(1, 4, 0).unwrap().acquire().unwrap().publish(grey(4, 1)).unwrap();
        assert!(matches!(host.memory(0), Memory::Host));
        let file = std::fs::File::open(env!("CARGO_MANIFEST_DIR")).unwrap();
        let memory = Exported(HostMemory::new(1, 4).unwrap(), file);
        let exported = Pool::new(Box::new(memory), 0).acquire().unwrap().publish(grey(4, 1)).unwrap();
        assert!(matches!(exported.memory(0), Memory::DmaBuf(_)));
    }

    #[test]
    fn absurd_sizes_are_refused() {
        assert!(Pool::host(4, usize::MAX / 2, 0).is_none());
        assert!(Pool::host(64, 1, 0).is_none());
    }
}
