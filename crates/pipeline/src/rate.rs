//! So many a second and no more, evenly.

use std::ops::RangeInclusive;

use ocelli_capture::Pace;

/// Times jitter: what comes so little before it is due is on time. A camera's do by a few milliseconds.
const EARLY_MAX_NS: u64 = 10_000_000;

/// Lets through at most so many a second. What comes is let through when it is due, and what follows is due one
/// interval after it was due, not after it came: of 30 a second 20 become 20, not 15.
#[derive(Clone, Debug)]
pub struct RateLimit {
    interval_ns: u64,
    due_ns: Option<u64>,
}

impl RateLimit {
    /// Rates that may be asked for, a second.
    pub const FPS: RangeInclusive<f64> = 0.001..=10_000.0;

    /// `fps` a second, which is above 0.
    pub fn new(fps: f64) -> Self {
        Self { interval_ns: (1e9 / fps) as u64, due_ns: None }
    }

    /// Whether what comes at `now_ns` goes through, up to 10 ms before it is due.
    pub fn admits(&mut self, now_ns: u64) -> bool {
        let due_ns = self.due_ns.unwrap_or(now_ns);
        let is_back_in_time = now_ns.saturating_add(self.interval_ns.saturating_mul(2)) < due_ns;
        if now_ns.saturating_add(EARLY_MAX_NS.min(self.interval_ns / 4)) < due_ns && !is_back_in_time {
            return false;
        }
        let is_late = now_ns.abs_diff(due_ns) >= self.interval_ns;
        self.due_ns = Some(if is_late { now_ns } else { due_ns }.saturating_add(self.interval_ns));
        true
    }
}

/// The time that rates of a source go by: the clock's where it is live; where every frame counts, the stream's own, so
/// that it does not matter how fast it is worked on.
pub(crate) fn time_for_rates(pace: Pace, captured_ns: u64, media_time_ns: Option<u64>) -> u64 {
    match pace {
        Pace::Live => captured_ns,
        Pace::Max => media_time_ns.unwrap_or(captured_ns),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many of `frames` at `fps`, with some jitter, get through a limit.
    fn admitted(limit: f64, fps: f64, frames: u64) -> Vec<u64> {
        let mut limit = RateLimit::new(limit);
        let jitter_ns = |n: u64| n * 7_919 % 2_000_000;
        let at_ns = |n: u64| (n as f64 * 1e9 / fps) as u64 + jitter_ns(n);
        (0..frames).filter(|&n| limit.admits(at_ns(n))).collect()
    }

    #[test]
    fn the_rate_is_kept_whatever_the_source_gives() {
        for (limit, fps, expected) in
            [(15.0, 30.0, 150), (20.0, 30.0, 200), (30.0, 30.0, 300), (7.0, 30.0, 70), (30.0, 25.0, 250)]
        {
            let got = admitted(limit, fps, (fps * 10.0) as u64).len();
            assert!(got.abs_diff(expected) <= 1, "{limit} of {fps}: {got}");
        }
    }

    #[test]
    fn what_goes_through_is_spread_evenly() {
        let half = admitted(15.0, 30.0, 300);
        assert!(half.windows(2).all(|pair| pair[1] - pair[0] == 2), "{half:?}");
    }

    #[test]
    fn after_a_gap_nothing_is_owed_and_time_that_starts_again_is_no_gap() {
        let mut limit = RateLimit::new(10.0);
        let ms = |at: u64| at * 1_000_000;
        assert!(limit.admits(ms(0)));
        assert!(limit.admits(ms(5_000)));
        assert!(!limit.admits(ms(5_033)) && !limit.admits(ms(5_066)));
        assert!(limit.admits(ms(5_100)));
        assert!(limit.admits(ms(0)), "a clip that is played again");
        assert!(!limit.admits(ms(33)));
    }

    #[test]
    fn files_go_by_their_own_time() {
        assert_eq!(time_for_rates(Pace::Live, 7, Some(5)), 7);
        assert_eq!(time_for_rates(Pace::Max, 7, Some(5)), 5);
        assert_eq!(time_for_rates(Pace::Max, 7, None), 7);
    }
}
