//! The one clock of a process.

use std::time::{Duration, Instant};

use ocelli_frame::Clock;
use rustix::time::{ClockId, clock_gettime};

/// Nanoseconds since it was made, on the system's monotonic clock.
#[derive(Clone, Copy, Debug)]
pub struct MonotonicClock {
    start: Instant,
    /// The start, as drivers count.
    start_monotonic_ns: u64,
}

impl MonotonicClock {
    /// A clock that starts now.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the time; everybody else is handed this"
    )]
    pub fn start() -> Self {
        let start_monotonic = clock_gettime(ClockId::Monotonic);
        let start = Instant::now();
        let start_monotonic_ns =
            start_monotonic.tv_sec as u64 * 1_000_000_000 + start_monotonic.tv_nsec as u64;
        Self { start, start_monotonic_ns }
    }
}

impl Clock for MonotonicClock {
    fn now_ns(&self) -> u64 {
        self.start.elapsed().as_nanos() as u64
    }

    fn ns_from_monotonic(&self, monotonic_ns: u64) -> Option<u64> {
        monotonic_ns.checked_sub(self.start_monotonic_ns)
    }

    fn sleep_until_ns(&self, deadline_ns: u64) {
        let left_ns = deadline_ns.saturating_sub(self.now_ns());
        if left_ns > 0 {
            std::thread::sleep(Duration::from_nanos(left_ns));
        }
    }
}
