//! The seam to whatever consumes results.

use std::fmt;
use std::sync::Arc;

use ocelli_frame::{Frame, FrameResult};

/// What a sink wants of the results.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Demand {
    /// Every result, in order. At pace `max` it holds the source back; live, what it has no room for counts as
    /// `dropped{sink}`.
    Every,
    /// The newest result; older ones count as `dropped{superseded}`.
    Newest,
}

/// One result on its way to one sink.
#[derive(Debug)]
pub struct Delivery {
    /// Everything but the pixels.
    pub result: Arc<FrameResult>,
    /// The very frame that the predictions were computed from, for sinks that want pixels.
    pub frame: Option<Frame>,
}

/// Something that takes results. Lives on a thread of its own.
pub trait Sink: Send {
    /// What it is called in the account: the text it was made from.
    fn name(&self) -> &str;

    /// Which results it wants, and whether with their pixels. Asked once, before the first frame.
    fn demand(&self) -> (Demand, bool);

    /// Takes one result. Results are used again: a sink that wants to keep one copies what is in it. The pipeline counts
    /// on every `Arc` of it being gone when this returns.
    ///
    /// # Errors
    /// The sink gets nothing more; the run goes on without it and ends with this error.
    fn write(&mut self, delivery: &Delivery) -> Result<(), SinkError>;

    /// The run is over: write what is left and close. Called once, also after an error of `write`.
    ///
    /// # Errors
    /// Where what was written may be incomplete.
    fn finish(&mut self) -> Result<(), SinkError>;
}

/// What went wrong with a sink, where, and what to do about it.
#[derive(Debug)]
pub struct SinkError {
    message: String,
    hint: String,
}

impl SinkError {
    /// `message` names the place (`out.jsonl: line 12: …`); `hint` is what to do, in a few words.
    pub fn new(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { message: message.into(), hint: hint.into() }
    }

    /// What to do about it.
    pub fn hint(&self) -> &str {
        &self.hint
    }
}

impl fmt::Display for SinkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for SinkError {}
