//! Every interleaving of a pool's owner and its readers, by loom: a slot is never refilled while somebody reads it,
//! and a starved owner is always woken. The file under test is compiled here a second time, over loom's atomics.

mod sync {
    pub(crate) use loom::sync::atomic::{AtomicU32, AtomicU64, Ordering};
}

#[path = "../src/lease.rs"]
mod lease;

use lease::LeaseTable;
use loom::cell::UnsafeCell;
use loom::sync::Arc;
use loom::thread;

/// A table and the pixels of its one slot; loom's cell reports any read that overlaps a write.
struct Model {
    leases: LeaseTable,
    pixels: UnsafeCell<u32>,
}

// SAFETY: loom checks each access to `pixels`, which is the purpose of the test.
unsafe impl Sync for Model {}

impl Model {
    fn new() -> Arc<Self> {
        Arc::new(Self { leases: LeaseTable::new(1), pixels: UnsafeCell::new(0) })
    }

    /// As a pool does for a reader. True where the owner is to be woken.
    fn let_go(&self) -> bool {
        self.leases.release(0) && self.leases.give_back(0)
    }

    fn fill(&self, value: u32) {
        // SAFETY: loom fails the test where another access is possible at the same time.
        self.pixels.with_mut(|pixels| unsafe { *pixels = value });
    }

    fn read(&self) -> u32 {
        // SAFETY: loom fails the test where a write is possible at the same time.
        self.pixels.with(|pixels| unsafe { *pixels })
    }
}

#[test]
fn two_readers_finish_before_the_slot_is_refilled() {
    loom::model(|| {
        let model = Model::new();
        model.fill(1);
        model.leases.open(0);
        model.leases.share(0);
        let readers: Vec<_> = (0..2)
            .map(|_| {
                let model = Arc::clone(&model);
                thread::spawn(move || {
                    assert_eq!(model.read(), 1);
                    let _ = model.let_go();
                })
            })
            .collect();
        if model.leases.reclaim() == 1 {
            model.fill(2);
        }
        for reader in readers {
            reader.join().unwrap();
        }
    });
}

#[test]
fn a_clone_made_by_a_reader_keeps_the_slot() {
    loom::model(|| {
        let model = Model::new();
        model.fill(1);
        model.leases.open(0);
        let reader = {
            let model = Arc::clone(&model);
            thread::spawn(move || {
                model.leases.share(0);
                let _ = model.let_go();
                assert_eq!(model.read(), 1);
                let _ = model.let_go();
            })
        };
        if model.leases.reclaim() == 1 {
            model.fill(2);
        }
        reader.join().unwrap();
        assert_eq!(model.leases.reclaim() & !1, 0);
    });
}

#[test]
fn a_starved_owner_is_woken_exactly_when_it_waits() {
    loom::model(|| {
        let model = Model::new();
        model.leases.open(0);
        let reader = {
            let model = Arc::clone(&model);
            thread::spawn(move || model.let_go())
        };
        let waits = model.leases.starve();
        let wakes = reader.join().unwrap();
        assert_eq!(waits, wakes, "a wait without a wake-up hangs; a wake-up without a wait is wasted");
        assert_eq!(model.leases.reclaim(), 1);
    });
}
