//! Times in which a source gave nothing, although there should have been something; and what it counts beside frames.

use std::fmt;

/// Why a source was away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AwayReason {
    /// The device was gone.
    Unplugged,
    /// It was there, and gave nothing.
    Stalled,
    /// What it shows comes in another form now.
    Changed,
    /// Nothing is connected to it.
    NoSignal,
    /// Another program had it.
    Busy,
    /// Reading it failed, in whatever way.
    Failed,
}

impl fmt::Display for AwayReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unplugged => "unplugged",
            Self::Stalled => "stalled",
            Self::Changed => "changed",
            Self::NoSignal => "no_signal",
            Self::Busy => "busy",
            Self::Failed => "failed",
        })
    }
}

/// From the last picture before to the first one after, on the run's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Away {
    /// When the last picture before was read.
    pub from_ns: u64,
    /// When the first picture after was read.
    pub to_ns: u64,
    /// What was noticed first, or what proved to be behind it.
    pub reason: AwayReason,
}

impl Away {
    /// How long.
    pub fn duration_ns(&self) -> u64 {
        self.to_ns.saturating_sub(self.from_ns)
    }
}

/// What a source counts beside its frames, over a whole run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SourceTotals {
    /// How often it was away.
    pub away_times: u64,
    /// How long in all.
    pub away_ns: u64,
    /// Pictures that were copied because readers held too much memory.
    pub copied: u64,
}
