//! What keeps a chore from being done.

use std::fmt;

/// What went wrong, and what to do about it.
#[derive(Debug)]
pub struct ChoreError {
    pub message: String,
    pub hint: String,
}

impl ChoreError {
    pub fn new(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { message: message.into(), hint: hint.into() }
    }

    /// The same, with something better to do about it.
    pub fn with_hint(self, hint: &str) -> Self {
        Self { hint: hint.to_owned(), ..self }
    }
}

impl fmt::Display for ChoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}\nhint: {}", self.message, self.hint)
    }
}
