//! One inference of ours against the best runtimes there are, at f32: OpenVINO and ONNX Runtime, alternated.

use std::process::{Child, Command, Stdio};

use serde_json::{Map, Value, json};

use super::child::Invocation;
use super::context::Context;
use super::series::{Series, rounded};
use crate::error::ChoreError;

const ROUNDS: usize = 3;
const PEER: &str = "bench/engine_peer.py";
const PEERS: [&str; 2] = ["openvino", "onnxruntime"];
const PEER_HINT: &str = "set OCELLI_PYTHON to a Python with openvino, onnxruntime and numpy";

/// Inferences of one figure of evenness, and of one turn.
const JITTER_RUNS: u32 = 1000;
const TURN: u32 = 50;

/// Models, and how often each is run for one figure: about a second and a half.
const MODELS: [(&str, u32); 7] = [
    ("yolov8n_640_fp32", 40),
    ("yolov8n_320_fp32", 120),
    ("yolov8n-pose_640_fp32", 40),
    ("yolov8n-seg_320_fp32", 120),
    ("yolox_nano_416_fp32", 200),
    ("mobilenet_v2_224_fp32", 300),
    ("movenet_lightning_192_fp32", 300),
];

/// Alternates us and the peers on each model, with two threads and with one.
pub fn run(context: &Context) -> Result<Value, ChoreError> {
    let mut models = Map::new();
    let mut commands = Map::new();
    let named = context.named_model();
    let all = MODELS.iter().map(|&(name, runs)| Ok((context.asset(&format!("models/{name}.onnx"))?, runs)));
    let chosen = match named {
        Some(path) => vec![(path, 40)],
        None => all.collect::<Result<Vec<_>, ChoreError>>()?,
    };
    for (path, runs) in chosen {
        let name = path.file_stem().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        let mut threads_figures = Map::new();
        for threads in ["2", "1"] {
            let sides = sides(context, &path.to_string_lossy(), threads, runs);
            if threads == "2" {
                let lines: Vec<_> = sides.iter().map(|(_, call)| call.line()).collect();
                commands.insert(name.clone(), json!(lines));
            }
            let key = if threads == "1" { "one_thread" } else { "two_threads" };
            threads_figures.insert(key.to_owned(), alternate(context, &sides, "p50_ms")?);
        }
        models.insert(name, Value::Object(threads_figures));
    }
    Ok(json!({ "commands": commands, "models": models }))
}

/// How even the times are: the 99th of a hundred over the middle one, of 1000 inferences. The two take turns of
/// [`TURN`] inferences, as the machine is another one from minute to minute.
pub fn jitter(context: &Context) -> Result<Value, ChoreError> {
    let path = context.model("models/yolov8n_640_fp32.onnx")?;
    let sides = sides(context, &path.to_string_lossy(), "2", TURN);
    let mut figures: Vec<_> = sides.iter().take(2).map(|side| (side, <[Series; 3]>::default())).collect();
    for _ in 0..context.rounds(ROUNDS) {
        let mut times = vec![Series::default(); figures.len()];
        for _ in 0..JITTER_RUNS / TURN {
            for (((_, call), _), times) in figures.iter().zip(&mut times) {
                let answer = call.run_json().map_err(|error| error.with_hint(PEER_HINT))?;
                call.numbers(&answer, "times_ms")?.into_iter().for_each(|time| times.push(time));
            }
        }
        for ((_, [p50, p99, ratio]), times) in figures.iter_mut().zip(&times) {
            p50.push(times.quantile(0.5));
            p99.push(times.quantile(0.99));
            ratio.push(times.quantile(0.99) / times.quantile(0.5));
        }
    }
    let told = figures.into_iter().map(|((name, call), [p50, p99, ratio])| {
        let [p50, p99, ratio] = [p50, p99, ratio].map(|series| series.to_json());
        let figure = json!({ "command": call.line(), "p50_ms": p50, "p99_ms": p99, "p99_over_p50": ratio });
        ((*name).to_owned(), figure)
    });
    Ok(Value::Object(told.collect()))
}

/// What a program that never stops takes from an inference: the median and the 99th of a hundred, with such a program and
/// without, of each side.
pub fn beside_hog(context: &Context) -> Result<Value, ChoreError> {
    let path = context.model("models/yolov8n_640_fp32.onnx")?;
    let sides = sides(context, &path.to_string_lossy(), "2", 100);
    let mut figures = Map::new();
    let mut slower: Vec<_> = sides.iter().map(|_| [Series::default(), Series::default()]).collect();
    for _ in 0..context.rounds(ROUNDS) {
        for ((_, call), series) in sides.iter().zip(&mut slower) {
            let told = |answer: Result<Value, ChoreError>| answer.map_err(|error| error.with_hint(PEER_HINT));
            let alone = told(call.run_json())?;
            let hog = Hog::start()?;
            let beside = told(call.run_json())?;
            drop(hog);
            for (field, series) in ["p50_ms", "p99_ms"].into_iter().zip(series) {
                series.push(call.number(&beside, field)? / call.number(&alone, field)?);
            }
        }
    }
    for ((name, call), [p50, p99]) in sides.iter().zip(&slower) {
        let figure = json!({ "command": call.line(), "p50_over_alone": p50.to_json(), "p99_over_alone": p99.to_json() });
        figures.insert((*name).to_owned(), figure);
    }
    Ok(Value::Object(figures))
}

/// A program of one thread that wants a core for itself, until it is dropped.
struct Hog(Child);

impl Hog {
    fn start() -> Result<Self, ChoreError> {
        let hog = Command::new("sh").args(["-c", "while :; do :; done"]).stdin(Stdio::null()).spawn();
        hog.map(Self).map_err(|error| ChoreError::new(format!("sh: {error}"), "is there a shell?"))
    }
}

impl Drop for Hog {
    fn drop(&mut self) {
        // It may be gone already: then there is nothing to end.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Ours first, then the peers.
fn sides(context: &Context, model: &str, threads: &str, runs: u32) -> Vec<(&'static str, Invocation)> {
    let ours = context.ocelli().args("bench engine --model").arg(model);
    let ours = ours.args("--json --threads").arg(threads).arg("--runs").arg(runs.to_string());
    let peer = |peer: &'static str| {
        let call = context.python(PEER).arg("--peer").arg(peer).arg("--model").arg(model);
        (peer, call.arg("--threads").arg(threads).arg("--runs").arg(runs.to_string()))
    };
    std::iter::once(("ocelli", ours)).chain(PEERS.map(peer)).collect()
}

/// One figure of each side, round by round, and ours over each peer's.
fn alternate(
    context: &Context,
    sides: &[(&'static str, Invocation)],
    field: &str,
) -> Result<Value, ChoreError> {
    let mut series: Vec<_> = sides.iter().map(|_| Series::default()).collect();
    for _ in 0..context.rounds(ROUNDS) {
        for ((_, call), series) in sides.iter().zip(&mut series) {
            series.push(call.run_number(field).map_err(|error| error.with_hint(PEER_HINT))?);
        }
    }
    let mut figures = Map::new();
    let ours = series[0].median();
    for ((name, _), series) in sides.iter().zip(&series) {
        figures.insert((*name).to_owned(), series.to_json());
        if *name != "ocelli" {
            figures.insert(format!("ocelli_over_{name}"), json!(rounded(ours / series.median())));
        }
    }
    Ok(Value::Object(figures))
}
