//! Time as a value: a timestamp that names its clock, and the [`Clock`] that is passed in.

use std::fmt;

/// Where a timestamp was taken. Ages are only ever differences on one clock: whatever the kind, `ns` counts on the
/// run's monotonic clock; the kind says which event it marks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClockKind {
    /// The driver's own monotonic timestamp of the capture.
    Monotonic,
    /// The stream's presentation time, laid on the moment the stream began to play.
    Stream,
    /// The moment we read the frame.
    Read,
}

impl fmt::Display for ClockKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Monotonic => "monotonic",
            Self::Stream => "stream",
            Self::Read => "read",
        })
    }
}

/// A moment in nanoseconds on the run's monotonic clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timestamp {
    /// Nanoseconds since the clock's own, arbitrary start.
    pub ns: u64,
    /// What the moment marks.
    pub clock: ClockKind,
}

/// The only way to the time below the command line (invariant 7): a run with the same clock is the same run.
pub trait Clock: Send + Sync + fmt::Debug {
    /// Nanoseconds since an arbitrary start; never runs backwards.
    fn now_ns(&self) -> u64;

    /// The moment on this clock of a moment on the system's monotonic clock (`CLOCK_MONOTONIC`), on which drivers date
    /// their frames. `None` where the two have nothing to do with each other.
    fn ns_from_monotonic(&self, monotonic_ns: u64) -> Option<u64> {
        let _ = monotonic_ns;
        None
    }

    /// Returns once `now_ns()` is at least `deadline_ns`.
    fn sleep_until_ns(&self, deadline_ns: u64);
}
