//! Buffers on their way back to the driver. Whoever lets go of a frame last queues its buffer, on its own thread and at
//! once: the thread that captures has one system call less to make, and the driver one buffer more to fill.
//!
//! ```text
//!   last reader lets go:   claim the buffer ─▶ its slot is free ─▶ QBUF
//!   source's thread:       DQBUF ─▶ the claim is over ─▶ the slot is taken
//! ```
//!
//! **A buffer is queued by whoever has claimed it, and claimed once.** The claim comes before the slot is free: the
//! source's thread, which queues what was left over, never finds one free that somebody else is about to queue. And it
//! ends with DQBUF alone, so that a reader that is slow to queue cannot meet a frame of a later round in its buffer.
//! A way that is closed queues nothing any more: the buffers that the driver has then may be others.

use std::fmt;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use ocelli_frame::{Memory, PoolMemory};

use crate::sys::Errno;

/// Queues the buffer with this index.
pub(crate) type QueueBuffer = Box<dyn Fn(u32) -> Result<(), Errno> + Send>;

/// Which buffers are the driver's, and the way to it.
pub(crate) struct Returns {
    claimed: AtomicU64,
    /// `None` once it is closed.
    way: Mutex<Option<QueueBuffer>>,
}

impl Returns {
    /// A way back through `queue`; `None` where readers leave it to the source's thread.
    pub fn new(queue: Option<QueueBuffer>) -> Arc<Self> {
        Arc::new(Self { claimed: AtomicU64::new(0), way: Mutex::new(queue) })
    }

    /// The buffers that are the driver's, or about to be.
    pub fn claimed(&self) -> u64 {
        self.claimed.load(Ordering::Acquire)
    }

    /// From now on nobody else queues this buffer. False where somebody else has claimed it.
    pub fn claim(&self, index: u32) -> bool {
        let bit = bit(index);
        self.claimed.fetch_or(bit, Ordering::AcqRel) & bit == 0
    }

    /// The buffer is not the driver's. False where it was not before.
    pub fn end_claim(&self, index: u32) -> bool {
        let bit = bit(index);
        self.claimed.fetch_and(!bit, Ordering::AcqRel) & bit != 0
    }

    fn queue(&self, index: u32) {
        let way = self.way.lock().unwrap_or_else(PoisonError::into_inner);
        let queued = way.as_ref().is_some_and(|queue| queue(index).is_ok());
        if !queued {
            // The source's thread finds it free, tries once more, and tells what is wrong.
            self.end_claim(index);
        }
    }

    /// Nothing is queued any more, once this returns.
    fn close(&self) {
        *self.way.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

impl fmt::Debug for Returns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Returns({:b})", self.claimed())
    }
}

/// No buffer that there is for an index that no driver may have.
fn bit(index: u32) -> u64 {
    1u64.checked_shl(index).unwrap_or(0)
}

/// The source's end of the way: dropped, it is closed.
#[derive(Debug)]
pub(crate) struct OpenReturns(pub Arc<Returns>);

impl Drop for OpenReturns {
    fn drop(&mut self) {
        self.0.close();
    }
}

/// Memory whose slots find the way back by themselves.
#[derive(Debug)]
pub(crate) struct Returning<M> {
    memory: M,
    returns: Arc<Returns>,
}

impl<M> Returning<M> {
    pub fn new(memory: M, returns: Arc<Returns>) -> Self {
        Self { memory, returns }
    }
}

// SAFETY: slots and regions are those of `memory`, which keeps the rules. `pass_on` calls `give_back` once.
unsafe impl<M: PoolMemory> PoolMemory for Returning<M> {
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
        let is_ours = self.returns.claim(slot as u32);
        give_back();
        if is_ours {
            self.returns.queue(slot as u32);
        }
    }
}
