//! How much of the engine's speed is left when everything around it runs too: frames a second of the whole program,
//! times the engine's own milliseconds, is 1 where everything else is free.
//!
//! Decoding runs beside inference on the same cores, so a ratio of 1 is out of reach on a full machine.

use serde_json::{Value, json};

use super::MeasureError;
use super::context::Context;
use super::series::Series;
use super::summary::SummaryFile;

const ROUNDS: usize = 3;
const CLIP: &str = "media/slow_traffic_small.mp4";
const MODEL: &str = "models/yolov8n_640_fp32.onnx";

/// Alternates the whole program and the engine alone.
pub fn run(context: &Context) -> Result<Value, MeasureError> {
    let summary = SummaryFile::new();
    let model = context.model(MODEL)?;
    let clip = context.clip(CLIP)?;
    let program = context.ocelli().arg("run").arg(clip).arg("--model").arg(&model);
    let program = program.args("--sink jsonl:/dev/null --summary").arg(summary.path());
    let engine = context.ocelli().args("bench engine --model").arg(&model);
    let engine = engine.args("--backend rten --threads 2 --json");

    let (mut fps, mut engine_ms, mut ratio) = (Series::default(), Series::default(), Series::default());
    for _ in 0..context.rounds(ROUNDS) {
        program.run()?;
        let fps_now = summary.number("fps")?;
        let engine_ms_now = engine.run_number("p50_ms")?;
        fps.push(fps_now);
        engine_ms.push(engine_ms_now);
        ratio.push(fps_now * engine_ms_now / 1000.0);
    }
    Ok(json!({
        "commands": { "program": program.line(), "engine": engine.line() },
        "program_fps": fps.to_json(),
        "engine_p50_ms": engine_ms.to_json(),
        "program_fps_x_engine_p50_s": ratio.to_json(),
    }))
}
