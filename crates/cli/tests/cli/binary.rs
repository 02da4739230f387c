//! The binary, run as a person would run it.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Child, Command, Output};
use std::time::Duration;

use ocelli_testkit::onnx::constant_detector;
use ocelli_testkit::{OnnxModel, TestFolder};
use serde_json::Value;

/// `ocelli` with these arguments, in `folder`.
pub fn ocelli<I, S>(folder: &Path, arguments: I) -> Output
where
    I: IntoIterator<Item = S>,
    S: AsRef<OsStr>,
{
    command(folder).args(arguments).output().expect("the binary starts")
}

/// The same, not started yet.
pub fn command(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ocelli"));
    command.current_dir(folder).env_remove("OCELLI_ISA");
    command
}

/// What the binary said on stderr.
pub fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Panics unless the run went well.
#[track_caller]
pub fn assert_ok(output: &Output) {
    assert!(output.status.success(), "{:?}: {}", output.status, stderr(output));
}

/// Panics unless the run failed with this exit code, and its last two lines are an error that holds every one of
/// `words` and a hint.
#[track_caller]
pub fn assert_fails(output: &Output, code: i32, words: &[&str]) {
    let said = stderr(output);
    assert_eq!(output.status.code(), Some(code), "{said}");
    let lines: Vec<_> = said.lines().collect();
    let [.., error, hint] = lines.as_slice() else { panic!("fewer than two lines: {said}") };
    assert!(error.starts_with("error: "), "{said}");
    assert!(hint.starts_with("hint: ") && hint.len() > "hint: ".len(), "{said}");
    for word in words {
        assert!(error.contains(word), "{word:?} is missing in: {error}");
    }
}

/// Waits until a file has this many lines.
#[track_caller]
pub fn wait_for_lines(path: &Path, lines: usize) {
    let has_them = || std::fs::read_to_string(path).is_ok_and(|text| text.lines().count() >= lines);
    let is_there = (0..6_000).any(|_| {
        std::thread::sleep(Duration::from_millis(10));
        has_them()
    });
    assert!(is_there, "{}: not {lines} lines in a minute", path.display());
}

/// Sends a signal, by its name without SIG.
#[track_caller]
pub fn send_signal(child: &Child, name: &str) {
    let status = Command::new("kill").arg(format!("-{name}")).arg(child.id().to_string()).status();
    assert!(status.expect("kill starts").success(), "{name}");
}

/// The lines of a JSONL file.
#[track_caller]
pub fn json_lines(path: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).expect("a file of results");
    assert!(text.is_empty() || text.ends_with('\n'), "the last line is torn");
    text.lines().map(|line| serde_json::from_str(line).expect("a line is JSON")).collect()
}

/// A JSON file.
#[track_caller]
pub fn json(path: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path).expect("a JSON file")).expect("JSON")
}

/// A model of two classes that answers at once: at 64x64, one box of class 1, 0.9, from (16, 16) to (48, 48).
pub fn quick_model(folder: &TestFolder) -> String {
    write_model(
        folder,
        "quick.onnx",
        &constant_detector(64, 6, |row, anchor| match (row, anchor) {
            (0 | 1, 0) => 32.0,
            (2 | 3, 0) => 32.0,
            (5, 0) => 0.9,
            _ => 0.0,
        }),
    )
}

/// Writes a model and returns its path as text.
pub fn write_model(folder: &TestFolder, name: &str, model: &OnnxModel) -> String {
    model.write(folder.path(), name).to_str().expect("a path in ASCII").to_owned()
}
