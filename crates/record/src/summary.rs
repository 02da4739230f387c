//! The summary of a run: from the pipeline's outcome to its plain form, and to a file.

use ocelli_pipeline::{RunOutcome, SinkError};
use ocelli_report::{MemoryUse, NamedCounts, Quantiles, RunLabels, StageQuantiles, Summary};

use crate::Destination;
use crate::output::{open_error, write_error};
use crate::replace::Replacement;

/// What a run came to. Sources are called what `labels` call them, which is what their results say.
pub fn summary_of(outcome: &RunOutcome, labels: &RunLabels, memory: MemoryUse) -> Summary {
    let metrics = &outcome.metrics;
    let stages = metrics.stages().iter().map(|(stage, times)| StageQuantiles {
        stage: (*stage).to_owned(),
        quantiles: Quantiles::from_ns(|quantile| times.value_at_quantile(quantile)),
    });
    let sources = outcome.sources.iter().enumerate();
    Summary {
        sources: NamedCounts::of_sources(sources.map(|(index, source)| {
            let name = labels.sources.get(index).unwrap_or(&source.name);
            (name.clone(), source.counts, source.totals)
        })),
        sinks: NamedCounts::of(outcome.sinks.iter().map(|sink| (sink.name.clone(), sink.counts))),
        fps: metrics.fps(),
        wall_s: outcome.wall_ns as f64 * 1e-9,
        stages: stages.collect(),
        age: Quantiles::from_ns(|quantile| metrics.age().value_at_quantile(quantile)),
        invalid: metrics.invalid(),
        backend: labels.backend.clone(),
        model: labels.model.clone(),
        memory,
        events: Vec::new(),
        errors: errors_of(outcome),
        stopped: outcome.stopped,
    }
}

/// Everything that went wrong, each with what to do about it: sources, predictor, sinks, threads.
fn errors_of(outcome: &RunOutcome) -> Vec<String> {
    let with_hint = |message: String, hint: &str| format!("{message} (hint: {hint})");
    let sources = outcome.sources.iter().filter_map(|source| source.error.as_ref());
    let sinks = outcome.sinks.iter().filter_map(|sink| sink.error.as_ref());
    let panicked = outcome.panicked.iter();
    (sources.map(|error| with_hint(error.to_string(), error.hint())))
        .chain(outcome.predict_error.iter().map(|error| with_hint(error.to_string(), error.hint())))
        .chain(sinks.map(|error| with_hint(error.to_string(), error.hint())))
        .chain(panicked.map(|(thread, message)| format!("thread {thread:?} panicked: {message}")))
        .collect()
}

/// Writes the summary's JSON, all at once: a reader sees the older file or the whole new one.
///
/// # Errors
/// Where the place cannot be written to; an older file is still as it was.
pub fn write_summary(destination: &Destination, summary: &Summary) -> Result<(), SinkError> {
    let mut replacement =
        Replacement::create(destination).map_err(|error| open_error(destination, &error))?;
    (replacement.write_all(&summary.to_json()).and_then(|()| replacement.commit()))
        .map_err(|error| write_error(destination, "the summary", &error))
}
