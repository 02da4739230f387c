//! Which engine runs a model, and what it makes of it.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use crate::binary::{assert_fails, assert_ok, json, json_lines, ocelli, quick_model, stderr, write_model};
use ocelli_testkit::onnx::{Attribute, Axis, FLOAT, constant_detector};
use ocelli_testkit::{OnnxModel, TestFolder, program};
use serde_json::Value;

const SCENE: &str = "synthetic:?frames=2&size=64x64";

/// A detector with an operator that rten has and the native engine lacks.
fn triangular_model(folder: &TestFolder) -> String {
    use Axis::Fixed;
    let picture = [Fixed(1), Fixed(3), Fixed(64), Fixed(64)];
    let model = OnnxModel::new(14)
        .input("images", FLOAT, &picture)
        .output("output0", FLOAT, &[Fixed(1), Fixed(6), Fixed(84)])
        .floats("zero", &[1], &[0.0])
        .floats("head", &[1, 6, 84], &[0.0; 6 * 84])
        .node("GlobalAveragePool", &["images"], "mean", &[])
        .node("ReduceMax", &["mean"], "brightest", &[("keepdims", Attribute::Int(0))])
        .node("Mul", &["brightest", "zero"], "nothing", &[])
        .node("Add", &["head", "nothing"], "sum", &[])
        .node("Trilu", &["sum"], "output0", &[]);
    write_model(folder, "triangular.onnx", &model)
}

#[test]
fn the_native_engine_is_the_one_that_runs_unless_another_is_asked_for() {
    let folder = TestFolder::new("engines");
    let model = quick_model(&folder);
    for (backend, ran) in
        [(&[] as &[&str], "native"), (&["--backend", "rten"], "rten"), (&["--backend", "auto"], "native")]
    {
        let run = ["run", SCENE, "--model", &model, "--quiet", "--sink", "jsonl:out.jsonl"];
        let output = ocelli(folder.path(), run.iter().chain(backend));
        assert_ok(&output);
        assert!(!stderr(&output).contains("note:"), "{}", stderr(&output));
        let lines = json_lines(&folder.join("out.jsonl"));
        assert_eq!(lines.len(), 2);
        assert!(lines.iter().all(|line| line["backend"] == ran), "{backend:?}: {lines:?}");
    }
}

#[test]
fn an_operator_that_is_lacking_is_an_error_and_with_auto_an_event() {
    let folder = TestFolder::new("engines");
    let model = triangular_model(&folder);
    let run = ["run", SCENE, "--model", &model, "--quiet", "--sink", "jsonl:out.jsonl"];
    let refused = ocelli(folder.path(), run);
    assert_fails(&refused, 1, &["triangular.onnx", "Trilu"]);

    let output = ocelli(folder.path(), run.iter().chain(&["--backend", "auto", "--summary", "summary.json"]));
    assert_ok(&output);
    let summary = json(&folder.join("summary.json"));
    assert_eq!(summary["backend"], "rten");
    let events = summary["events"].to_string();
    assert!(events.contains("Trilu") && events.contains("rten"), "{events}");
    assert!(stderr(&output).contains("Trilu"), "{}", stderr(&output));
}

#[test]
fn a_plan_is_told_step_by_step() {
    let folder = TestFolder::new("engines");
    let model = quick_model(&folder);
    let output = ocelli(folder.path(), ["models", "info", &model, "--plan", "--time", "--json"]);
    assert_ok(&output);
    let plan: Value = serde_json::from_slice(&output.stdout).expect("JSON on stdout");
    let steps = plan["steps"].as_array().expect("steps");
    assert!(
        steps.iter().any(|step| step["makes"].as_str().is_some_and(|made| made.contains("[1, 6, 84]"))),
        "{plan}"
    );
    assert!(steps.iter().all(|step| step["time_ms"].is_f64()), "{plan}");
    assert!(plan["peak_macs_per_second"].as_f64().is_some_and(|peak| peak > 0.0), "{plan}");

    let output = ocelli(folder.path(), ["models", "info", &model, "--plan"]);
    assert_ok(&output);
    let words = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(words.contains("MB of tensors") && words.contains("[1, 6, 84]"), "{words}");
}

#[test]
fn a_model_without_a_card_can_be_timed() {
    let folder = TestFolder::new("engines");
    let model = constant_detector(64, 6, |_, _| 0.5);
    let model = write_model(&folder, "timed.onnx", &model);
    for winograd in ["0", "32"] {
        let bench = ["bench", "engine", "--model", &model, "--runs", "3", "--json", "--winograd", winograd];
        let output = ocelli(folder.path(), bench);
        assert_ok(&output);
        let figures: Value = serde_json::from_slice(&output.stdout).expect("JSON on stdout");
        assert_eq!((&figures["backend"], &figures["model"]), (&"native".into(), &"timed".into()));
    }
}

/// How often a benchmark of so many inferences makes each system call, on all its threads.
fn system_calls(strace: &Path, threads: u32, runs: u32) -> BTreeMap<String, u32> {
    let folder = TestFolder::new("engines");
    let log = folder.join("calls");
    let output = Command::new(strace)
        .args(["-f", "-qq", "-o"])
        .arg(&log)
        .arg(env!("CARGO_BIN_EXE_ocelli"))
        .args(["bench", "engine", "--model", "embedded:scene", "--json"])
        .args(["--threads", &threads.to_string(), "--runs", &runs.to_string()])
        .output()
        .expect("strace starts");
    assert_ok(&output);
    let log = std::fs::read_to_string(&log).expect("a log of calls");
    let mut calls = BTreeMap::new();
    // `4711 futex(0x…`, and `4711 <... futex resumed>` for the end of a call whose beginning has been told.
    let begun = log.lines().filter_map(|line| line.split_once(' ')).map(|(_, call)| call.trim_start());
    for (name, _) in begun.filter(|call| !call.starts_with("<...")).filter_map(|call| call.split_once('(')) {
        *calls.entry(name.to_owned()).or_default() += 1;
    }
    calls
}

/// Where another program has one's core, two threads wait for each other by `futex`, and one that finds the other on its
/// core leaves it: no test can rule that out.
#[test]
fn inferences_back_to_back_ask_the_system_for_nothing() {
    let Some(strace) = program("strace") else { return };
    let [few, many] = [20, 220].map(|runs| system_calls(&strace, 1, runs));
    assert!(few.contains_key("execve") && few.contains_key("mmap"), "strace sees the start: {few:?}");
    assert_no_call_is_an_inferences(&few, &many, "one thread");
    let [few, many] = [20, 220].map(|runs| {
        let mut calls = system_calls(&strace, 2, runs);
        for waits in ["futex", "sched_getaffinity", "sched_setaffinity"] {
            calls.remove(waits);
        }
        calls
    });
    assert_no_call_is_an_inferences(&few, &many, "two threads");
}

/// Where memory happens to lie decides about a call more or less at the start and the end; two hundred inferences more would
/// make two hundred.
fn assert_no_call_is_an_inferences(few: &BTreeMap<String, u32>, many: &BTreeMap<String, u32>, of: &str) {
    for (name, count) in many {
        let before = few.get(name).copied().unwrap_or_default();
        assert!(count.abs_diff(before) <= 3, "{of}: {name}, {before} and then {count}\n{few:?}\n{many:?}");
    }
}
