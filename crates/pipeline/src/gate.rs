//! Which of a source's frames go to the predictor: none while inference is off, no more a second than are wanted.

use std::time::Duration;

use ocelli_capture::Pace;
use ocelli_frame::{DropReason, Frame};

use crate::Switch;
use crate::rate::{RateLimit, time_for_rates};

/// Stands between a source and the predictor's door, on the source's thread.
#[derive(Debug)]
pub(crate) struct Gate {
    pace: Pace,
    switch: Switch,
    limit: Option<RateLimit>,
}

impl Gate {
    pub(crate) fn new(pace: Pace, switch: Switch, infer_fps: Option<f64>) -> Self {
        Self { pace, switch, limit: infer_fps.map(RateLimit::new) }
    }

    /// Whether the source is to be asked for its next frame. Where every frame counts and inference is off, nobody would
    /// take it: this waits, for `patience` at most.
    pub(crate) fn is_time_to_read(&self, patience: Duration) -> bool {
        match self.pace {
            Pace::Live => true,
            Pace::Max => self.switch.wait_until_on(patience),
        }
    }

    /// Why a frame does not go to the predictor.
    pub(crate) fn refuses(&mut self, frame: &Frame) -> Option<DropReason> {
        if self.pace == Pace::Live && !self.switch.is_on() {
            return Some(DropReason::Paused);
        }
        let info = frame.info();
        let time_ns = time_for_rates(self.pace, info.captured.ns, info.media_time_ns);
        let is_too_soon = self.limit.as_mut().is_some_and(|limit| !limit.admits(time_ns));
        is_too_soon.then_some(DropReason::Rate)
    }
}
