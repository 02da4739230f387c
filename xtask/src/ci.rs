//! `cargo xtask ci`: runs the one script that CI runs, so that there is nothing to keep in step.

use std::path::Path;
use std::process::{Command, ExitCode};

/// Runs `.ci/run` in the checkout at `root`.
pub fn run(root: &Path) -> ExitCode {
    match Command::new("bash").arg(".ci/run").current_dir(root).status() {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!(
                "error: cannot run bash .ci/run in {}: {error}\nhint: is bash installed?",
                root.display()
            );
            ExitCode::FAILURE
        }
    }
}
