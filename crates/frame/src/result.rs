//! One frame's result with everything a sink writes about it, short of the pixels.

use std::sync::Arc;

use crate::{Away, ClockKind, Counts, Health, Predictions, Size, SourceIndex, Timestamp};

/// Nanoseconds that a frame spent in each stage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StageTimes {
    /// From the source's hand-over to the start of preprocess.
    pub queue_ns: u64,
    /// Frame to input tensor.
    pub preprocess_ns: u64,
    /// The engine.
    pub inference_ns: u64,
    /// Output tensors to predictions.
    pub postprocess_ns: u64,
}

impl StageTimes {
    /// Name and value of each stage, in the frame's order.
    pub fn named(&self) -> [(&'static str, u64); 4] {
        [
            ("queue", self.queue_ns),
            ("preprocess", self.preprocess_ns),
            ("inference", self.inference_ns),
            ("postprocess", self.postprocess_ns),
        ]
    }
}

/// One frame's result. Reused from frame to frame by the pipeline.
#[derive(Clone, Debug)]
pub struct FrameResult {
    /// Which source of the run.
    pub source: SourceIndex,
    /// The frame's number at its source, from 0.
    pub sequence: u64,
    /// The picture's file name, where the source is pictures.
    pub name: Option<Arc<str>>,
    /// When the frame was captured, and what that means.
    pub captured: Timestamp,
    /// The frame's place in its stream, where it has one.
    pub media_time_ns: Option<u64>,
    /// From capture to this result.
    pub age_ns: u64,
    /// The source picture.
    pub size: Size,
    /// Where the time went.
    pub stages: StageTimes,
    /// What the picture is like.
    pub health: Health,
    /// This source's drops and failures since its previous result.
    pub lost_since_previous: Counts,
    /// The time in which this source was away before this frame, where this is the first result since.
    pub away: Option<Away>,
    /// What was found.
    pub predictions: Predictions,
}

impl FrameResult {
    /// An empty result with room for `max_det` detections.
    pub fn with_capacity(max_det: usize) -> Self {
        Self {
            source: SourceIndex(0),
            sequence: 0,
            name: None,
            captured: Timestamp { ns: 0, clock: ClockKind::Read },
            media_time_ns: None,
            age_ns: 0,
            size: Size::default(),
            stages: StageTimes::default(),
            health: Health::Good,
            lost_since_previous: Counts::default(),
            away: None,
            predictions: Predictions::with_capacity(max_det),
        }
    }
}
