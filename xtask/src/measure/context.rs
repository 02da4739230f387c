//! What every measurement needs to know: where the binary is, where the assets are, how often to run.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::child::Invocation;
use super::{Build, Options};
use crate::error::ChoreError;
use crate::places::target_folder;

/// Where things are, decided once.
#[derive(Debug)]
pub struct Context {
    root: PathBuf,
    binary: PathBuf,
    assets: PathBuf,
    python: String,
    options: Options,
}

impl Context {
    /// Builds the release binary, unless told otherwise, and finds everything.
    ///
    /// # Errors
    /// A build that fails, or a binary that is not there.
    pub fn new(root: &Path, options: Options) -> Result<Self, ChoreError> {
        if options.build == Build::First {
            build(root)?;
        }
        let binary = target_folder(root).join("release/ocelli");
        if !binary.is_file() {
            let message = format!("there is no {}", binary.display());
            return Err(ChoreError::new(message, "leave out --no-build, or run `cargo build --release`"));
        }
        // Relative to the root, where every call runs, so that command lines read the same on every machine.
        let assets = env::var_os("OCELLI_ASSETS").map_or_else(|| PathBuf::from("../shared"), PathBuf::from);
        let python = env::var("OCELLI_PYTHON").unwrap_or_else(|_| "python3".to_owned());
        Ok(Self { root: root.to_path_buf(), binary, assets, python, options })
    }

    /// The checkout, where every call runs.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The folder that a table and a plot are asked into.
    pub fn report(&self) -> Option<&Path> {
        self.options.report.as_deref()
    }

    /// The release binary.
    pub fn binary(&self) -> &Path {
        &self.binary
    }

    /// How often each side runs.
    pub fn rounds(&self, default: usize) -> usize {
        self.options.rounds.unwrap_or(default)
    }

    /// The clip asked for, or the asset `default`.
    ///
    /// # Errors
    /// A file that is not there.
    pub fn clip(&self, default: &str) -> Result<PathBuf, ChoreError> {
        self.options.clip.as_deref().map_or_else(|| self.asset(default), |path| self.existing(&here(path)))
    }

    /// The model asked for, or the asset `default`.
    ///
    /// # Errors
    /// A file that is not there.
    pub fn model(&self, default: &str) -> Result<PathBuf, ChoreError> {
        self.options.model.as_deref().map_or_else(|| self.asset(default), |path| self.existing(&here(path)))
    }

    /// The model asked for, where one is.
    pub fn named_model(&self) -> Option<PathBuf> {
        self.options.model.as_deref().map(here)
    }

    /// A file or folder among the assets. A measurement never skips: without its assets it fails.
    ///
    /// # Errors
    /// A file that is not there.
    pub fn asset(&self, relative: &str) -> Result<PathBuf, ChoreError> {
        self.existing(&self.assets.join(relative))
    }

    /// A call of the release binary.
    pub fn ocelli(&self) -> Invocation {
        Invocation::new(&self.binary).within(&self.root)
    }

    /// A call of a peer's script in this repository.
    pub fn python(&self, script: &str) -> Invocation {
        Invocation::new(&self.python).arg(script).within(&self.root)
    }

    fn existing(&self, path: &Path) -> Result<PathBuf, ChoreError> {
        if self.root.join(path).exists() {
            return Ok(path.to_path_buf());
        }
        let hint = "set OCELLI_ASSETS to the folder with models/, media/ and labels/";
        Err(ChoreError::new(format!("there is no {}", path.display()), hint))
    }
}

/// A path from the command line means the folder that it was typed in.
fn here(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf())
}

fn build(root: &Path) -> Result<(), ChoreError> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo)
        .args(["build", "--release", "--quiet", "--package", "ocelli"])
        .current_dir(root)
        // `cargo build` prints to stderr; stdout stays ours.
        .status()
        .map_err(|error| ChoreError::new(format!("cannot run cargo: {error}"), "is cargo on the PATH?"))?;
    if status.success() {
        return Ok(());
    }
    Err(ChoreError::new("the release build fails", "run `cargo build --release` and mend what it says"))
}
