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
use std::process::{Command, ExitCode};
use std::{env, fs, thread};

use self::build::Programs;
use self::checks::{SCENARIOS, Scenario};
use self::guest::{Guest, QEMU};
use self::host::{at, output_of};
use self::image::image;
use self::kernel::Kernel;
use crate::error::ChoreError;

/// Guests that run side by side, each on a core.
const GUESTS: usize = 2;

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
    output_of(Command::new(QEMU).arg("--version"), "qemu-system-x86")?;
    let run = cache.join(format!("run-{}", std::process::id()));
    fs::create_dir_all(&run).map_err(|error| at(&run, &error))?;
    let failed = run_in(&run, &kernel, &image(&kernel, root, &programs)?, &chosen);
    match failed {
        Ok(0) => fs::remove_dir_all(&run).map_err(|error| at(&run, &error))?,
        _ => eprintln!("what the guests left is in {}", run.display()),
    }
    failed
}

/// Runs the scenarios, every other one in the second of two guests, and judges them. How many failed.
fn run_in(run: &Path, kernel: &Kernel, image: &[u8], chosen: &[&Scenario]) -> Result<usize, ChoreError> {
    let image_file = run.join("image");
    fs::write(&image_file, image).map_err(|error| at(&image_file, &error))?;
    let shared = |guest: usize| run.join(guest.to_string());
    let booted: Vec<_> = thread::scope(|scope| {
        let boot = |guest: usize| {
            let names: Vec<_> =
                chosen.iter().skip(guest).step_by(GUESTS).map(|scenario| scenario.name).collect();
            let image = &image_file;
            scope.spawn(move || Guest { kernel, image, shared: &run.join(guest.to_string()) }.run(&names))
        };
        let guests: Vec<_> = (0..GUESTS.min(chosen.len())).map(boot).collect();
        guests
            .into_iter()
            .map(|guest| guest.join().expect("a guest's thread has no reason to panic"))
            .collect()
    });
    // What scenarios left is worth a look, also where a guest did not come to its end.
    let judged =
        chosen.iter().enumerate().filter(|(place, scenario)| !scenario.passes(&shared(place % GUESTS)));
    let failed = judged.count();
    let _ = fs::remove_file(&image_file);
    booted.into_iter().collect::<Result<(), _>>()?;
    Ok(failed)
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
