//! The machine's own files and programs, as the lab uses them.

use std::io;
use std::path::Path;
use std::process::Command;

use crate::error::ChoreError;

/// What is wrong with a file or folder.
pub fn at(path: &Path, error: &io::Error) -> ChoreError {
    let hint = "look at that path; OCELLI_LAB=DIR names another cache";
    ChoreError::new(format!("{}: {error}", path.display()), hint)
}

/// Runs a program to its end; its output on stdout. `package` is the Debian package that it comes with.
pub fn output_of(command: &mut Command, package: &str) -> Result<Vec<u8>, ChoreError> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.output().map_err(|error| {
        ChoreError::new(format!("{name} does not start: {error}"), format!("`apt install {package}`"))
    })?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(ChoreError::new(format!("{name} failed: {}", said.trim()), "what it says above"))
}
