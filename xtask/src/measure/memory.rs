//! What a run costs beside time: peak memory, as the program reports it and as we see it from outside, the size of
//! the binary, and the whole way from start to end for one picture.

use std::fs;
use std::path::Path;

use serde_json::{Map, Value, json};

use super::context::Context;
use super::series::{Series, rounded};
use super::summary::SummaryFile;
use crate::error::ChoreError;

const CLIP_ROUNDS: usize = 1;
const PICTURE_ROUNDS: usize = 5;
const CLIPS: [&str; 2] = ["media/slow_traffic_small.mp4", "media/pup_sample.mp4"];
const PICTURE: &str = "media/bus.jpg";
const MODEL: &str = "models/yolov8n_640_fp32.onnx";

/// Clips for memory, one picture for time.
pub fn run(context: &Context) -> Result<Value, ChoreError> {
    let model = context.model(MODEL)?;
    let mut commands = Map::new();
    let mut clips = Map::new();
    for default in CLIPS {
        let clip = context.clip(default)?;
        let name = clip.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if clips.contains_key(&name) {
            continue; // `--clip` stands for both
        }
        let (command, figures) = clip_memory(context, &clip, &model)?;
        commands.insert(name.clone(), command);
        clips.insert(name, figures);
    }
    let picture = context.ocelli().arg("run").arg(context.asset(PICTURE)?).arg("--model").arg(&model);
    let picture = picture.args("--sink jsonl:/dev/null");
    let mut wall_ms = Series::default();
    for _ in 0..context.rounds(PICTURE_ROUNDS) {
        wall_ms.push(picture.run()?.wall_ms);
    }
    commands.insert("one_picture".to_owned(), json!(picture.line()));
    Ok(json!({
        "commands": commands,
        "clips": clips,
        "binary_bytes": binary_bytes(context.binary())?,
        "one_picture_wall_ms": wall_ms.to_json(),
    }))
}

/// The command line, and peak memory by both accounts. They should agree to a few per cent: the outer one is a lower
/// bound, the inner one is read before the end.
fn clip_memory(context: &Context, clip: &Path, model: &Path) -> Result<(Value, Value), ChoreError> {
    let summary = SummaryFile::new();
    let call = context.ocelli().arg("run").arg(clip).arg("--model").arg(model);
    let call = call.args("--sink jsonl:/dev/null --summary").arg(summary.path());
    let (mut reported, mut seen) = (Series::default(), Series::default());
    for _ in 0..context.rounds(CLIP_ROUNDS) {
        let outcome = call.run()?;
        reported.push(summary.number("peak_memory_bytes")?);
        let peak = outcome.peak_memory_bytes;
        let peak = peak.ok_or_else(|| ChoreError::new("no VmHWM in /proc", "measure memory on Linux"))?;
        seen.push(peak as f64);
    }
    let ratio = seen.median() / reported.median();
    let figures = json!({
        "reported_peak_bytes": reported.to_json(),
        "seen_peak_bytes": seen.to_json(),
        "seen_over_reported": rounded(ratio),
    });
    Ok((json!(call.line()), figures))
}

/// The release profile strips symbols, so the file is what ships.
fn binary_bytes(binary: &Path) -> Result<u64, ChoreError> {
    let metadata = fs::metadata(binary);
    let metadata =
        metadata.map_err(|error| ChoreError::new(format!("{}: {error}", binary.display()), "build it"))?;
    Ok(metadata.len())
}
