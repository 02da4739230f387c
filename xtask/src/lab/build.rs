//! The programs of the guest, linked statically: it has no libraries.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::host::at;
use crate::error::ChoreError;
use crate::places::target_folder;

/// What is linked with everything it needs, and without the names that only debuggers read.
const FLAGS: [&str; 4] = ["-C", "target-feature=+crt-static", "-C", "strip=symbols"];

/// The programs, on the host.
#[derive(Debug)]
pub struct Programs {
    /// The binary that is tested.
    pub ocelli: PathBuf,
    /// What the scenarios need beside it.
    pub lab: PathBuf,
}

impl Programs {
    /// Builds both.
    pub fn build(root: &Path) -> Result<Self, ChoreError> {
        Ok(Self { ocelli: link(root, "ocelli", "ocelli")?, lab: link(root, "ocelli-lab", "lab")? })
    }
}

/// The flags are the binary's alone: all that it is made of is what every other build of the profile has made already.
fn link(root: &Path, package: &str, binary: &str) -> Result<PathBuf, ChoreError> {
    let target = target_folder(root);
    let folder = target.join("lab");
    fs::create_dir_all(&folder).map_err(|error| at(&folder, &error))?;
    let (place, ordinary, kept) =
        (target.join("debug").join(binary), folder.join(format!("{binary}-ordinary")), folder.join(binary));
    // Cargo puts it where the ordinary binary is, which tests may want to run.
    let _ = fs::remove_file(&ordinary);
    let has_ordinary = fs::hard_link(&place, &ordinary).is_ok();
    let status = Command::new("cargo")
        .args(["rustc", "--locked", "--package", package, "--bin", binary, "--"])
        .args(FLAGS)
        .current_dir(root)
        .status()
        .map_err(|error| ChoreError::new(format!("cannot run cargo: {error}"), "is cargo on PATH?"))?;
    if !status.success() {
        return Err(ChoreError::new(format!("{binary} does not build statically"), "see above"));
    }
    fs::rename(&place, &kept).map_err(|error| at(&place, &error))?;
    if has_ordinary {
        fs::rename(&ordinary, &place).map_err(|error| at(&ordinary, &error))?;
    }
    Ok(kept)
}
