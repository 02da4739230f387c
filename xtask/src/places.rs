//! Where cargo puts what it builds.

use std::env;
use std::path::{Path, PathBuf};

/// `$CARGO_TARGET_DIR`, else `target`, of the checkout at `root`.
pub fn target_folder(root: &Path) -> PathBuf {
    root.join(env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into()))
}
