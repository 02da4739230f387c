//! The machine at hand, as the search for tools sees it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

use super::TARGET;
use super::tools::{Host, Rustc};

/// This machine.
pub struct ThisMachine;

impl Host for ThisMachine {
    fn variable(&self, name: &str) -> Option<String> {
        env::var(name).ok().filter(|value| !value.is_empty())
    }

    fn has(&self, name: &str) -> bool {
        if name.contains('/') {
            return Path::new(name).exists();
        }
        let path = env::var_os("PATH").unwrap_or_default();
        env::split_paths(&path).any(|folder| folder.join(name).is_file())
    }

    fn rustc(&self, program: &str) -> Option<Rustc> {
        let release = release_in(&ask(program, &["-vV"])?)?;
        let libraries = ask(program, &["--print", "target-libdir", "--target", TARGET]).unwrap_or_default();
        Some(Rustc { release, has_target: has_standard_library(&PathBuf::from(libraries.trim())) })
    }
}

/// What a program that ends well writes to stdout.
fn ask(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).stdin(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// `release: 1.95.0`, among other lines.
fn release_in(version: &str) -> Option<String> {
    version.lines().find_map(|line| line.strip_prefix("release: ")).map(|release| release.trim().to_owned())
}

/// A target that is known is not yet one that is installed: its folder may be missing or empty.
fn has_standard_library(libraries: &Path) -> bool {
    let names = fs::read_dir(libraries).into_iter().flatten().flatten().map(|entry| entry.file_name());
    names.map(|name| name.to_string_lossy().into_owned()).any(|name| {
        name.starts_with("libstd-")
            && Path::new(&name).extension().is_some_and(|extension| extension == "rlib")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rustc_of_this_build_is_found_and_has_this_machines_library() {
        let rustc = ThisMachine.rustc("rustc").expect("cargo needs one too");
        assert!(rustc.release.starts_with(env!("CARGO_PKG_RUST_VERSION")), "{rustc:?}");
        let here = ask("rustc", &["--print", "target-libdir"]).unwrap();
        assert!(has_standard_library(Path::new(here.trim())), "{here}");
        assert!(!has_standard_library(Path::new("/no/such/folder")));
        assert!(!has_standard_library(Path::new("/")));
        assert_eq!(ThisMachine.rustc("/no/such/rustc"), None);
        assert_eq!(ThisMachine.rustc("true"), None);
    }

    #[test]
    fn the_release_is_read_among_other_lines() {
        let said = "rustc 1.96.0 (ac68faa20 2026-05-25)\nhost: x86_64-unknown-linux-gnu\nrelease: 1.96.0\n";
        assert_eq!(release_in(said).as_deref(), Some("1.96.0"));
        assert_eq!(release_in("gcc 12"), None);
    }

    #[test]
    fn programs_and_paths_are_there_or_not() {
        assert!(ThisMachine.has("sh") && ThisMachine.has("/"));
        assert!(!ThisMachine.has("no-such-program") && !ThisMachine.has("/no/such/folder"));
        assert_eq!(ThisMachine.variable("OCELLI_NO_SUCH_VARIABLE"), None);
    }
}
