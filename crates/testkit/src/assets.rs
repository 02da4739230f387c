//! Real models and footage, which live outside the repository.

use std::env;
use std::path::{Path, PathBuf};

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
    eprintln!("skipped: {} not found", path.display());
    None
}

/// `$OCELLI_ASSETS`, or the folder `shared` beside the checkout.
pub fn assets_root() -> PathBuf {
    env::var_os("OCELLI_ASSETS")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"), PathBuf::from)
}
