//! `cargo xtask lab`: the binary against real camera drivers, in a virtual machine.
//!
//! QEMU boots Debian's own kernel with the static `ocelli` in memory and runs the scripts of `lab/`, one after another,
//! in one boot. What each leaves behind is judged here, on the host. No root, no KVM, no camera.

mod build;
mod checks;
mod cpio;
mod guest;
mod host;
mod image;
mod kernel;
mod numbered;
mod pictures;
mod ready;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs};

use self::build::Programs;
use self::checks::SCENARIOS;
use self::guest::Guest;
use self::host::at;
use self::kernel::Kernel;
use crate::error::ChoreError;

/// What the command line asks for.
#[derive(Debug, PartialEq, Eq)]
pub enum Wanted {
    /// The scenarios with these names; all where there are none.
    Scenarios(Vec<String>),
    /// To know whether this machine has what the lab takes.
    Check,
}

/// Does it, in the checkout at `root`.
pub fn run(root: &Path, wanted: &Wanted) -> ExitCode {
    let done = match wanted {
        Wanted::Scenarios(names) => run_all(root, names),
        Wanted::Check => cache_folder().and_then(|cache| ready::check(&cache)).map(|()| 0),
    };
    match done {
        Ok(0) => ExitCode::SUCCESS,
        Ok(failed) => {
            eprintln!("error: {failed} of the lab's scenarios failed");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run_all(root: &Path, names: &[String]) -> Result<usize, ChoreError> {
    let chosen: Vec<_> = SCENARIOS
        .iter()
        .filter(|scenario| names.is_empty() || names.iter().any(|name| name == scenario.name))
        .collect();
    if let Some(unknown) = names.iter().find(|name| !SCENARIOS.iter().any(|known| known.name == **name)) {
        let known: Vec<_> = SCENARIOS.iter().map(|scenario| scenario.name).collect();
        return Err(ChoreError::new(
            format!("there is no scenario `{unknown}`"),
            format!("known: {}", known.join(", ")),
        ));
    }
    let programs = Programs::build(root)?;
    let cache = cache_folder()?;
    let kernel = Kernel::in_cache(&cache)?;
    let shared = cache.join(format!("run-{}", std::process::id()));
    let guest = Guest { kernel: &kernel, root, programs: &programs, shared: &shared };
    let outcome = guest.run(&chosen.iter().map(|scenario| scenario.name).collect::<Vec<_>>());
    let failed = outcome.map(|()| chosen.iter().filter(|scenario| !scenario.passes(&shared)).count());
    match failed {
        Ok(0) => fs::remove_dir_all(&shared).map_err(|error| at(&shared, &error))?,
        _ => eprintln!("what the guest left is in {}", shared.display()),
    }
    failed
}

/// Where the kernel is kept: `$OCELLI_LAB`, else in the user's cache.
fn cache_folder() -> Result<PathBuf, ChoreError> {
    let of_user = || Some(PathBuf::from(env::var_os("HOME")?).join(".cache/ocelli/lab"));
    let folder = env::var_os("OCELLI_LAB").map(PathBuf::from).or_else(of_user).ok_or_else(|| {
        ChoreError::new("there is no $HOME", "say where the lab may keep its kernel: OCELLI_LAB=DIR")
    })?;
    fs::create_dir_all(&folder).map_err(|error| at(&folder, &error))?;
    Ok(folder)
}
