//! One call of a program: its command line, its answer, its wall time, and the most memory it held.
//!
//! Peak memory is read from `/proc/PID/status` (VmHWM, which never falls) every few milliseconds while the child
//! lives: a lower bound that misses at most what is touched first in the last interval before the end.

use std::ffi::OsStr;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, ChildStdout, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::error::ChoreError;

/// How often the child's peak memory is read.
const POLL_INTERVAL: Duration = Duration::from_millis(5);

/// Lines of the child's stderr that an error repeats.
const STDERR_LINES_MAX: usize = 12;

/// A command line in the making.
#[derive(Clone, Debug)]
pub struct Invocation {
    words: Vec<String>,
    folder: PathBuf,
}

/// What a call came to.
#[derive(Debug)]
pub struct Outcome {
    /// What it wrote to stdout.
    pub stdout: String,
    /// From start to end.
    pub wall_ms: f64,
    /// The greatest resident set seen; `None` where the system does not tell, or the child ended too soon.
    pub peak_memory_bytes: Option<u64>,
}

impl Invocation {
    /// A call of `program` without arguments.
    pub fn new(program: impl AsRef<OsStr>) -> Self {
        Self { words: vec![word_of(program)], folder: PathBuf::from(".") }
    }

    /// With one more argument.
    #[must_use]
    pub fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.words.push(word_of(argument));
        self
    }

    /// With more arguments, split at blanks.
    #[must_use]
    pub fn args(mut self, line: &str) -> Self {
        self.words.extend(line.split_whitespace().map(str::to_owned));
        self
    }

    /// Run in this folder.
    #[must_use]
    pub fn within(mut self, folder: &Path) -> Self {
        self.folder = folder.to_path_buf();
        self
    }

    /// The line as one would type it in its folder; what holds a blank stands in quotes.
    pub fn line(&self) -> String {
        let shown = |word: &String| {
            let word = Path::new(word).strip_prefix(&self.folder).map_or(word.clone(), word_of);
            if word.contains(' ') { format!("'{word}'") } else { word }
        };
        self.words.iter().map(shown).collect::<Vec<_>>().join(" ")
    }

    /// Starts it, with its stderr to be read.
    ///
    /// # Errors
    /// A program that cannot be started.
    pub fn spawn(&self) -> Result<Child, ChoreError> {
        eprintln!("$ {}", self.line());
        let mut command = self.command();
        let started = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
        started.map_err(|error| self.cannot_start(&error))
    }

    /// Runs it to its end.
    ///
    /// # Errors
    /// A program that cannot be started or that fails, with the end of what it wrote to stderr.
    pub fn run(&self) -> Result<Outcome, ChoreError> {
        eprintln!("$ {}", self.line());
        let start = now();
        let mut command = self.command();
        let started = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let child = started.map_err(|error| self.cannot_start(&error))?;
        let watched = watch(child).map_err(|error| self.error(&error.to_string(), "try again"))?;
        let wall_ms = start.elapsed().as_secs_f64() * 1e3;
        if !watched.status.success() {
            let lines: Vec<&str> = watched.stderr.lines().collect();
            let tail = lines[lines.len().saturating_sub(STDERR_LINES_MAX)..].join("\n    ");
            return Err(self.error(&format!("{}:\n    {tail}", watched.status), "run it by hand"));
        }
        Ok(Outcome { stdout: watched.stdout, wall_ms, peak_memory_bytes: watched.peak_memory_bytes })
    }

    /// Runs it and reads its stdout as one JSON object.
    ///
    /// # Errors
    /// As [`Self::run`], and an answer that is not one JSON object.
    pub fn run_json(&self) -> Result<Value, ChoreError> {
        let outcome = self.run()?;
        let value: Result<Value, _> = serde_json::from_str(&outcome.stdout);
        match value {
            Ok(value) if value.is_object() => Ok(value),
            Ok(_) => Err(self.error("its stdout is no JSON object", "run it by hand")),
            Err(error) => Err(self.error(&format!("its stdout is not JSON: {error}"), "run it by hand")),
        }
    }

    /// Runs it and takes the number `field` of its answer.
    ///
    /// # Errors
    /// As [`Self::run_json`], and an answer without that number.
    pub fn run_number(&self, field: &str) -> Result<f64, ChoreError> {
        self.number(&self.run_json()?, field)
    }

    /// The number `field` of an answer of this call.
    ///
    /// # Errors
    /// An answer without that number.
    pub fn number(&self, answer: &Value, field: &str) -> Result<f64, ChoreError> {
        let number = answer.get(field).and_then(Value::as_f64);
        number.ok_or_else(|| self.error(&format!("no number `{field}` in {answer}"), "run it by hand"))
    }

    /// The numbers of the array `field` of an answer of this call.
    ///
    /// # Errors
    /// An answer without them.
    pub fn numbers(&self, answer: &Value, field: &str) -> Result<Vec<f64>, ChoreError> {
        let array = answer.get(field).and_then(Value::as_array);
        let numbers = array.and_then(|array| array.iter().map(Value::as_f64).collect());
        numbers.ok_or_else(|| self.error(&format!("no numbers `{field}`"), "run it by hand"))
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.words[0]);
        command.args(&self.words[1..]).current_dir(&self.folder).stdin(Stdio::null());
        command
    }

    fn cannot_start(&self, error: &io::Error) -> ChoreError {
        self.error(&format!("cannot be started: {error}"), "is it installed?")
    }

    fn error(&self, message: &str, hint: &str) -> ChoreError {
        ChoreError::new(format!("{}: {message}", self.line()), hint)
    }
}

