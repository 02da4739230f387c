//! `ocelli models list`: the registry, and what of it is here.

use ocelli_fetch::{Digest, FileState};
use ocelli_model::{ModelFormat, REGISTRY, RegistryEntry, Support};
use serde_json::{Value, json};

use crate::args::ModelsList;
use crate::failure::Failure;
use crate::wiring::registry::{Cached, cached, megabytes};

/// One row for each model.
pub fn run(arguments: &ModelsList) -> Result<(), Failure> {
    let rows =
        REGISTRY.iter().map(|entry| Ok((entry, cached(entry)?))).collect::<Result<Vec<_>, Failure>>()?;
    if arguments.json {
        let rows: Vec<Value> = rows.iter().map(|(entry, cached)| figures(entry, cached)).collect();
        println!("{}", Value::from(rows));
        return Ok(());
    }
    println!("{:24} {:8} {:>8}  {:12} WHERE", "NAME", "TASK", "SIZE", "LICENCE");
    for (entry, cached) in &rows {
        let place = match &cached.state {
            FileState::Whole => "cached",
            FileState::Absent => "not here",
            FileState::Damaged(_) => "damaged",
        };
        let note = match entry.support {
            Support::Runs { .. } => String::new(),
            Support::NotYet { why } => format!(" (cannot be run yet: {why})"),
        };
        let task = entry.task.to_string();
        let size = megabytes(entry.size_bytes);
        println!("{:24} {task:8} {size:>8}  {:12} {place}{note}", entry.name, entry.licence);
    }
    Ok(())
}

/// All that is known of an entry without opening its file.
pub fn figures(entry: &RegistryEntry, cached: &Cached) -> Value {
    let (runs, why_not) = match entry.support {
        Support::Runs { .. } => (true, None),
        Support::NotYet { why } => (false, Some(why)),
    };
    json!({
        "name": entry.name,
        "about": entry.about,
        "task": entry.task.to_string(),
        "format": match entry.format {
            ModelFormat::TfLite => "tflite",
            _ => "onnx",
        },
        "licence": entry.licence,
        "classes": entry.class_count,
        "size_bytes": entry.size_bytes,
        "sha256": Digest(entry.sha256).to_string(),
        "address": entry.address(),
        "runs": runs,
        "why_not": why_not,
        "state": match &cached.state {
            FileState::Whole => "cached",
            FileState::Absent => "absent",
            FileState::Damaged(_) => "damaged",
        },
        "path": cached.path.to_string_lossy(),
    })
}
