//! How much of the engine's rate is left when everything around it runs too: the whole program's frames a second over
//! what the engine alone does on the clip's first tensor.
//!
//! Decoding runs beside inference on the same cores, so a ratio of 1 is out of reach on a full machine. The machine may
//! be another one from one half minute to the next: the engine runs before and after the program, together as long as it.

use serde_json::{Value, json};

use super::context::Context;
use super::series::Series;
use super::summary::SummaryFile;
use crate::error::ChoreError;

const ROUNDS: usize = 5;
/// Inferences of the engine alone, before and after each run of the program: half of the clip's frames.
const ENGINE_RUNS: &str = "456";
const CLIP: &str = "media/slow_traffic_small.mp4";
const MODEL: &str = "models/yolov8n_640_fp32.onnx";

/// Alternates the whole program and the engine alone; a run is held against the two around it.
pub fn run(context: &Context) -> Result<Value, ChoreError> {
    let summary = SummaryFile::new();
    let model = context.model(MODEL)?;
    let clip = context.clip(CLIP)?;
    let program = context.ocelli().arg("run").arg(&clip).arg("--model").arg(&model);
    let program = program.args("--sink jsonl:/dev/null --summary").arg(summary.path());
    let engine = context.ocelli().args("bench engine --model").arg(&model).arg("--source").arg(&clip);
    let engine = engine.args("--threads 2 --json --runs").arg(ENGINE_RUNS);

    let (mut program_fps, mut engine_fps, mut ratio) =
        (Series::default(), Series::default(), Series::default());
    let mut before_ms = engine.run_number("mean_ms")?;
    for _ in 0..context.rounds(ROUNDS) {
        program.run()?;
        let after_ms = engine.run_number("mean_ms")?;
        let (program_fps_now, engine_fps_now) = (summary.number("fps")?, 2000.0 / (before_ms + after_ms));
        program_fps.push(program_fps_now);
        engine_fps.push(engine_fps_now);
        ratio.push(program_fps_now / engine_fps_now);
        before_ms = after_ms;
    }
    Ok(json!({
        "commands": { "program": program.line(), "engine": engine.line() },
        "program_fps": program_fps.to_json(),
        "engine_fps": engine_fps.to_json(),
        "program_over_engine": ratio.to_json(),
    }))
}
