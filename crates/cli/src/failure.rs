//! How every error ends: one or more `error:` lines, each with its `hint:`, and an exit code that means something.

use std::fmt;
use std::process::ExitCode;

use ocelli_capture::SourceError;
use ocelli_engine::EngineError;
use ocelli_fetch::FetchError;
use ocelli_local::LocalError;
use ocelli_model::CardError;
use ocelli_pipeline::SinkError;
use ocelli_postprocess::PostprocessError;
use ocelli_predict::PredictError;
use ocelli_preprocess::PreprocessError;

/// What went wrong, where, and what to do about it.
#[derive(Debug)]
pub struct Failure {
    problems: Vec<(String, String)>,
    usage: bool,
}

impl Failure {
    /// Something that went wrong (exit code 1).
    pub fn new(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { problems: vec![(message.into(), hint.into())], usage: false }
    }

    /// Something that was asked for and does not exist (exit code 2, as clap's).
    pub fn usage(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { usage: true, ..Self::new(message, hint) }
    }

    /// Several things at once; `None` where there are none.
    pub fn several(failures: Vec<Self>) -> Option<Self> {
        let usage = failures.iter().any(|failure| failure.usage);
        let problems: Vec<_> = failures.into_iter().flat_map(|failure| failure.problems).collect();
        (!problems.is_empty()).then_some(Self { problems, usage })
    }

    /// 1 where a run failed, 2 where it was never begun for what was asked.
    pub fn exit_code(&self) -> ExitCode {
        ExitCode::from(if self.usage { 2 } else { 1 })
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (message, hint) in &self.problems {
            writeln!(f, "error: {message}\nhint: {hint}")?;
        }
        Ok(())
    }
}

macro_rules! failures_from {
    ($($error:ty),*) => {
        $(impl From<&$error> for Failure {
            fn from(error: &$error) -> Self {
                Self::new(error.to_string(), error.hint())
            }
        }

        impl From<$error> for Failure {
            fn from(error: $error) -> Self {
                Self::from(&error)
            }
        })*
    };
}

failures_from!(
    SourceError,
    EngineError,
    FetchError,
    LocalError,
    CardError,
    SinkError,
    PostprocessError,
    PredictError,
    PreprocessError
);
