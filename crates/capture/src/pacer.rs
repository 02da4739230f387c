//! When a recorded picture is due, for every source that plays something: files, folders, the synthetic scene.
//!
//! It sleeps on the clock it is given and never longer than it is told. It knows nothing of pictures.

use std::sync::Arc;
use std::time::Duration;

use ocelli_frame::{Clock, ClockKind, Timestamp};

use crate::{OpenOptions, Pace};

/// Turns places in a stream into moments on the run's clock.
#[derive(Debug)]
pub struct Pacer {
    clock: Arc<dyn Clock>,
    pace: Pace,
    /// The moment of media time 0: when the first picture was asked for.
    start_ns: Option<u64>,
}

impl Pacer {
    /// A pacer that has not started; the first [`Pacer::wait`] starts it.
    pub fn new(options: &OpenOptions) -> Self {
        Self { clock: Arc::clone(&options.clock), pace: options.pace, start_ns: None }
    }

    /// The capture time of the picture at `play_time_ns` of the stream, once it is due; `None` after `timeout`
    /// where it is not due yet.
    ///
    /// At [`Pace::Max`] everything is due at once and captured when it is read. At [`Pace::Live`] a picture is
    /// captured when it is due, also where its reader comes late: then it is old already, as a camera's would be.
    pub fn wait(&mut self, play_time_ns: u64, timeout: Duration) -> Option<Timestamp> {
        let now_ns = self.clock.now_ns();
        match self.pace {
            Pace::Max => Some(Timestamp { ns: now_ns, clock: ClockKind::Read }),
            Pace::Live => {
                let start_ns = *self.start_ns.get_or_insert(now_ns);
                let due_ns = start_ns.saturating_add(play_time_ns);
                let timeout_ns = u64::try_from(timeout.as_nanos()).unwrap_or(u64::MAX);
                let give_up_ns = now_ns.saturating_add(timeout_ns);
                if due_ns > give_up_ns {
                    self.clock.sleep_until_ns(give_up_ns);
                    return None;
                }
                if due_ns > now_ns {
                    self.clock.sleep_until_ns(due_ns);
                }
                Some(Timestamp { ns: due_ns, clock: ClockKind::Stream })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use ocelli_frame::SourceIndex;
    use ocelli_testkit::ManualClock;

    use super::*;

    fn options(clock: &Arc<ManualClock>, pace: Pace) -> OpenOptions {
        OpenOptions {
            source: SourceIndex(0),
            readers: 1,
            clock: Arc::clone(clock) as Arc<dyn Clock>,
            pace,
            looped: false,
            fps: None,
        }
    }

    #[test]
    fn live_waits_until_due_and_never_beyond_the_timeout() {
        let clock = Arc::new(ManualClock::default());
        clock.advance_ns(1_000);
        let mut pacer = Pacer::new(&options(&clock, Pace::Live));
        assert_eq!(pacer.wait(0, Duration::ZERO), Some(Timestamp { ns: 1_000, clock: ClockKind::Stream }));
        assert_eq!(pacer.wait(500, Duration::from_nanos(200)), None);
        assert_eq!(clock.now_ns(), 1_200);
        let due = pacer.wait(500, Duration::from_nanos(300));
        assert_eq!(due, Some(Timestamp { ns: 1_500, clock: ClockKind::Stream }));
        assert_eq!(clock.now_ns(), 1_500);
    }

    #[test]
    fn a_late_reader_gets_an_old_picture_not_a_new_date() {
        let clock = Arc::new(ManualClock::default());
        let mut pacer = Pacer::new(&options(&clock, Pace::Live));
        pacer.wait(0, Duration::ZERO);
        clock.advance_ns(9_000);
        assert_eq!(pacer.wait(500, Duration::ZERO), Some(Timestamp { ns: 500, clock: ClockKind::Stream }));
    }

    #[test]
    fn max_never_waits_and_dates_by_the_read() {
        let clock = Arc::new(ManualClock::default());
        clock.advance_ns(7);
        let mut pacer = Pacer::new(&options(&clock, Pace::Max));
        let read = pacer.wait(1_000_000, Duration::ZERO);
        assert_eq!(read, Some(Timestamp { ns: 7, clock: ClockKind::Read }));
    }
}
