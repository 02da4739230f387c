//! Whether this machine has what the lab takes: programs, and the kernel, which is downloaded once.

use std::env;
use std::path::Path;

use super::guest::QEMU;
use super::image::{BUSYBOX, TOOLS};
use super::kernel::{DEPMOD, Kernel};
use crate::error::ChoreError;

/// What is missing, in one error.
pub fn check(cache: &Path) -> Result<(), ChoreError> {
    let others =
        [(QEMU, "qemu-system-x86"), (BUSYBOX, "busybox-static"), (DEPMOD, "kmod"), ("xz", "xz-utils")];
    let missing: Vec<_> = others.iter().chain(TOOLS).filter(|(program, _)| !is_there(program)).collect();
    if !missing.is_empty() {
        let (programs, packages): (Vec<_>, Vec<_>) = missing.into_iter().copied().unzip();
        return Err(ChoreError::new(
            format!("the lab lacks {}", programs.join(", ")),
            format!("`apt install {}`", packages.join(" ")),
        ));
    }
    if !Kernel::is_in(cache) {
        let message = format!("the lab's kernel is not in {}", cache.display());
        return Err(ChoreError::new(message, "`cargo xtask lab` downloads it, once (107 MB)"));
    }
    Ok(())
}

/// A path, or a name on `PATH`.
fn is_there(program: &str) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    // What is a path already stays as it is.
    env::split_paths(&path).any(|folder| folder.join(program).is_file())
}
