//! A run before its first frame: everything is decided here.

use std::sync::Arc;

use ocelli_capture::{Notes, Source};
use ocelli_frame::{Account, Clock, FrameResult};
use ocelli_predict::Predictor;

use crate::handover::Bell;
use crate::lane::{SinkLane, SourceLane, results_held};
use crate::recycle::Recycle;
use crate::{MetricsHandle, OnFrozen, RunOutcome, Sink, Stop, threads};

/// Sources, one predictor, sinks; then [`Pipeline::run`].
pub struct Pipeline {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) sources: Vec<Box<dyn Source>>,
    pub(crate) source_lanes: Vec<SourceLane>,
    pub(crate) predictor: Box<dyn Predictor>,
    pub(crate) predictor_bell: Arc<Bell>,
    pub(crate) sinks: Vec<Box<dyn Sink>>,
    pub(crate) sink_lanes: Vec<SinkLane>,
    pub(crate) metrics: MetricsHandle,
    pub(crate) stop: Stop,
    pub(crate) on_frozen: OnFrozen,
    pub(crate) notes: Notes,
    detections_max: usize,
}

impl Pipeline {
    /// A run without sources and sinks yet. Results have room for `detections_max` detections.
    pub fn new(
        clock: Arc<dyn Clock>,
        predictor: Box<dyn Predictor>,
        detections_max: usize,
        stop: Stop,
    ) -> Self {
        Self {
            clock,
            sources: Vec::new(),
            source_lanes: Vec::new(),
            predictor,
            predictor_bell: Bell::new(),
            sinks: Vec::new(),
            sink_lanes: Vec::new(),
            metrics: MetricsHandle::new(),
            stop,
            on_frozen: OnFrozen::default(),
            notes: Notes::default(),
            detections_max,
        }
    }

    /// Adds a source. Its frames must carry the index that it is added at.
    pub fn add_source(&mut self, source: Box<dyn Source>) {
        let pace = source.info().pace;
        self.source_lanes.push(SourceLane::new(pace, Arc::clone(&self.predictor_bell)));
        self.sources.push(source);
    }

    /// Adds a sink.
    pub fn add_sink(&mut self, sink: Box<dyn Sink>) {
        self.sink_lanes.push(SinkLane::new(sink.demand()));
        self.sinks.push(sink);
    }

    /// What becomes of pictures of live sources that are the same again and again.
    pub fn set_on_frozen(&mut self, on_frozen: OnFrozen) {
        self.on_frozen = on_frozen;
    }

    /// What the run will have to say of its sources' pictures.
    pub fn notes(&self) -> Notes {
        self.notes.clone()
    }

    /// A window on the run, to be looked through while it is under way.
    pub fn progress(&self) -> Progress {
        let accounts = self.source_lanes.iter().map(|lane| Arc::clone(&lane.account)).collect();
        Progress { accounts, metrics: self.metrics.clone() }
    }

    /// Runs until every source has ended or somebody asks for the end. Returns once every thread has ended and every
    /// sink is closed.
    pub fn run(self) -> RunOutcome {
        threads::run(self)
    }

    /// Results for every place that holds one at once: the predictor's own, and the sinks'.
    pub(crate) fn results(&self) -> Recycle<FrameResult> {
        let detections_max = self.detections_max;
        Recycle::new(1 + results_held(self.sinks.len()), || FrameResult::with_capacity(detections_max))
    }
}

/// What can be seen of a run from outside.
#[derive(Clone, Debug)]
pub struct Progress {
    /// Each source's account, in order.
    pub accounts: Vec<Arc<Account>>,
    /// Stage times, ages and the rate.
    pub metrics: MetricsHandle,
}
