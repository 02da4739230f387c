//! A run before its first frame: everything is decided here.

use std::sync::Arc;

use ocelli_capture::{Notes, Source};
use ocelli_frame::{Account, Clock, FrameResult, Health};
use ocelli_predict::Predictor;

use crate::figures::LaneFigures;
use crate::handover::Bell;
use crate::lane::{SinkLane, SourceLane, results_held};
use crate::recycle::Recycle;
use crate::{MetricsHandle, OnFrozen, RunOutcome, Sink, Stop, Switch, Tap, threads};

/// Sources, one predictor, sinks; then [`Pipeline::run`].
pub struct Pipeline {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) sources: Vec<Box<dyn Source>>,
    pub(crate) source_lanes: Vec<SourceLane>,
    pub(crate) predictor: Box<dyn Predictor>,
    pub(crate) predictor_bell: Arc<Bell>,
    eyes_bell: Arc<Bell>,
    pub(crate) sinks: Vec<Box<dyn Sink>>,
    pub(crate) sink_lanes: Vec<SinkLane>,
    pub(crate) metrics: MetricsHandle,
    pub(crate) stop: Stop,
    pub(crate) on_frozen: OnFrozen,
    pub(crate) infer_fps: Option<f64>,
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
            eyes_bell: Bell::new(),
            sinks: Vec::new(),
            sink_lanes: Vec::new(),
            metrics: MetricsHandle::new(),
            stop,
            on_frozen: OnFrozen::default(),
            infer_fps: None,
            notes: Notes::default(),
            detections_max,
        }
    }

    /// Adds a source. Its frames must carry the index that it is added at.
    pub fn add_source(&mut self, source: Box<dyn Source>) {
        let pace = source.info().pace;
        let [predictor, eyes] = [&self.predictor_bell, &self.eyes_bell].map(Arc::clone);
        self.source_lanes.push(SourceLane::new(pace, predictor, eyes));
        self.sources.push(source);
    }

    /// Adds a sink.
    pub fn add_sink(&mut self, sink: Box<dyn Sink>) {
        self.push_sink(sink, None);
    }

    /// Adds a sink that wants no more than `fps` results a second of each source; the others count as `dropped{rate}`.
    pub fn add_sink_at(&mut self, sink: Box<dyn Sink>, fps: f64) {
        self.push_sink(sink, Some(fps));
    }

    fn push_sink(&mut self, sink: Box<dyn Sink>, fps_max: Option<f64>) {
        self.sink_lanes.push(SinkLane::new(sink.demand(), fps_max));
        self.sinks.push(sink);
    }

    /// What becomes of pictures of live sources that are the same again and again.
    pub fn set_on_frozen(&mut self, on_frozen: OnFrozen) {
        self.on_frozen = on_frozen;
    }

    /// No more than `fps` frames a second of each source go to the predictor; the others count as `dropped{rate}`.
    pub fn set_infer_fps(&mut self, fps: f64) {
        self.infer_fps = Some(fps);
    }

    /// Where each source's pictures can be seen, in order.
    pub fn taps(&self) -> Vec<Arc<Tap>> {
        self.source_lanes.iter().map(|lane| Arc::clone(&lane.tap)).collect()
    }

    /// What turns inference of each source on and off, in order.
    pub fn switches(&self) -> Vec<Switch> {
        self.source_lanes.iter().map(|lane| lane.switch.clone()).collect()
    }

    /// What the run will have to say of its sources' pictures.
    pub fn notes(&self) -> Notes {
        self.notes.clone()
    }

    /// A window on the run, to be looked through while it is under way.
    pub fn progress(&self) -> Progress {
        let accounts = self.source_lanes.iter().map(|lane| Arc::clone(&lane.account)).collect();
        let figures = self.source_lanes.iter().map(|lane| Arc::clone(&lane.figures)).collect();
        Progress { accounts, metrics: self.metrics.clone(), figures }
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
    figures: Vec<Arc<LaneFigures>>,
}

/// How a source does at this moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Condition {
    /// What its pictures are like.
    pub health: Health,
    /// It gives none for now.
    pub is_away: bool,
    /// It will give no more.
    pub has_ended: bool,
}

impl Progress {
    /// How each source does, in order.
    pub fn conditions(&self) -> impl Iterator<Item = Condition> + '_ {
        self.figures.iter().map(|figures| figures.condition())
    }
}
