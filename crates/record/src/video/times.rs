//! When frames are shown: their own times, as ticks of the film.

use ocelli_frame::{ClockKind, FrameResult};

use crate::mp4::TICKS_PER_SECOND;

/// Pictures a second, where they have no times: files that are read as fast as they can be worked on.
const PICTURES_PER_SECOND: u64 = 25;
const NS_PER_SECOND: u64 = 1_000_000_000;

/// From the times of results to ticks since the first.
#[derive(Debug, Default)]
pub(super) struct Times {
    first_ns: Option<u64>,
    /// Of the result before.
    ticks: u64,
    /// How long the one before that was shown.
    duration: u32,
}

impl Times {
    /// When the next result is shown, and for how long that makes the one before; `None` for the first.
    pub fn next(&mut self, result: &FrameResult) -> (u64, Option<u32>) {
        let ns = own_time_ns(result);
        let Some(first_ns) = self.first_ns else {
            self.first_ns = Some(ns);
            return (0, None);
        };
        let since = u128::from(ns.saturating_sub(first_ns));
        let ticks = (since * u128::from(TICKS_PER_SECOND) + u128::from(NS_PER_SECOND / 2))
            / u128::from(NS_PER_SECOND);
        // Time goes on, whatever a stream says of it: a picture is shown for a tick at least.
        let passed = u64::try_from(ticks).unwrap_or(u64::MAX).saturating_sub(self.ticks);
        let duration = u32::try_from(passed).unwrap_or(u32::MAX).max(1);
        self.ticks += u64::from(duration);
        self.duration = duration;
        (self.ticks, Some(duration))
    }

    /// For how long the last result is shown: as long as the one before it.
    pub fn last_duration(&self) -> u32 {
        match self.duration {
            0 => TICKS_PER_SECOND / PICTURES_PER_SECOND as u32,
            duration => duration.min(TICKS_PER_SECOND),
        }
    }
}

/// The place in the stream where there is one; else the moment of capture.
fn own_time_ns(result: &FrameResult) -> u64 {
    match result.media_time_ns {
        Some(ns) => ns,
        None if result.name.is_some() && result.captured.clock == ClockKind::Read => {
            result.sequence.saturating_mul(NS_PER_SECOND / PICTURES_PER_SECOND)
        }
        None => result.captured.ns,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(media_time_ns: Option<u64>, captured_ns: u64) -> FrameResult {
        let mut result = FrameResult::with_capacity(0);
        (result.media_time_ns, result.captured.ns) = (media_time_ns, captured_ns);
        result
    }

    #[test]
    fn ticks_do_not_drift_and_never_stand_still() {
        let mut times = Times::default();
        assert_eq!(times.next(&at(Some(500), 0)), (0, None));
        for frame in 1..10_000u64 {
            // 29.97 a second, in nanoseconds that are rounded down.
            let (ticks, duration) = times.next(&at(Some(500 + frame * 1_001_000_000 / 30), 0));
            assert_eq!((ticks, duration), (frame * 3_003, Some(3_003)));
        }
        assert_eq!(times.next(&at(Some(0), 0)).1, Some(1));
        assert_eq!(times.next(&at(Some(u64::MAX), 0)).1, Some(u32::MAX));
        assert_eq!(times.last_duration(), TICKS_PER_SECOND);
    }

    #[test]
    fn pictures_without_a_time_come_at_a_steady_rate() {
        let (mut times, mut live) = (Times::default(), Times::default());
        for sequence in 0..3 {
            let mut result = at(None, sequence * sequence * 1_000_000_000);
            result.sequence = sequence;
            live.next(&result);
            result.name = Some("a.png".into());
            times.next(&result);
        }
        assert_eq!((times.ticks, times.last_duration()), (7_200, 3_600));
        assert_eq!((live.ticks, live.duration), (360_000, 270_000));
    }
}
