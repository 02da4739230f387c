//! What can go wrong between an output tensor and its predictions, and what to do about it.

use std::fmt;

/// What went wrong, where, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostprocessError {
    message: String,
    hint: &'static str,
}

impl PostprocessError {
    pub(crate) fn new(message: String, hint: &'static str) -> Self {
        Self { message, hint }
    }

    /// What to do about it.
    pub fn hint(&self) -> &str {
        self.hint
    }
}

impl fmt::Display for PostprocessError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for PostprocessError {}
