//! One consumer waits on many hand-overs: each producer rings, the consumer counts.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Counts its rings, so that none is lost between a look and a wait: read [`Bell::rings`], look into every hand-over,
/// then wait for a ring after that count.
#[derive(Debug, Default)]
pub struct Bell {
    state: Mutex<State>,
    rung: Condvar,
}

#[derive(Debug, Default)]
struct State {
    rings: u64,
    /// Whoever waits now. A producer that finds nobody wakes nobody: waking is a system call, also where all are awake.
    waiting: u32,
}

impl Bell {
    /// A bell to be shared by hand-overs and their one consumer.
    pub fn new() -> Arc<Self> {
        Arc::default()
    }

    /// Wakes whoever waits. True where somebody did.
    pub fn ring(&self) -> bool {
        let somebody_waits = {
            let mut state = self.state();
            state.rings += 1;
            state.waiting > 0
        };
        if somebody_waits {
            self.rung.notify_all();
        }
        somebody_waits
    }

    /// Rings so far.
    pub fn rings(&self) -> u64 {
        self.state().rings
    }

    /// Returns once it has rung after `seen`, or after `timeout`.
    pub fn wait(&self, seen: u64, timeout: Duration) {
        let mut state = self.state();
        if state.rings != seen {
            return;
        }
        state.waiting += 1;
        let waited = self.rung.wait_timeout_while(state, timeout, |state| state.rings == seen);
        waited.unwrap_or_else(PoisonError::into_inner).0.waiting -= 1;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_woken_where_nobody_waits() {
        let bell = Bell::new();
        assert!(!bell.ring());
        bell.wait(0, Duration::from_secs(100));
        assert!(!bell.ring(), "it had rung already, so nobody waited");
        bell.wait(2, Duration::ZERO);
        assert!(!bell.ring(), "who has waited long enough is gone");
        assert_eq!(bell.rings(), 3);
    }
}
