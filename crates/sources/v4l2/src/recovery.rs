//! A camera that fails: how long it is waited for, how often it is tried again, and when that is given up.
//!
//! Numbers and sentences only. What is done about it is `source.rs`'s.

use ocelli_capture::{SourceError, SourceErrorKind};
use ocelli_frame::{Away, AwayReason};

/// The first try comes after so long; every further one after twice as long as the one before, ...
const RETRY_FIRST_NS: u64 = 100_000_000;
/// ... up to this.
const RETRY_MAX_NS: u64 = 1_000_000_000;
/// A camera that is there and fails is given up after so long, where no other time was asked for. One that is not there
/// is looked for without an end.
const FAILING_MAX_NS: u64 = 60_000_000_000;
/// So many frames' times without a picture, and ...
const QUIET_INTERVALS: u64 = 30;
/// ... at least so long, and a camera has stalled.
const QUIET_MIN_NS: u64 = 1_000_000_000;
/// Cameras take their time over the first picture.
const QUIET_AT_START_NS: u64 = 4_000_000_000;

/// How long a camera may be away, and quiet.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Patience {
    /// After so long away the source ends; by default see [`FAILING_MAX_NS`].
    pub away_max_ns: Option<u64>,
    /// After so long without a picture the camera is started again; 0 is never.
    pub quiet_max_ns: Option<u64>,
}

impl Patience {
    /// Whether a stream of this interval that has been quiet for so long has stalled.
    pub fn is_stalled(&self, quiet_ns: u64, interval_ns: u64, has_given_pictures: bool) -> bool {
        let by_rate = interval_ns.saturating_mul(QUIET_INTERVALS).max(QUIET_MIN_NS);
        let usual = if has_given_pictures { by_rate } else { by_rate.max(QUIET_AT_START_NS) };
        match self.quiet_max_ns {
            Some(0) => false,
            asked => quiet_ns > asked.unwrap_or(usual),
        }
    }
}

/// From the moment that something went wrong to the next picture.
#[derive(Debug)]
pub(crate) struct Trouble {
    /// The last picture before it.
    from_ns: u64,
    reason: AwayReason,
    kind_last: SourceErrorKind,
    tries: u32,
    next_try_ns: u64,
}

impl Trouble {
    pub fn new(error: &SourceError, from_ns: u64, now_ns: u64) -> Self {
        let kind_last = error.kind();
        Self { from_ns, reason: reason_of(kind_last), kind_last, tries: 0, next_try_ns: now_ns }
    }

    /// Another try has failed. True where it did so in another way than the one before.
    pub fn note(&mut self, error: &SourceError, now_ns: u64) -> bool {
        // A driver may give up, or tell of a change, before it is known that nothing is there any more.
        if matches!(self.reason, AwayReason::Changed | AwayReason::Stalled | AwayReason::Failed)
            && is_absence(error.kind())
        {
            self.reason = reason_of(error.kind());
        }
        let wait_ns = RETRY_FIRST_NS << self.tries.min(16);
        self.next_try_ns = now_ns.saturating_add(wait_ns.min(RETRY_MAX_NS));
        self.tries = self.tries.saturating_add(1);
        std::mem::replace(&mut self.kind_last, error.kind()) != error.kind()
    }

    /// When the last picture before it was read.
    pub fn since_ns(&self) -> u64 {
        self.from_ns
    }

    /// When it is to be tried again.
    pub fn next_try_ns(&self) -> u64 {
        self.next_try_ns
    }

    /// Whether it has lasted for too long.
    pub fn is_over_limit(&self, patience: &Patience, now_ns: u64) -> bool {
        let by_kind = if is_absence(self.kind_last) { None } else { Some(FAILING_MAX_NS) };
        let max_ns = patience.away_max_ns.or(by_kind);
        max_ns.is_some_and(|max_ns| now_ns.saturating_sub(self.from_ns) >= max_ns)
    }

    /// It is over.
    pub fn ended(&self, now_ns: u64) -> Away {
        Away { from_ns: self.from_ns, to_ns: now_ns, reason: self.reason }
    }
}