fn word_of(text: impl AsRef<OsStr>) -> String {
    text.as_ref().to_string_lossy().into_owned()
}

#[expect(clippy::disallowed_methods, reason = "wall time of a child process is what is measured here")]
fn now() -> Instant {
    Instant::now()
}

/// A child at its end.
struct Watched {
    status: ExitStatus,
    stdout: String,
    stderr: String,
    peak_memory_bytes: Option<u64>,
}

/// Reads both of the child's streams to their ends and its memory on the way. One thread a stream, so that a child
/// that fills one pipe while we read the other does not stand still for ever.
fn watch(mut child: Child) -> io::Result<Watched> {
    let stdout = child.stdout.take();
    let stderr = child.stderr.take();
    let pid = child.id();
    let out = thread::spawn(move || read_all(stdout.map(Stream::Out)));
    let err = thread::spawn(move || read_all(stderr.map(Stream::Err)));
    let mut peak_memory_bytes = None;
    let status = loop {
        peak_memory_bytes = peak_memory_bytes.max(self::peak_memory_bytes(pid));
        if let Some(status) = child.try_wait()? {
            break status;
        }
        thread::sleep(POLL_INTERVAL);
    };
    let text =
        |bytes: thread::Result<Vec<u8>>| String::from_utf8_lossy(&bytes.unwrap_or_default()).into_owned();
    Ok(Watched { status, stdout: text(out.join()), stderr: text(err.join()), peak_memory_bytes })
}

enum Stream {
    Out(ChildStdout),
    Err(ChildStderr),
}

fn read_all(stream: Option<Stream>) -> Vec<u8> {
    let mut bytes = Vec::new();
    let read = match stream {
        Some(Stream::Out(mut out)) => out.read_to_end(&mut bytes),
        Some(Stream::Err(mut err)) => err.read_to_end(&mut bytes),
        None => Ok(0),
    };
    // A pipe that breaks has ended; what it said before is kept, and the exit status says the rest.
    read.map_or_else(|_| Vec::new(), |_| bytes)
}

/// The most memory that this process has had in it so far.
pub fn peak_memory_bytes(pid: u32) -> Option<u64> {
    parse_peak(&fs::read_to_string(format!("/proc/{pid}/status")).ok()?)
}

/// VmHWM of a `/proc/PID/status`, in bytes.
fn parse_peak(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kibibytes.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read_and_its_memory_seen() {
        let call =
            Invocation::new("sh").arg("-c").arg("sleep 0.1; echo '{\"p50_ms\": 2.5}'").within(Path::new("/"));
        assert_eq!(call.line(), "sh -c 'sleep 0.1; echo '{\"p50_ms\": 2.5}''");
        assert_eq!(call.run_number("p50_ms").unwrap(), 2.5);
        assert!(call.run().unwrap().peak_memory_bytes.unwrap() > 100_000);
        assert!(call.run_number("fps").unwrap_err().message.contains("no number `fps`"));
        let answer = serde_json::json!({ "times": [1, 2.5], "words": ["a"] });
        assert_eq!(call.numbers(&answer, "times").unwrap(), [1.0, 2.5]);
        assert!(call.numbers(&answer, "words").is_err() && call.numbers(&answer, "none").is_err());
    }

    #[test]
    fn a_line_reads_the_same_on_every_machine() {
        let call =
            Invocation::new("/here/target/ocelli").args("run a.mp4").arg("a b").within(Path::new("/here"));
        assert_eq!(call.line(), "target/ocelli run a.mp4 'a b'");
    }

    #[test]
    fn a_child_that_fails_says_why() {
        let call = Invocation::new("sh").arg("-c").arg("echo out of luck >&2; exit 3");
        assert!(call.run().unwrap_err().message.contains("out of luck"));
        assert!(Invocation::new("/no/such/program").run().is_err());
        assert!(Invocation::new("echo").arg("[]").run_json().is_err());
    }

    #[test]
    fn a_child_that_floods_both_streams_comes_to_its_end() {
        let flood = "head -c 300000 /dev/zero | tr '\\0' x >&2; head -c 300000 /dev/zero | tr '\\0' x";
        assert_eq!(Invocation::new("sh").arg("-c").arg(flood).run().unwrap().stdout.len(), 300_000);
    }

    #[test]
    fn peak_memory_is_read_in_bytes() {
        assert_eq!(parse_peak("Name:\tx\nVmHWM:\t    1234 kB\n"), Some(1_263_616));
        assert_eq!(parse_peak("Name:\tx\n"), None);
    }
}
