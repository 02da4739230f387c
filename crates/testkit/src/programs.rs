//! Programs that tests run where the machine has them.

use std::env;
use std::path::PathBuf;

use crate::assets::say_skipped;

/// Where `PATH` finds the program, or `None` (after saying `skipped: …`) on a machine without it.
///
/// # Panics
/// Under `OCELLI_REQUIRE_NAME=1` (`OCELLI_REQUIRE_FFMPEG=1`), where it is missing: CI must not skip.
pub fn program(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    if let Some(found) = env::split_paths(&path).map(|folder| folder.join(name)).find(|path| path.is_file()) {
        return Some(found);
    }
    let required = format!("OCELLI_REQUIRE_{}", name.to_ascii_uppercase());
    assert!(
        env::var_os(&required).is_none_or(|value| value != "1"),
        "{name} not found on PATH, and {required}=1"
    );
    say_skipped(&name);
    None
}
