//! What keeps the lab from running.

use std::fmt;
use std::io;
use std::path::Path;
use std::process::Command;

/// What went wrong, and what to do about it.
#[derive(Debug)]
pub struct LabError {
    message: String,
    hint: String,
}

impl LabError {
    pub fn new(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { message: message.into(), hint: hint.into() }
    }

    /// At a file or folder.
    pub fn at(path: &Path, error: &io::Error) -> Self {
        Self::new(
            format!("{}: {error}", path.display()),
            "look at that path; OCELLI_LAB=DIR names another cache",
        )
    }
}

impl fmt::Display for LabError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}\nhint: {}", self.message, self.hint)
    }
}

/// Runs a program to its end; its output on stdout. `package` is the Debian package that it comes with.
pub fn output_of(command: &mut Command, package: &str) -> Result<Vec<u8>, LabError> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.output().map_err(|error| {
        LabError::new(format!("{name} does not start: {error}"), format!("`apt install {package}`"))
    })?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(LabError::new(format!("{name} failed: {}", said.trim()), "what it says above"))
}
