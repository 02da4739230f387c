//! What can go wrong with a model or a run, and what to do about it.

use std::fmt;

/// What went wrong, for programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EngineErrorKind {
    /// The file cannot be read.
    Io,
    /// The file is not a model, or a broken one.
    BadModel,
    /// The model uses an operator that the backend lacks.
    UnsupportedOperator,
    /// The model's inputs or outputs are of a kind that the seam cannot carry.
    UnsupportedShape,
    /// A run failed.
    Run,
}

/// What went wrong, where, and what to do about it.
#[derive(Debug)]
pub struct EngineError {
    kind: EngineErrorKind,
    message: String,
    hint: String,
}

impl EngineError {
    /// `message` names the place (`m.onnx: node "conv1": …`); `hint` is what to do, in a few words.
    pub fn new(kind: EngineErrorKind, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { kind, message: message.into(), hint: hint.into() }
    }

    /// What went wrong, for programs.
    pub fn kind(&self) -> EngineErrorKind {
        self.kind
    }

    /// What to do about it.
    pub fn hint(&self) -> &str {
        &self.hint
    }
}

impl fmt::Display for EngineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for EngineError {}
