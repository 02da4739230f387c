//! The seam [`Predictor`], the middle stretch of a frame's journey: frames in, predictions out. Behind it may be a
//! local engine, another machine, or a GPU's captured graph; the pipeline cannot tell which.
//!
//! What is not here: anything behind the seam but the [`Fake`].

#![forbid(unsafe_code)]

mod fake;

use std::fmt;
use std::time::Duration;

use ocelli_frame::{Frame, Predictions, StageTimes, Ticket};

pub use fake::Fake;

/// A frame on its way, and the ticket that accounts for it.
#[derive(Debug)]
pub struct Job {
    /// Resolved exactly once, by whoever ends the frame's journey.
    pub ticket: Ticket,
    /// The picture.
    pub frame: Frame,
}

/// What a predictor has to say.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "a box would be an allocation a frame")]
pub enum Next {
    /// A job is done; its predictions, computed from the pixels of this very frame, stand in the caller's buffer.
    Done(Job, Result<StageTimes, PredictError>),
    /// Nothing yet, or nothing in flight.
    TimedOut,
}

/// Frames in, predictions out, up to `capacity` at a time and in any order. Lives on one thread.
pub trait Predictor: Send {
    /// What runs, for people and results: `native/bf16`.
    fn name(&self) -> &str;

    /// Jobs it takes at once; at least 1.
    fn capacity(&self) -> usize;

    /// Takes a job, or gives it back where it is full.
    ///
    /// # Errors
    /// The job itself, where `capacity` jobs are in flight.
    #[expect(clippy::result_large_err, reason = "a box would be an allocation a frame")]
    fn submit(&mut self, job: Job) -> Result<(), Job>;

    /// The next job that is done, waiting `timeout` at most for one that runs elsewhere. `predictions` is cleared and
    /// filled where the job succeeded.
    fn next(&mut self, timeout: Duration, predictions: &mut Predictions) -> Next;
}

/// Why one frame has no predictions. The predictor itself goes on.
#[derive(Debug)]
pub struct PredictError {
    message: String,
    hint: String,
}

impl PredictError {
    /// `message` names the stage and the place.
    pub fn new(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { message: message.into(), hint: hint.into() }
    }

    /// What to do about it.
    pub fn hint(&self) -> &str {
        &self.hint
    }
}

impl fmt::Display for PredictError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for PredictError {}
