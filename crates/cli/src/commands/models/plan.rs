//! `ocelli models info --plan`: what the native engine makes of a model, step by step.

use ocelli_backend_native::{PlanReport, StepReport};
use serde_json::{Value, json};

use crate::args::ModelsInfo;
use crate::clock::MonotonicClock;
use crate::failure::Failure;
use crate::wiring::registry::LocatedModel;
use crate::wiring::{file_at, load_options, native, threads};

/// Compiles the model and prints its plan.
pub fn tell(file: &LocatedModel, arguments: &ModelsInfo) -> Result<(), Failure> {
    let model_arguments = arguments.model_arguments();
    let (clock, threads) = (MonotonicClock::start(), threads(&model_arguments));
    let timed = arguments.time.then_some((&threads, &clock as _));
    let report =
        native(&model_arguments).report(file_at(&file.path), &load_options(&model_arguments), timed)?;
    if arguments.json {
        println!("{}", figures(&report));
    } else {
        tell_words(&report);
    }
    Ok(())
}

fn tell_words(report: &PlanReport) {
    let time = report.peak_macs_per_second.map_or("", |_| "       ms   peak");
    println!("    MMAC  weights{time}  kernel            makes");
    for step in &report.steps {
        let millions = step.macs as f64 * 1e-6;
        let weights = step.weight_bytes.div_ceil(1000);
        let time = match (step.time_ns, share_of_peak(report, step)) {
            (Some(time_ns), Some(share)) => format!("{:9.3} {:5.0}%", time_ns as f64 * 1e-6, share * 100.0),
            (Some(time_ns), None) => format!("{:9.3}       ", time_ns as f64 * 1e-6),
            (None, _) => String::new(),
        };
        println!("{millions:8.1} {weights:5} kB{time}  {:16}  {} {}", step.kernel, step.made, step.node);
    }
    let (arena, scratch) = (megabytes(report.arena_bytes), megabytes(report.scratch_bytes));
    let weights = megabytes(report.steps.iter().map(|step| step.weight_bytes).sum());
    let steps = report.steps.len();
    println!(
        "{steps} steps on {}: {arena} MB of tensors, {weights} MB of weights, {scratch} MB a thread",
        report.isa
    );
    if let Some(peak) = report.peak_macs_per_second {
        let all_ms = report.steps.iter().filter_map(|step| step.time_ns).sum::<u64>() as f64 * 1e-6;
        println!("{all_ms:.2} ms in all; this machine's peak is {:.0} GMAC/s", peak * 1e-9);
    }
}

/// Products a second over the machine's peak, for steps that have any. Winograd's can be over 1: it does fewer than the
/// definition has.
fn share_of_peak(report: &PlanReport, step: &StepReport) -> Option<f64> {
    let (peak, time_ns) = (report.peak_macs_per_second?, step.time_ns?);
    (step.macs > 0 && time_ns > 0).then(|| step.macs as f64 / (time_ns as f64 * 1e-9) / peak)
}

fn megabytes(bytes: usize) -> String {
    format!("{:.1}", bytes as f64 * 1e-6)
}

fn figures(report: &PlanReport) -> Value {
    let step = |step: &StepReport| {
        json!({
            "node": step.node,
            "makes": step.made,
            "kernel": step.kernel,
            "macs": step.macs,
            "weight_bytes": step.weight_bytes,
            "time_ms": step.time_ns.map(|time_ns| time_ns as f64 * 1e-6),
            "share_of_peak": share_of_peak(report, step),
        })
    };
    json!({
        "isa": report.isa,
        "steps": report.steps.iter().map(step).collect::<Vec<_>>(),
        "arena_bytes": report.arena_bytes,
        "scratch_bytes": report.scratch_bytes,
        "peak_macs_per_second": report.peak_macs_per_second,
    })
}
