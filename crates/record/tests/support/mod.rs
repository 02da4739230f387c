//! What this crate's tests share: a folder to write in, and names.

use std::fs;
use std::path::{Path, PathBuf};

use ocelli_report::RunLabels;

/// An empty folder of this test's own.
pub fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder).unwrap();
    }
    fs::create_dir_all(&folder).unwrap();
    folder
}

pub fn labels() -> RunLabels {
    RunLabels {
        sources: vec!["scene".into()],
        backend: "fake".into(),
        model: "none".into(),
        classes: vec!["thing".into()],
    }
}
