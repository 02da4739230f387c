//! The measurements behind every figure we quote: one file each, a name each, one JSON object each.
//!
//! A measurement drives the release binary and its peers as child processes, alternating, so that both see the same
//! machine; what it prints names the machine, the command lines, every run, and the median, least and greatest.
//! Absolute times drift from machine to machine and hour to hour: quote the ratios.
//!
//! What is not here: timing of our own code. That is the binary's (`ocelli bench`).

mod accuracy;
mod child;
mod compare;
mod context;
mod engine;
mod live;
mod machine;
mod memory;
mod postprocess;
mod preprocess;
mod run_throughput;
mod series;
mod sinks;
mod summary;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde_json::{Value, json};

use crate::error::ChoreError;
use context::Context;

/// More rounds than this are a slip of the finger.
pub const ROUNDS_MAX: usize = 1000;

/// What the command line says about a measurement.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// How often each side runs; the measurement's own number where it is not said.
    pub rounds: Option<usize>,
    /// Another clip.
    pub clip: Option<PathBuf>,
    /// Another model.
    pub model: Option<PathBuf>,
    /// Where a table and a plot go, for a measurement that has them.
    pub report: Option<PathBuf>,
    /// Whether to build the release binary first.
    pub build: Build,
}

/// What to do about the release binary before a measurement.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Build {
    /// Build it, so that the figures are those of this checkout.
    #[default]
    First,
    /// Take it as it is.
    AsItIs,
}

/// One measurement.
struct Measurement {
    name: &'static str,
    /// One line for `list`.
    about: &'static str,
    /// The measurement's own fields; machine and commit are added to them.
    run: fn(&Context) -> Result<Value, ChoreError>,
}

const MEASUREMENTS: &[Measurement] = &[
    Measurement {
        name: "run-throughput",
        about: "frames a second of `ocelli run` against the engine alone",
        run: run_throughput::run,
    },
    Measurement {
        name: "engine",
        about: "one inference against OpenVINO and ONNX Runtime at f32, with two threads and one",
        run: engine::run,
    },
    Measurement {
        name: "jitter",
        about: "p99 over p50 of a thousand inferences, against OpenVINO",
        run: engine::jitter,
    },
    Measurement {
        name: "beside-hog",
        about: "how much slower an inference is beside a program that takes a core, ours and the peers'",
        run: engine::beside_hog,
    },
    Measurement {
        name: "compare",
        about: "whole programs over one clip: ours, Ultralytics in Python and in Rust",
        run: compare::run,
    },
    Measurement {
        name: "sinks",
        about: "frames a second of a run with every sink on, against one without",
        run: sinks::run,
    },
    Measurement {
        name: "one-viewer",
        about: "what a viewer of the live view gets in a minute beside a slow model, and how old results get",
        run: live::one_viewer,
    },
    Measurement {
        name: "slow-viewers",
        about: "what ten viewers get beside ten that hardly read, over what they get alone",
        run: live::slow_viewers,
    },
    Measurement {
        name: "cost-of-a-viewer",
        about: "frames a second of a run that one viewer watches, over those of one that nobody does",
        run: live::cost,
    },
    Measurement {
        name: "preprocess",
        about: "YUYV to input tensor, against OpenCV, at three sizes",
        run: preprocess::run,
    },
    Measurement {
        name: "postprocess",
        about: "output tensor to boxes, at conf 0.25 and 0.001",
        run: postprocess::run,
    },
    Measurement {
        name: "memory",
        about: "peak memory on two clips, size of the binary, time for one picture",
        run: memory::run,
    },
    Measurement {
        name: "accuracy",
        about: "mAP of three detectors against an independent reference",
        run: accuracy::run,
    },
];

/// Prints the measurements there are.
pub fn list() {
    for Measurement { name, about, .. } in MEASUREMENTS {
        println!("{name:16} {about}");
    }
}

/// Runs one measurement in the checkout at `root` and prints its JSON.
pub fn run(root: &Path, name: &str, options: Options) -> ExitCode {
    match measure(root, name, options) {
        Ok(figures) => {
            println!("{figures:#}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn measure(root: &Path, name: &str, options: Options) -> Result<Value, ChoreError> {
    let Some(measurement) = MEASUREMENTS.iter().find(|measurement| measurement.name == name) else {
        let message = format!("there is no measurement called `{name}`");
        return Err(ChoreError::new(message, "cargo xtask measure list"));
    };
    let context = Context::new(root, options)?;
    let mut figures = (measurement.run)(&context)?;
    figures["measurement"] = json!(name);
    figures["machine"] = machine::describe();
    figures["commit"] = machine::commit(root);
    Ok(figures)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_found_in_the_guide() {
        for (index, measurement) in MEASUREMENTS.iter().enumerate() {
            assert!(MEASUREMENTS[..index].iter().all(|other| other.name != measurement.name));
        }
        let guide = include_str!("../../../docs/guide/measure.md");
        for Measurement { name, .. } in MEASUREMENTS {
            assert!(guide.contains(&format!("\n| `{name}` |")), "docs/guide/measure.md: `{name}`");
        }
        let unknown = measure(Path::new("/nowhere"), "speed-of-light", Options::default());
        assert!(unknown.unwrap_err().message.contains("speed-of-light"));
    }
}
