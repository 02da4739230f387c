//! `cargo xtask sanitize`: the native engine's unit tests under AddressSanitizer and ThreadSanitizer.
//!
//! The engine works through raw pointers in memory that steps and threads share, by a plan. The sanitizers look at every
//! access: whether it stays in its buffer (tests with two threads give each buffer memory of its own), and whether two
//! threads meet in one place without a barrier between. What they cannot see: accesses that vector instructions make under
//! a mask, and uses of memory within its buffer that break Rust's rules of aliasing, which Miri would.

use std::path::Path;
use std::process::{Command, ExitCode};
use std::{env, fs};

use crate::error::ChoreError;
use crate::places::target_folder;

const PACKAGE: &str = "ocelli-backend-native";

/// The standard library is not compiled for ThreadSanitizer: what its channels and the test harness protect by a lock
/// looks like a race to it. Nothing of ours is on the list.
const SUPPRESSIONS: &str = "race:sync::mpmc\nrace:sync::mpsc\nrace:CompletedTest\n";

/// A sanitizer, and what it looks at.
struct Sanitizer {
    name: &'static str,
    flags: &'static str,
    /// Beginnings of tests' names; all where there is none.
    tests: &'static [&'static str],
}

const SANITIZERS: [Sanitizer; 2] = [
    Sanitizer { name: "address", flags: "-Zsanitizer=address", tests: &[] },
    Sanitizer {
        name: "thread",
        flags: "-Zsanitizer=thread -Cunsafe-allow-abi-mismatch=sanitizer",
        tests: &["team::", "plan::"],
    },
];

/// Builds and runs the tests with each.
pub fn run(root: &Path) -> ExitCode {
    if !cfg!(all(target_arch = "x86_64", target_os = "linux")) {
        println!("nothing is done: this chore knows x86-64 Linux alone");
        return ExitCode::SUCCESS;
    }
    for sanitizer in &SANITIZERS {
        if let Err(error) = check(root, sanitizer) {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

fn check(root: &Path, sanitizer: &Sanitizer) -> Result<(), ChoreError> {
    println!("--- {}", sanitizer.name);
    // In a folder of its own: nothing that is built with other flags is of use here.
    let folder = target_folder(root).join("sanitize").join(sanitizer.name);
    let suppressions = folder.join("suppressions.txt");
    fs::create_dir_all(&folder)
        .and_then(|()| fs::write(&suppressions, SUPPRESSIONS))
        .map_err(|error| ChoreError::new(format!("{}: {error}", folder.display()), "is there space?"))?;
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo)
        .args(["test", "--package", PACKAGE, "--lib", "--target", "x86_64-unknown-linux-gnu", "--"])
        .args(sanitizer.tests)
        .current_dir(root)
        .env("CARGO_TARGET_DIR", &folder)
        // Sanitizers are unstable options: this lets a stable compiler take them.
        .env("RUSTC_BOOTSTRAP", "1")
        .env("RUSTFLAGS", sanitizer.flags)
        .env("TSAN_OPTIONS", format!("suppressions={}", suppressions.display()))
        .status();
    if status.is_ok_and(|status| status.success()) {
        return Ok(());
    }
    let message = format!("the tests of {PACKAGE} do not pass under the {} sanitizer", sanitizer.name);
    Err(ChoreError::new(message, "the first report above names the access and the place"))
}
