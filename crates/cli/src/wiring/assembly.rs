//! A run put together: sources, predictor and sinks in one pipeline, with the signals and the status line around it.

use std::sync::Arc;

use ocelli_frame::Clock;
use ocelli_pipeline::{OnFrozen, Pipeline, RunOutcome, Sink, Stop, frames_held};
use ocelli_postprocess::Settings;
use ocelli_report::{RunLabels, unique_names};
use ocelli_web::View;
use ocelli_window::{WindowPlan, WindowSink};

use crate::args::{ModelArguments, PlayArguments};
use crate::clock::MonotonicClock;
use crate::failure::Failure;
use crate::signals;
use crate::status::Status;
use crate::wiring::window::{WindowSpec, desktop};
use crate::wiring::{Events, OpenSources, Predicting, SourcePlan, open_sources, predictor};

/// What a run is put together from.
#[derive(Debug)]
pub struct Order<'a> {
    /// The sources' texts.
    pub sources: &'a [String],
    /// Which model, on what.
    pub model: &'a ModelArguments,
    /// What is kept of its findings.
    pub settings: Settings,
    /// How sources play.
    pub play: &'a PlayArguments,
    /// What becomes of pictures that are the same again and again.
    pub on_frozen: OnFrozen,
    /// Frames a second of each source that go to the predictor at most.
    pub infer_fps: Option<f64>,
    /// Sinks to come that want pixels: their frames need room in the sources' pools.
    pub pixel_sinks: usize,
    /// Frames of each source that are held beside, by who shows them.
    pub frames_watched: usize,
    /// No status line.
    pub quiet: bool,
}

/// A run before its first frame.
pub struct Assembly {
    /// The names behind the numbers.
    pub labels: Arc<RunLabels>,
    /// What happens that nobody asked for.
    pub events: Events,
    clock: Arc<dyn Clock>,
    pipeline: Pipeline,
    status: Status,
    stop: Stop,
}

impl Assembly {
    /// Loads the model and opens the sources.
    pub fn new(order: Order<'_>) -> Result<Self, Failure> {
        let clock: Arc<dyn Clock> = Arc::new(MonotonicClock::start());
        let detections_max = order.settings.max_det;
        let Predicting { predictor, backend, model, classes, note } =
            predictor(order.model, order.settings, &clock)?;
        let readers = frames_held(predictor.capacity(), order.pixel_sinks) + order.frames_watched;
        let OpenSources { sources, mut events } =
            open_sources(order.sources, &SourcePlan { clock: &clock, readers, play: order.play })?;
        note.into_iter().for_each(|note| events.add(note));
        events.tell();
        let names = unique_names(sources.iter().map(|source| source.info().name.clone()));
        let labels = Arc::new(RunLabels { sources: names, backend, model, classes });
        let stop = Stop::default();
        let status = Status::of(&sources, order.quiet);
        let mut pipeline = Pipeline::new(Arc::clone(&clock), predictor, detections_max, stop.clone());
        sources.into_iter().for_each(|source| pipeline.add_source(source));
        pipeline.set_on_frozen(order.on_frozen);
        if let Some(fps) = order.infer_fps {
            pipeline.set_infer_fps(fps);
        }
        events.listen_to(pipeline.notes());
        Ok(Self { labels, events, clock, pipeline, status, stop })
    }

    /// Adds a sink, which wants at most `fps` results a second of each source where that is said.
    pub fn add_sink(&mut self, sink: Box<dyn Sink>, fps: Option<f64>) {
        match fps {
            Some(fps) => self.pipeline.add_sink_at(sink, fps),
            None => self.pipeline.add_sink(sink),
        }
    }

    /// Adds a window, which shows all sources and whose closing ends the run.
    pub fn add_window(&mut self, window: &WindowSpec) -> Result<(), Failure> {
        let sink = WindowSink::open(WindowPlan {
            name: &window.text,
            desktop: &desktop(),
            labels: &self.labels,
            accounts: self.pipeline.progress().accounts,
            clock: Arc::clone(&self.clock),
            stop: self.stop.clone(),
        })?;
        self.add_sink(Box::new(sink), window.fps);
        Ok(())
    }

    /// What the live view looks at.
    pub fn view(&self) -> View {
        let events = self.events.clone();
        View {
            clock: Arc::clone(&self.clock),
            labels: Arc::clone(&self.labels),
            taps: self.pipeline.taps(),
            switches: self.pipeline.switches(),
            progress: self.pipeline.progress(),
            events_from: Box::new(move |count| events.told_from(count)),
        }
    }

    /// Runs to the end, or to a signal.
    pub fn run(self) -> Result<RunOutcome, Failure> {
        signals::stop_on_signals(&self.stop)?;
        let events = self.events.clone();
        let outcome = self.status.during(&self.pipeline.progress(), &events, || self.pipeline.run());
        self.events.tell();
        Ok(outcome)
    }
}

/// Everything that went wrong in a run.
pub fn failures_of(outcome: &RunOutcome) -> Vec<Failure> {
    let sources = outcome.sources.iter().filter_map(|source| source.error.as_ref()).map(Failure::from);
    let predictor = outcome.predict_error.iter().map(Failure::from);
    let sinks = outcome.sinks.iter().filter_map(|sink| sink.error.as_ref()).map(Failure::from);
    let threads = outcome.panicked.iter().map(|(thread, message)| {
        Failure::new(
            format!("thread \"{thread}\" panicked: {message}"),
            "this is a bug in Ocelli: please report it with these lines",
        )
    });
    sources.chain(predictor).chain(sinks).chain(threads).collect()
}
