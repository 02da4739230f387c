//! The local [`Predictor`]: preprocess, a session of an engine, postprocess, one frame at a time on the caller's
//! thread.
//!
//! What is not here: which backend runs, where frames come from, where results go.

#![forbid(unsafe_code)]

mod head;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use ocelli_engine::{EngineError, Model, Session, Threads};
use ocelli_frame::{Clock, Frame, Predictions, StageTimes, TensorView};
use ocelli_model::{CardError, ModelCard};
use ocelli_postprocess::{PostprocessError, Postprocessor, Settings};
use ocelli_predict::{Job, Next, PredictError, Predictor};
use ocelli_preprocess::{Isa, Preprocessor};

use head::head_layout;

/// Outputs that a model may have; heads read the first few.
const OUTPUTS_MAX: usize = 8;

/// Preprocess, inference and postprocess of one frame, on the thread that asks.
pub struct Local {
    name: String,
    clock: Arc<dyn Clock>,
    preprocessor: Preprocessor,
    session: Box<dyn Session>,
    postprocessor: Postprocessor,
    outputs: usize,
    job: Option<Job>,
}

/// What a local predictor is made of.
#[derive(Debug)]
pub struct Parts<'a> {
    /// What runs, for people: the backend's name.
    pub name: String,
    /// The run's clock, for stage times.
    pub clock: Arc<dyn Clock>,
    /// The loaded model.
    pub model: &'a dyn Model,
    /// What it is.
    pub card: &'a ModelCard,
    /// The engine's threads.
    pub threads: &'a Threads,
    /// The instruction set of preprocess.
    pub isa: Isa,
    /// What is kept and what is suppressed.
    pub settings: Settings,
}

impl Local {
    /// Decides everything that does not depend on a frame.
    ///
    /// # Errors
    /// Settings out of range, an output that is no such head, threads that cannot be had.
    pub fn new(parts: Parts<'_>) -> Result<Self, LocalError> {
        let Parts { name, clock, model, card, threads, isa, settings } = parts;
        let layout = head_layout(card, model.outputs())?;
        Ok(Self {
            name,
            clock,
            preprocessor: Preprocessor::new(card.input, isa),
            session: model.session(threads).map_err(LocalError::Engine)?,
            postprocessor: Postprocessor::new(layout, settings).map_err(LocalError::Postprocess)?,
            outputs: model.outputs().len().min(OUTPUTS_MAX),
            job: None,
        })
    }

    fn predict(&mut self, frame: &Frame, predictions: &mut Predictions) -> Result<StageTimes, PredictError> {
        let start_ns = self.clock.now_ns();
        let letterbox = self
            .preprocessor
            .run(frame, self.session.input(0))
            .map_err(|error| at(frame, "preprocess", &error, error.hint()))?;
        let prepared_ns = self.clock.now_ns();
        self.session.run().map_err(|error| at(frame, "inference", &error, error.hint()))?;
        let inferred_ns = self.clock.now_ns();
        let mut outputs = [TensorView::F32(&[]); OUTPUTS_MAX];
        for (index, output) in outputs.iter_mut().enumerate().take(self.outputs) {
            *output = self.session.output(index);
        }
        self.postprocessor
            .run(&outputs[..self.outputs], &letterbox, predictions)
            .map_err(|error| at(frame, "postprocess", &error, error.hint()))?;
        Ok(StageTimes {
            queue_ns: 0,
            preprocess_ns: prepared_ns - start_ns,
            inference_ns: inferred_ns - prepared_ns,
            postprocess_ns: self.clock.now_ns() - inferred_ns,
        })
    }
}

fn at(frame: &Frame, stage: &str, error: &dyn fmt::Display, hint: &str) -> PredictError {
    let info = frame.info();
    PredictError::new(format!("frame {} of source {}: {stage}: {error}", info.sequence, info.source.0), hint)
}

impl Predictor for Local {
    fn name(&self) -> &str {
        &self.name
    }

    fn capacity(&self) -> usize {
        1
    }

    fn submit(&mut self, job: Job) -> Result<(), Job> {
        match self.job {
            Some(_) => Err(job),
            None => {
                self.job = Some(job);
                Ok(())
            }
        }
    }

    fn next(&mut self, _timeout: Duration, predictions: &mut Predictions) -> Next {
        let Some(job) = self.job.take() else { return Next::TimedOut };
        predictions.clear();
        let outcome = self.predict(&job.frame, predictions);
        Next::Done(job, outcome)
    }
}

/// Why a local predictor cannot be made.
#[derive(Debug)]
pub enum LocalError {
    /// The engine will not run it.
    Engine(EngineError),
    /// Postprocess cannot read it.
    Postprocess(PostprocessError),
    /// The card's head is not decoded here.
    Card(CardError),
    /// The card and the model's outputs do not fit each other.
    Head(String),
}

impl LocalError {
    /// What to do about it.
    pub fn hint(&self) -> &str {
        match self {
            Self::Engine(error) => error.hint(),
            Self::Postprocess(error) => error.hint(),
            Self::Card(error) => error.hint(),
            Self::Head(_) => "check `head` and `classes` in the model's card against its outputs",
        }
    }
}

impl fmt::Display for LocalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Engine(error) => error.fmt(f),
            Self::Postprocess(error) => error.fmt(f),
            Self::Card(error) => error.fmt(f),
            Self::Head(message) => f.write_str(message),
        }
    }
}

impl std::error::Error for LocalError {}
