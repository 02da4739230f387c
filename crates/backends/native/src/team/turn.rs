//! A number that threads wait for to move on: they spin for a while, then sleep.

use std::hint::spin_loop;
use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};

/// Turns of a spinning wait at a barrier before a thread sleeps: at most some 0.2 ms, more than shares of a step differ by;
/// after spins that were in vain at least this many.
pub(super) const SPINS_AT_BARRIER: RangeInclusive<u32> = 1_000..=20_000;
/// What a spin in vain divides the next one's turns by. One that was not doubles them.
const IMPATIENCE: u32 = 16;

/// A number that moves on, and those who wait for it to.
#[derive(Debug, Default)]
#[repr(align(128))]
pub(super) struct Turn {
    now: AtomicU32,
    sleepers: AtomicU32,
    lock: Mutex<()>,
    moved: Condvar,
}

/// How a wait ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Waited {
    Spinning,
    Asleep,
}

impl Waited {
    /// Turns of the next spin at a barrier, after one of `spins` at most.
    pub(super) fn spins_after(self, spins: u32) -> u32 {
        let next = match self {
            Self::Spinning => spins * 2,
            Self::Asleep => spins / IMPATIENCE,
        };
        next.clamp(*SPINS_AT_BARRIER.start(), *SPINS_AT_BARRIER.end())
    }
}

impl Turn {
    pub(super) fn now(&self) -> u32 {
        self.now.load(Ordering::Acquire)
    }

    /// Moves on; one thread at a time.
    pub(super) fn advance(&self) {
        // Both ends use the strongest order: either this sees the sleeper, or the sleeper sees the turn moved.
        self.now.fetch_add(1, Ordering::SeqCst);
        if self.sleepers.load(Ordering::SeqCst) > 0 {
            drop(self.lock.lock().unwrap_or_else(PoisonError::into_inner));
            self.moved.notify_all();
        }
    }

    /// Returns when the turn is no longer `turn`; calls `before_sleep` where it has not moved on after as many spins.
    pub(super) fn wait(&self, turn: u32, spins: u32, before_sleep: impl FnOnce()) -> Waited {
        for _ in 0..spins {
            if self.now() != turn {
                return Waited::Spinning;
            }
            spin_loop();
        }
        before_sleep();
        self.sleepers.fetch_add(1, Ordering::SeqCst);
        let mut guard = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        while self.now.load(Ordering::SeqCst) == turn {
            guard = self.moved.wait(guard).unwrap_or_else(PoisonError::into_inner);
        }
        drop(guard);
        self.sleepers.fetch_sub(1, Ordering::SeqCst);
        Waited::Asleep
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spins_in_vain_are_few_and_patience_comes_back() {
        let (least, most) = (*SPINS_AT_BARRIER.start(), *SPINS_AT_BARRIER.end());
        // Beside a program that has a core for itself, every second wait or so is in vain.
        let mut spins = most;
        let mut in_vain = 0;
        for _ in 0..100 {
            in_vain += spins;
            spins = Waited::Asleep.spins_after(spins);
        }
        assert!(in_vain <= most + 99 * most / IMPATIENCE, "{in_vain} turns");
        assert_eq!(spins, least.max(most / IMPATIENCE / IMPATIENCE));
        let back = (1..=10).find(|_| {
            spins = Waited::Spinning.spins_after(spins);
            spins == most
        });
        assert!(back.is_some_and(|waits| waits <= 5), "{back:?} waits");
        assert_eq!(Waited::Spinning.spins_after(most), most);
    }
}