/// Whether somebody has to plug something in, to let go of it, or to allow it: udev does so a moment after a replug.
fn is_absence(kind: SourceErrorKind) -> bool {
    matches!(
        kind,
        SourceErrorKind::Unplugged
            | SourceErrorKind::NotFound
            | SourceErrorKind::NoSignal
            | SourceErrorKind::Busy
            | SourceErrorKind::Denied
    )
}

fn reason_of(kind: SourceErrorKind) -> AwayReason {
    match kind {
        SourceErrorKind::Unplugged | SourceErrorKind::NotFound => AwayReason::Unplugged,
        SourceErrorKind::Stalled => AwayReason::Stalled,
        SourceErrorKind::FormatChanged => AwayReason::Changed,
        SourceErrorKind::NoSignal => AwayReason::NoSignal,
        SourceErrorKind::Busy => AwayReason::Busy,
        _ => AwayReason::Failed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000_000;

    fn error(kind: SourceErrorKind) -> SourceError {
        SourceError::new(kind, "cam: it failed", "mend it")
    }

    #[test]
    fn tries_come_at_once_then_ever_later_up_to_a_second() {
        let gone = error(SourceErrorKind::Unplugged);
        let mut trouble = Trouble::new(&gone, 0, 5);
        assert_eq!(trouble.next_try_ns(), 5);
        let waits: Vec<_> = (0..40)
            .map(|_| {
                assert!(!trouble.note(&gone, 0));
                trouble.next_try_ns() / 1_000_000
            })
            .collect();
        assert_eq!(waits[..6], [100, 200, 400, 800, 1000, 1000]);
        assert_eq!(waits[39], 1000);
        assert!(trouble.note(&error(SourceErrorKind::Denied), 0));
    }

    #[test]
    fn what_is_gone_is_looked_for_without_an_end_and_what_fails_is_not() {
        let limit = |kind, away_max_ns, now_ns| {
            let patience = Patience { away_max_ns, ..Patience::default() };
            Trouble::new(&error(kind), SECOND, SECOND).is_over_limit(&patience, now_ns)
        };
        assert!(!limit(SourceErrorKind::Unplugged, None, u64::MAX));
        assert!(!limit(SourceErrorKind::Io, None, 60 * SECOND));
        assert!(limit(SourceErrorKind::Io, None, 61 * SECOND));
        assert!(limit(SourceErrorKind::Unplugged, Some(5 * SECOND), 6 * SECOND));
        assert!(limit(SourceErrorKind::Unplugged, Some(0), SECOND));
        assert!(!limit(SourceErrorKind::Io, Some(90 * SECOND), 80 * SECOND));
    }

    #[test]
    fn the_reason_is_what_is_behind_it() {
        for (first, then, reason) in [
            (SourceErrorKind::FormatChanged, SourceErrorKind::NoSignal, AwayReason::NoSignal),
            (SourceErrorKind::Io, SourceErrorKind::Unplugged, AwayReason::Unplugged),
            (SourceErrorKind::FormatChanged, SourceErrorKind::Io, AwayReason::Changed),
            (SourceErrorKind::Unplugged, SourceErrorKind::Busy, AwayReason::Unplugged),
        ] {
            let mut trouble = Trouble::new(&error(first), 0, 0);
            trouble.note(&error(then), 0);
            assert_eq!(trouble.ended(1).reason, reason, "{first:?}, then {then:?}");
        }
    }

    #[test]
    fn a_stall_is_many_frames_times_and_the_first_picture_may_take_longer() {
        let usual = Patience::default();
        assert!(!usual.is_stalled(SECOND, SECOND / 30, true));
        assert!(usual.is_stalled(SECOND + 1, SECOND / 30, true));
        assert!(!usual.is_stalled(30 * SECOND, SECOND, true), "one frame a second");
        assert!(!usual.is_stalled(4 * SECOND, SECOND / 30, false));
        assert!(usual.is_stalled(4 * SECOND + 1, SECOND / 30, false));
        let asked = |quiet_max_ns| Patience { quiet_max_ns: Some(quiet_max_ns), ..usual };
        assert!(!asked(0).is_stalled(u64::MAX, 1, true));
        assert!(asked(7 * SECOND).is_stalled(8 * SECOND, SECOND / 30, false));
    }
}
