//! The account of one consumer of one source: every frame captured ends up emitted, dropped with a reason, or failed
//! with a reason (invariant 9).

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use crate::Ticket;

/// Why a frame was left out on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DropReason {
    /// A newer frame took its place.
    Superseded,
    /// A sink could not keep up.
    Sink,
    /// The run ended first.
    Shutdown,
    /// The camera's driver lost it.
    Driver,
    /// It came damaged.
    Corrupt,
    /// It was the same picture again, and such were not wanted.
    Frozen,
    /// Inference of its source was turned off.
    Paused,
    /// More came than so many a second, and no more were wanted.
    Rate,
}

/// Why a frame came to nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FailReason {
    /// Its ticket was dropped unresolved: a thread that panicked, a peer that vanished.
    Lost,
    /// Preprocess, the engine or postprocess gave an error.
    Inference,
    /// The sink gave an error.
    Write,
}

impl DropReason {
    /// Every reason, in the order of [`Counts::dropped`].
    pub const ALL: [Self; 8] = [
        Self::Superseded,
        Self::Sink,
        Self::Shutdown,
        Self::Driver,
        Self::Corrupt,
        Self::Frozen,
        Self::Paused,
        Self::Rate,
    ];
}

impl FailReason {
    /// Every reason, in the order of [`Counts::failed`].
    pub const ALL: [Self; 3] = [Self::Lost, Self::Inference, Self::Write];
}

impl fmt::Display for DropReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Superseded => "superseded",
            Self::Sink => "sink",
            Self::Shutdown => "shutdown",
            Self::Driver => "driver",
            Self::Corrupt => "corrupt",
            Self::Frozen => "frozen",
            Self::Paused => "paused",
            Self::Rate => "rate",
        })
    }
}

impl fmt::Display for FailReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Lost => "lost",
            Self::Inference => "inference",
            Self::Write => "write",
        })
    }
}

/// A snapshot of an account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Frames that came in.
    pub captured: u64,
    /// Frames that went out.
    pub emitted: u64,
    /// By [`DropReason::ALL`].
    pub dropped: [u64; DropReason::ALL.len()],
    /// By [`FailReason::ALL`].
    pub failed: [u64; FailReason::ALL.len()],
    /// Live tickets.
    pub in_flight: u64,
}

impl Counts {
    /// Reasons and counts of what was dropped, zeros included.
    pub fn dropped_named(&self) -> impl Iterator<Item = (DropReason, u64)> + use<> {
        DropReason::ALL.into_iter().zip(self.dropped)
    }

    /// Reasons and counts of what failed, zeros included.
    pub fn failed_named(&self) -> impl Iterator<Item = (FailReason, u64)> + use<> {
        FailReason::ALL.into_iter().zip(self.failed)
    }

    /// Whether every captured frame is accounted for.
    pub fn is_balanced(&self) -> bool {
        let dropped: u64 = self.dropped.iter().sum();
        let failed: u64 = self.failed.iter().sum();
        self.captured == self.emitted + dropped + failed + self.in_flight
    }

    /// What was dropped and failed between `earlier` and this snapshot of the same account; the other counts too,
    /// but for `in_flight`, which is this snapshot's.
    pub fn since(&self, earlier: &Self) -> Self {
        let mut difference = *self;
        difference.captured -= earlier.captured;
        difference.emitted -= earlier.emitted;
        for (now, before) in difference.dropped.iter_mut().zip(earlier.dropped) {
            *now -= before;
        }
        for (now, before) in difference.failed.iter_mut().zip(earlier.failed) {
            *now -= before;
        }
        difference
    }
}

/// How a ticket ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Emitted,
    Dropped(DropReason),
    Failed(FailReason),
}

/// The counters of one consumer. They change in three places: [`Account::open`], [`Account::lose`], and the end of
/// a [`Ticket`]. Each is one short critical section, so that every snapshot balances.
#[derive(Debug, Default)]
pub struct Account {
    counts: Mutex<Counts>,
}

impl Account {
    /// An account with nothing in it.
    pub fn new() -> Arc<Self> {
        Arc::default()
    }

    /// A frame comes in.
    pub fn open(self: &Arc<Self>) -> Ticket {
        self.change(|counts| {
            counts.captured += 1;
            counts.in_flight += 1;
        });
        Ticket::new(Arc::clone(self))
    }

    /// Frames that were lost before they came in: they are captured and dropped in one.
    pub fn lose(&self, reason: DropReason, frames: u64) {
        if frames > 0 {
            self.change(|counts| {
                counts.captured += frames;
                counts.dropped[reason as usize] += frames;
            });
        }
    }

    /// The counts at one moment.
    pub fn snapshot(&self) -> Counts {
        *self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn close(&self, outcome: Outcome) {
        self.change(|counts| {
            counts.in_flight -= 1;
            match outcome {
                Outcome::Emitted => counts.emitted += 1,
                Outcome::Dropped(reason) => counts.dropped[reason as usize] += 1,
                Outcome::Failed(reason) => counts.failed[reason as usize] += 1,
            }
        });
    }

    fn change(&self, change: impl FnOnce(&mut Counts)) {
        change(&mut self.counts.lock().unwrap_or_else(PoisonError::into_inner));
    }
}
