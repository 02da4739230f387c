//! Whole programs over the same clip, with the same model, every frame inferred: ours and its peers in turn.
//!
//! All are seen from outside: frames over the wall time of the whole command, loading included. A peer that is not
//! installed is left out and named; figures of one that is are never carried over from another day.

mod report;

use std::env;
use std::path::Path;

use serde_json::{Map, Value, json};

use super::child::{Invocation, Outcome};
use super::context::Context;
use super::series::{Series, rounded};
use super::summary::SummaryFile;
use crate::error::ChoreError;

const ROUNDS: usize = 3;
const CLIP: &str = "media/slow_traffic_small.mp4";
const MODEL: &str = "models/yolov8n_640_fp32.onnx";
const PYTHON_PEER: &str = "bench/compare/ultralytics_program.py";
/// Where the peer in Rust is, unless it is on the PATH.
const RUST_PEER: &str = "OCELLI_ULTRALYTICS_INFERENCE";

/// A program and what its runs came to.
struct Program {
    name: &'static str,
    call: Invocation,
    fps: Series,
    /// Ours over this one's, round by round.
    ratio: Series,
    peak_memory_bytes: u64,
    /// Why it is left out.
    absent: Option<String>,
}

impl Program {
    fn new(name: &'static str, call: Invocation) -> Self {
        let (fps, ratio) = (Series::default(), Series::default());
        Self { name, call, fps, ratio, peak_memory_bytes: 0, absent: None }
    }

    fn record(&mut self, outcome: &Outcome, frames: f64) -> f64 {
        let fps = frames / outcome.wall_ms * 1e3;
        self.fps.push(fps);
        self.peak_memory_bytes = self.peak_memory_bytes.max(outcome.peak_memory_bytes.unwrap_or(0));
        fps
    }

    fn to_json(&self) -> Value {
        if let Some(reason) = &self.absent {
            return json!({ "command": self.call.line(), "absent": reason });
        }
        json!({
            "command": self.call.line(),
            "fps": self.fps.to_json(),
            "ours_over_it": self.ratio.to_json(),
            "peak_memory_mb": rounded(self.peak_memory_bytes as f64 / 1e6),
        })
    }
}

/// Alternates all programs, and writes a table and a plot where the command line asks for them.
pub fn run(context: &Context) -> Result<Value, ChoreError> {
    let summary = SummaryFile::new();
    let (clip, model) = (context.clip(CLIP)?, context.model(MODEL)?);
    let ours = context.ocelli().arg("run").arg(&clip).arg("--model").arg(&model);
    let mut ours =
        Program::new("ocelli", ours.args("--sink jsonl:/dev/null --quiet --summary").arg(summary.path()));
    let mut peers = peers(context, &clip, &model);
    for _ in 0..context.rounds(ROUNDS) {
        let outcome = ours.call.run()?;
        let frames = summary.results()?;
        let fps = ours.record(&outcome, frames);
        ours.ratio.push(1.0);
        for peer in peers.iter_mut().filter(|peer| peer.absent.is_none()) {
            match peer.call.run() {
                Ok(outcome) => {
                    let its_fps = peer.record(&outcome, frames);
                    peer.ratio.push(fps / its_fps);
                }
                Err(error) => {
                    eprintln!("left out: {}", error.message);
                    peer.absent = Some(error.message);
                }
            }
        }
    }
    let programs: Map<String, Value> = std::iter::once(&ours)
        .chain(&peers)
        .map(|program| (program.name.to_owned(), program.to_json()))
        .collect();
    let figures = json!({ "clip": name_of(&clip), "model": name_of(&model), "programs": programs });
    if let Some(folder) = context.report() {
        report::write(&figures, folder)?;
    }
    Ok(figures)
}

fn peers(context: &Context, clip: &Path, model: &Path) -> Vec<Program> {
    let rust_peer = env::var(RUST_PEER).unwrap_or_else(|_| "ultralytics-inference".to_owned());
    let rust_peer =
        Invocation::new(rust_peer).args("predict --save false --rect false --verbose false --model");
    vec![
        Program::new(
            "ultralytics-inference",
            rust_peer.arg(model).arg("--source").arg(clip).within(context.root()),
        ),
        Program::new("ultralytics-python", context.python(PYTHON_PEER).arg(clip).arg(model)),
    ]
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
