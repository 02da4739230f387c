//! What became of a run.

use ocelli_capture::SourceError;
use ocelli_frame::{Counts, SourceTotals};
use ocelli_predict::PredictError;

use crate::{Metrics, SinkError};

/// One source's end.
#[derive(Debug)]
pub struct SourceOutcome {
    /// Its name.
    pub name: String,
    /// Its account: what was captured, and what became of it.
    pub counts: Counts,
    /// What it did beside.
    pub totals: SourceTotals,
    /// What ended it early.
    pub error: Option<SourceError>,
}

/// One sink's end.
#[derive(Debug)]
pub struct SinkOutcome {
    /// Its name.
    pub name: String,
    /// Its account: results offered, and what became of them.
    pub counts: Counts,
    /// What ended it early.
    pub error: Option<SinkError>,
}

/// What became of a run.
#[derive(Debug)]
pub struct RunOutcome {
    /// In the order of the sources.
    pub sources: Vec<SourceOutcome>,
    /// In the order of the sinks.
    pub sinks: Vec<SinkOutcome>,
    /// Stage times and ages.
    pub metrics: Metrics,
    /// From the first thread's start to the last one's end.
    pub wall_ns: u64,
    /// The first frame's error of the predictor; the account says how many there were.
    pub predict_error: Option<PredictError>,
    /// Threads that panicked: name and message.
    pub panicked: Vec<(String, String)>,
    /// Whether somebody asked the run to end.
    pub stopped: bool,
}

impl RunOutcome {
    /// Whether everything that was begun ended well. A run that was asked to end is a success.
    pub fn is_success(&self) -> bool {
        self.panicked.is_empty()
            && self.predict_error.is_none()
            && self.sources.iter().all(|source| source.error.is_none())
            && self.sinks.iter().all(|sink| sink.error.is_none())
    }
}
