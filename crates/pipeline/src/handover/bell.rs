//! One consumer waits on many hand-overs: each producer rings, the consumer counts.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

/// Counts its rings, so that none is lost between a look and a wait: read [`Bell::rings`], look into every hand-over,
/// then wait for a ring after that count.
#[derive(Debug, Default)]
pub struct Bell {
    rings: Mutex<u64>,
    rung: Condvar,
}

impl Bell {
    /// A bell to be shared by hand-overs and their one consumer.
    pub fn new() -> Arc<Self> {
        Arc::default()
    }

    /// Wakes whoever waits.
    pub fn ring(&self) {
        *self.rings.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.rung.notify_all();
    }

    /// Rings so far.
    pub fn rings(&self) -> u64 {
        *self.rings.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns once it has rung after `seen`, or after `timeout`.
    pub fn wait(&self, seen: u64, timeout: Duration) {
        let rings = self.rings.lock().unwrap_or_else(PoisonError::into_inner);
        drop(self.rung.wait_timeout_while(rings, timeout, |rings| *rings == seen));
    }
}
