//! Real models and footage, which live outside the repository.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::{env, fmt, io};

/// A file or folder among the assets, or `None` (after saying `skipped: …`) on a machine without them.
///
/// # Panics
/// Under `OCELLI_REQUIRE_ASSETS=1`, where it is missing: CI must not skip.
pub fn asset(relative: &str) -> Option<PathBuf> {
    let path = assets_root().join(relative);
    if path.exists() {
        return Some(path);
    }
    assert!(
        env::var_os("OCELLI_REQUIRE_ASSETS").is_none_or(|value| value != "1"),
        "{} not found, and OCELLI_REQUIRE_ASSETS=1",
        path.display()
    );
    say_skipped(&path.display());
    None
}

/// `$OCELLI_ASSETS`, or the folder `shared` beside the checkout.
pub fn assets_root() -> PathBuf {
    env::var_os("OCELLI_ASSETS")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"), PathBuf::from)
}

/// Past the harness, which would keep it for itself: `eprintln` of a test that passes is not shown.
pub fn say_skipped(what: &dyn fmt::Display) {
    // Nobody to tell is no reason to fail.
    let _ = writeln!(io::stderr(), "skipped: {what} not found");
}
