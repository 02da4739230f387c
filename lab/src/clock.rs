//! The guest's time.

use std::thread;
use std::time::Duration;

use ocelli_frame::Clock;
use rustix::time::{ClockId, clock_gettime};

/// Nanoseconds on the monotonic clock.
pub fn now_ns() -> u64 {
    let now = clock_gettime(ClockId::Monotonic);
    now.tv_sec as u64 * 1_000_000_000 + now.tv_nsec as u64
}

/// Sleeps until then; not at all where that is over.
pub fn sleep_until_ns(then_ns: u64) {
    thread::sleep(Duration::from_nanos(then_ns.saturating_sub(now_ns())));
}

/// The same clock, for sources.
#[derive(Debug)]
pub struct GuestClock;

impl Clock for GuestClock {
    fn now_ns(&self) -> u64 {
        now_ns()
    }

    fn ns_from_monotonic(&self, monotonic_ns: u64) -> Option<u64> {
        Some(monotonic_ns)
    }

    fn sleep_until_ns(&self, deadline_ns: u64) {
        sleep_until_ns(deadline_ns);
    }
}
