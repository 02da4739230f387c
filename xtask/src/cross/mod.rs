//! `cargo xtask cross`: the binary for 64-bit Arm, its size, and the tests of the way of a frame in an emulator.
//!
//! What it tells about: that the code builds, computes the same and finds what is there. What it does not: speed. An
//! emulator's milliseconds are nobody's.

mod host;
mod plan;
mod tools;

use std::io::{self, BufRead, BufReader};
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;
use std::{env, fs};

use serde_json::{Value, json};

use self::host::ThisMachine;
use self::plan::{Call, Places};
use self::tools::Tools;
use crate::error::ChoreError;
use crate::places::target_folder;

/// What we build for.
const TARGET: &str = "aarch64-unknown-linux-gnu";

/// The version of the JSON, its `v`.
const VERSION: u32 = 1;

/// How far to go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Depth {
    /// Build the binary; nothing of the target runs.
    Build,
    /// Run the tests and the demo too.
    #[default]
    BuildAndRun,
}

impl Depth {
    /// The profile to build with: what is handed out is the release; what is tested does without the optimisation at
    /// link time, so that each dependency is compiled once and each test is linked at once.
    fn profile(self) -> &'static str {
        match self {
            Self::Build => "release",
            Self::BuildAndRun => "cross",
        }
    }
}

/// What stdout holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Output {
    /// One line for people.
    #[default]
    Words,
    /// One JSON object.
    Json,
}

/// What the command line asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// How far to go.
    pub depth: Depth,
    /// What stdout holds.
    pub output: Output,
}

impl Options {
    /// From the words behind `cross`.
    ///
    /// # Errors
    /// A word that is no option of ours.
    pub fn parse(words: &[&str]) -> Result<Self, String> {
        let mut options = Self::default();
        for &word in words {
            match word {
                "--no-run" => options.depth = Depth::Build,
                "--json" => options.output = Output::Json,
                _ => return Err(format!("cross does not know `{word}`")),
            }
        }
        Ok(options)
    }
}

