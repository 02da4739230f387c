//! `ocelli bench run`: a whole run without sinks, stage by stage.

use ocelli_pipeline::{Metrics, OnFrozen};
use ocelli_postprocess::Settings;
use ocelli_report::RunLabels;
use serde_json::{Map, Value, json};

use crate::args::{BenchRun, PlayArguments};
use crate::failure::Failure;
use crate::memory;
use crate::wiring::{Assembly, Order, failures_of, settings};

/// Runs a source through a model at full speed and tells each stage's times.
pub fn run(arguments: &BenchRun) -> Result<(), Failure> {
    let assembly = Assembly::new(Order {
        sources: std::slice::from_ref(&arguments.source),
        model: &arguments.model,
        settings: settings(&arguments.settings, Settings::default()),
        play: &PlayArguments::once(),
        on_frozen: OnFrozen::default(),
        infer_fps: None,
        pixel_sinks: 0,
        frames_watched: 0,
        quiet: arguments.json,
    })?;
    let labels = assembly.labels.clone();
    let RunLabels { model, backend, .. } = &*labels;
    let outcome = assembly.run()?;
    if let Some(failure) = Failure::several(failures_of(&outcome)) {
        return Err(failure);
    }
    let metrics = &outcome.metrics;
    if arguments.json {
        println!("{}", figures(metrics, model, backend));
    } else {
        println!("{:.2} fps over {} frames, {model} on {backend}", metrics.fps(), metrics.results());
        for (stage, times) in metrics.stages() {
            let ms = |quantile| times.value_at_quantile(quantile) as f64 * 1e-6;
            println!("{stage:>12}   p50 {:.3} ms   p99 {:.3}   max {:.3}", ms(0.5), ms(0.99), ms(1.0));
        }
    }
    Ok(())
}

/// `p50_ms` and its companions are of a frame's age: from the moment it was read to its result.
fn figures(metrics: &Metrics, model: &str, backend: &str) -> Value {
    let ms = |ns: u64| ns as f64 * 1e-6;
    let stages: Map<String, Value> = metrics
        .stages()
        .iter()
        .map(|(stage, times)| {
            let quantile = |quantile| ms(times.value_at_quantile(quantile));
            let figures = json!({
                "p50_ms": quantile(0.5), "min_ms": ms(times.min()), "p99_ms": quantile(0.99),
            });
            ((*stage).to_owned(), figures)
        })
        .collect();
    let age = metrics.age();
    json!({
        "what": "run",
        "model": model,
        "backend": backend,
        "fps": metrics.fps(),
        "runs": metrics.results(),
        "p50_ms": ms(age.value_at_quantile(0.5)),
        "min_ms": ms(age.min()),
        "p99_ms": ms(age.value_at_quantile(0.99)),
        "stages": stages,
        "peak_memory_bytes": memory::use_so_far().peak_bytes,
    })
}