/// Builds in the checkout at `root`, runs what is to be run, and tells.
pub fn run(root: &Path, options: Options) -> ExitCode {
    match cross(root, options.depth) {
        Ok(figures) => {
            match options.output {
                Output::Words => println!("{}", words(&figures)),
                Output::Json => println!("{figures:#}"),
            }
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn cross(root: &Path, depth: Depth) -> Result<Value, ChoreError> {
    let tools = Tools::find(&ThisMachine, depth, env!("CARGO_PKG_RUST_VERSION"))?;
    let cargo = env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let places = Places::below(&target_folder(root), depth.profile());

    let built = perform(&plan::build(&cargo, &tools, depth.profile()), root)?;
    let mut figures = json!({
        "v": VERSION,
        "target": TARGET,
        "rustc": tools.release,
        "profile": depth.profile(),
        "binary": places.binary().display().to_string(),
        "bytes": size_of(&places.binary())?,
        "seconds": { "build": built.seconds },
    });
    if let Some(runner) = &tools.runner {
        let tested = perform(&plan::tests(&cargo, &tools, depth.profile()), root)?;
        let shown = perform(&plan::demo(runner, &places), root)?;
        let demo = demo_figures(&places.demo_figures())?;
        figures["tests"] = json!({ "passed": tested.tests_passed, "packages": plan::PACKAGES });
        figures["demo"] = json!({
            "frames": demo["frames"],
            "precision": demo["precision"],
            "recall": demo["recall"],
        });
        figures["seconds"]["tests"] = json!(tested.seconds);
        figures["seconds"]["demo"] = json!(shown.seconds);
    }
    Ok(figures)
}

/// For people, one line.
fn words(figures: &Value) -> String {
    let Value::String(binary) = &figures["binary"] else { return figures.to_string() };
    let size =
        format!("{binary}: {} bytes, stripped, by rustc {}", figures["bytes"], word(&figures["rustc"]));
    let (tests, demo) = (&figures["tests"], &figures["demo"]);
    if tests.is_null() {
        return format!("{size}; nothing was run");
    }
    format!(
        "{size}; {} tests passed, the demo has precision {} and recall {} over {} frames",
        tests["passed"], demo["precision"], demo["recall"], demo["frames"]
    )
}

fn word(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn size_of(binary: &Path) -> Result<u64, ChoreError> {
    fs::metadata(binary).map(|metadata| metadata.len()).map_err(|error| {
        ChoreError::new(
            format!("{}: {error}", binary.display()),
            "the build ended well, so cargo has put it elsewhere: is build.target-dir set in a config file?",
        )
    })
}

fn demo_figures(path: &Path) -> Result<Value, ChoreError> {
    let text = fs::read_to_string(path).map_err(|error| error.to_string());
    let figures = text.and_then(|text| serde_json::from_str(&text).map_err(|error| error.to_string()));
    figures.map_err(|error| {
        ChoreError::new(format!("{}: {error}", path.display()), "run the demo by hand: its line is above")
    })
}

/// What a call came to.
struct Performed {
    seconds: u64,
    tests_passed: u64,
}

/// Runs a call to its end. What it says goes to stderr as it comes.
fn perform(call: &Call, root: &Path) -> Result<Performed, ChoreError> {
    eprintln!("$ {}", call.line());
    let start = now();
    let failed = |reason: String| {
        let line = call.words.join(" ");
        ChoreError::new(format!("{line}: {reason}"), "what it said is above; its whole line begins with `$`")
    };
    let mut child = Command::new(&call.words[0])
        .args(&call.words[1..])
        .envs(call.environment.iter().map(|(name, value)| (name, value)))
        .current_dir(root)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| failed(error.to_string()))?;
    let mut tests_passed = 0;
    if let Some(stdout) = child.stdout.take() {
        tests_passed = echo(BufReader::new(stdout)).map_err(|error| failed(error.to_string()))?;
    }
    let status = child.wait().map_err(|error| failed(error.to_string()))?;
    if !status.success() {
        return Err(failed(status.to_string()));
    }
    Ok(Performed { seconds: start.elapsed().as_secs(), tests_passed })
}

/// Repeats each line on stderr, and sums the tests that passed.
fn echo(mut stdout: impl BufRead) -> io::Result<u64> {
    let (mut line, mut tests_passed) = (Vec::new(), 0);
    while stdout.read_until(b'\n', &mut line)? > 0 {
        let text = String::from_utf8_lossy(&line);
        eprint!("{text}");
        tests_passed += tests_passed_in(&text).unwrap_or(0);
        line.clear();
    }
    Ok(tests_passed)
}

/// Of a test binary's last line, `test result: ok. 12 passed; 0 failed; …`: the 12.
fn tests_passed_in(line: &str) -> Option<u64> {
    let rest = line.trim().strip_prefix("test result: ok. ")?;
    rest.split_once(" passed")?.0.parse().ok()
}

#[expect(clippy::disallowed_methods, reason = "wall time of a child process is what is told here")]
fn now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sh(script: &str) -> Call {
        let words = ["sh", "-c", script].map(str::to_owned).to_vec();
        Call { words, environment: vec![("GREETING", "hello".to_owned())] }
    }

    #[test]
    fn options_are_understood_in_any_order() {
        let all = Options { depth: Depth::Build, output: Output::Json };
        assert_eq!(Options::parse(&["--json", "--no-run"]), Ok(all));
        assert_eq!(Options::parse(&[]), Ok(Options::default()));
        assert!(Options::parse(&["--run"]).unwrap_err().contains("`--run`"));
    }

    #[test]
    fn the_tests_of_all_binaries_are_summed() {
        let said = b"running 2 tests\ntest result: ok. 2 passed; 0 failed\n\xff\n\
                     test result: FAILED. 7 passed; 1 failed\ntest result: ok. 11 passed; 0 failed";
        assert_eq!(echo(said.as_slice()).unwrap(), 13);
    }

    #[test]
    fn a_call_runs_in_its_folder_with_its_environment() {
        let call = sh("test \"$GREETING$PWD\" = hello/ && echo 'test result: ok. 3 passed; 0 failed'");
        assert_eq!(perform(&call, Path::new("/")).unwrap().tests_passed, 3);
    }

    #[test]
    fn a_call_that_fails_names_itself() {
        let failure = perform(&sh("exit 7"), Path::new("/")).err().unwrap();
        assert!(failure.message.contains("sh -c exit 7") && failure.message.contains('7'), "{failure:?}");
        let nothing = Call { words: vec!["/no/such/program".to_owned()], environment: Vec::new() };
        assert!(perform(&nothing, Path::new("/")).err().unwrap().message.contains("/no/such/program"));
    }

    #[test]
    fn people_are_told_the_size_and_what_ran() {
        let mut figures = json!({ "binary": "t/ocelli", "bytes": 9_000_001, "rustc": "1.96.0" });
        assert_eq!(words(&figures), "t/ocelli: 9000001 bytes, stripped, by rustc 1.96.0; nothing was run");
        figures["tests"] = json!({ "passed": 5 });
        figures["demo"] = json!({ "frames": 12, "precision": 1.0, "recall": 0.99 });
        let told = words(&figures);
        assert!(
            told.ends_with("5 tests passed, the demo has precision 1.0 and recall 0.99 over 12 frames"),
            "{told}"
        );
    }

    #[test]
    fn a_build_that_left_nothing_is_an_error() {
        assert!(size_of(Path::new("/no/such/ocelli")).unwrap_err().hint.contains("target-dir"));
        assert!(demo_figures(Path::new("/no/such.json")).unwrap_err().message.contains("/no/such.json"));
    }
}
