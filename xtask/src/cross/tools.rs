//! The tools that a build for 64-bit Arm wants, looked for before anything is built: a rustc with the standard library
//! of the target, a compiler and linker for C and C++, and an emulator for what is then run.
//!
//! Each that is missing is one error that names the package. What the user has set in cargo's own variables is taken
//! as it is. What is not here: how the tools are called (plan.rs).

use super::{Depth, TARGET};
use crate::error::ChoreError;

/// Links, and names the linker to cargo.
const LINKER: &str = "aarch64-linux-gnu-gcc";
const LINKER_VARIABLE: &str = "CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER";
/// Compiles the H.264 decoder; the `cc` crate finds it by this very name, or by the variable.
const CXX: &str = "aarch64-linux-gnu-g++";
const CXX_VARIABLE: &str = "CXX_aarch64_unknown_linux_gnu";
/// Runs programs of another processor; distributions call it one or the other.
const EMULATORS: [&str; 2] = ["qemu-aarch64-static", "qemu-aarch64"];
const RUNNER_VARIABLE: &str = "CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER";
/// Where the target's C library lies, as a root of its own; the linker's package brings it.
const LIBRARY_ROOT: &str = "/usr/aarch64-linux-gnu";
/// The rustc of the distribution, which takes a standard library of any architecture that dpkg knows.
const SYSTEM_RUSTC: &str = "/usr/bin/rustc";

/// The machine that is searched.
pub trait Host {
    /// An environment variable, where it is set and not empty.
    fn variable(&self, name: &str) -> Option<String>;
    /// Whether there is such a program, by its name on the PATH; or such a file or folder, by its path.
    fn has(&self, name: &str) -> bool;
    /// What the rustc called `program` says of itself; `None` where there is none.
    fn rustc(&self, program: &str) -> Option<Rustc>;
}

/// What a rustc says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rustc {
    /// `1.95.0`.
    pub release: String,
    /// Whether the target's standard library lies in its sysroot.
    pub has_target: bool,
}

/// Everything there is to know before the build.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tools {
    /// The rustc to build with: its name or path.
    pub rustc: String,
    /// Its version: `1.95.0`.
    pub release: String,
    /// The linker, for cargo.
    pub linker: String,
    /// The command line that a program of the target is put behind; `None` where nothing is to be run.
    pub runner: Option<String>,
}

impl Tools {
    /// Looks for each tool in turn. `release_min` is the oldest rustc that our packages take, as `1.95`.
    ///
    /// # Errors
    /// The first tool that is missing, with the package that brings it.
    pub fn find(host: &dyn Host, depth: Depth, release_min: &str) -> Result<Self, ChoreError> {
        let (rustc, release) = find_rustc(host, release_min)?;
        let linker = find_or(host, LINKER_VARIABLE, LINKER, "links for 64-bit Arm", "gcc-aarch64-linux-gnu")?;
        find_or(
            host,
            CXX_VARIABLE,
            CXX,
            "compiles the H.264 decoder, which is C++",
            "g++-aarch64-linux-gnu",
        )?;
        let runner = match depth {
            Depth::Build => None,
            Depth::BuildAndRun => Some(find_runner(host)?),
        };
        Ok(Self { rustc, release, linker, runner })
    }
}

/// The rustc that cargo takes by itself, else the distribution's: the first that can build for the target.
fn find_rustc(host: &dyn Host, release_min: &str) -> Result<(String, String), ChoreError> {
    let own = host.variable("RUSTC").unwrap_or_else(|| "rustc".to_owned());
    let mut passed_over = Vec::new();
    for program in [own, SYSTEM_RUSTC.to_owned()] {
        match host.rustc(&program) {
            None => passed_over.push(format!("there is no {program}")),
            Some(Rustc { release, .. }) if version(&release) < version(release_min) => {
                passed_over.push(format!("{program} is {release}, we need {release_min}"));
            }
            Some(Rustc { release, has_target: false }) => {
                passed_over.push(format!("{program} {release} has no standard library for it"));
            }
            Some(Rustc { release, has_target: true }) => return Ok((program, release)),
        }
    }
    let passed_over = passed_over.join("; ");
    Err(ChoreError::new(
        format!("no rustc here builds for {TARGET}: {passed_over}"),
        format!(
            "rustup target add {TARGET}; or on Debian 12, with its security updates: dpkg --add-architecture arm64 && \
             apt-get update && apt-get install rustc-web libstd-rust-web-dev:arm64"
        ),
    ))
}

/// Major and minor; what is no number counts as 0.
fn version(release: &str) -> (u32, u32) {
    let mut parts = release.split('.').map(|part| part.parse().unwrap_or(0));
    (parts.next().unwrap_or(0), parts.next().unwrap_or(0))
}

/// What the user set in `variable`, unseen; else `program`, which has to be there.
fn find_or(
    host: &dyn Host,
    variable: &str,
    program: &str,
    task: &str,
    package: &str,
) -> Result<String, ChoreError> {
    if let Some(chosen) = host.variable(variable) {
        return Ok(chosen);
    }
    if host.has(program) {
        return Ok(program.to_owned());
    }
    Err(ChoreError::new(
        format!("there is no {program} on the PATH: it {task}"),
        format!("apt-get install {package}, or name another in {variable}"),
    ))
}

fn find_runner(host: &dyn Host) -> Result<String, ChoreError> {
    if let Some(chosen) = host.variable(RUNNER_VARIABLE) {
        return Ok(chosen);
    }
    let Some(emulator) = EMULATORS.into_iter().find(|name| host.has(name)) else {
        let [first, second] = EMULATORS;
        return Err(ChoreError::new(
            format!("there is neither {first} nor {second} on the PATH: it runs the tests"),
            format!("apt-get install qemu-user-static, or --no-run, or name another in {RUNNER_VARIABLE}"),
        ));
    };
    if !host.has(LIBRARY_ROOT) {
        return Err(ChoreError::new(
            format!("there is no {LIBRARY_ROOT}: programs for 64-bit Arm find their C library there"),
            format!(
                "apt-get install libc6-arm64-cross, or --no-run, or set {RUNNER_VARIABLE} to an emulator with its -L"
            ),
        ));
    }
    // The loader comes from this root. Without the path, the C library could come from elsewhere (Debian's libc6:arm64
    // in /lib): two builds of one version do not fit together, and the first thread is waited for for ever.
    Ok(format!("{emulator} -L {LIBRARY_ROOT} -E LD_LIBRARY_PATH={LIBRARY_ROOT}/lib"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A Debian with everything, of which each test takes something away.
    #[derive(Clone)]
    struct MadeUp {
        variables: Vec<(&'static str, &'static str)>,
        there: Vec<&'static str>,
        rustcs: Vec<(&'static str, &'static str, bool)>,
    }

    impl Host for MadeUp {
        fn variable(&self, name: &str) -> Option<String> {
            let found = self.variables.iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| (*value).to_owned())
        }

        fn has(&self, name: &str) -> bool {
            self.there.contains(&name)
        }

        fn rustc(&self, program: &str) -> Option<Rustc> {
            let found = self.rustcs.iter().find(|(name, ..)| *name == program);
            found.map(|&(_, release, has_target)| Rustc { release: release.to_owned(), has_target })
        }
    }

    fn debian() -> MadeUp {
        MadeUp {
            variables: Vec::new(),
            there: vec![LINKER, CXX, EMULATORS[0], LIBRARY_ROOT],
            rustcs: vec![("rustc", "1.95.0", false), (SYSTEM_RUSTC, "1.96.0", true)],
        }
    }

    fn without(name: &str) -> MadeUp {
        let mut host = debian();
        host.there.retain(|there| *there != name);
        host
    }

    fn find(host: &MadeUp, depth: Depth) -> Result<Tools, ChoreError> {
        Tools::find(host, depth, "1.95")
    }

    fn assert_missing(host: &MadeUp, message: &str, hint: &str) {
        let error = find(host, Depth::BuildAndRun).unwrap_err();
        assert!(error.message.contains(message), "{error:?} without {message:?}");
        assert!(error.hint.contains(hint), "{error:?} without {hint:?}");
    }

    #[test]
    fn a_debian_with_everything_is_taken_as_it_is() {
        let tools = find(&debian(), Depth::BuildAndRun).unwrap();
        let expected = Tools {
            rustc: "/usr/bin/rustc".to_owned(),
            release: "1.96.0".to_owned(),
            linker: "aarch64-linux-gnu-gcc".to_owned(),
            runner: Some(
                "qemu-aarch64-static -L /usr/aarch64-linux-gnu -E LD_LIBRARY_PATH=/usr/aarch64-linux-gnu/lib"
                    .to_owned(),
            ),
        };
        assert_eq!(tools, expected);
    }

    #[test]
    fn cargos_own_rustc_comes_first_where_it_has_the_target() {
        let mut host = debian();
        host.rustcs[0].2 = true;
        assert_eq!(find(&host, Depth::Build).unwrap().rustc, "rustc");
        host.variables.push(("RUSTC", "/opt/rustc"));
        host.rustcs.push(("/opt/rustc", "1.97.1", true));
        assert_eq!(find(&host, Depth::Build).unwrap().rustc, "/opt/rustc");
    }

    #[test]
    fn a_missing_standard_library_names_both_ways_to_it() {
        let mut host = debian();
        host.rustcs[1].2 = false;
        assert_missing(&host, "/usr/bin/rustc 1.96.0 has no standard library", "rustup target add aarch64");
        assert_missing(&host, "rustc 1.95.0 has no standard library", "rustc-web libstd-rust-web-dev:arm64");
        host.rustcs.clear();
        assert_missing(&host, "there is no rustc; there is no /usr/bin/rustc", "rustup target add");
    }

    #[test]
    fn a_rustc_that_is_too_old_is_passed_over_and_named() {
        let mut host = debian();
        host.rustcs[1].1 = "1.85.0";
        assert_missing(&host, "/usr/bin/rustc is 1.85.0, we need 1.95", "security updates");
        host.rustcs[1].1 = "1.100.0";
        assert_eq!(find(&host, Depth::Build).unwrap().release, "1.100.0");
    }

    #[test]
    fn a_missing_linker_names_its_package() {
        assert_missing(&without(LINKER), "no aarch64-linux-gnu-gcc", "apt-get install gcc-aarch64-linux-gnu");
        assert_missing(&without(CXX), "H.264", "apt-get install g++-aarch64-linux-gnu");
    }

    #[test]
    fn a_missing_emulator_names_its_package_and_is_not_wanted_for_a_build() {
        let host = without(EMULATORS[0]);
        assert_missing(
            &host,
            "neither qemu-aarch64-static nor qemu-aarch64",
            "qemu-user-static, or --no-run",
        );
        assert_eq!(find(&host, Depth::Build).unwrap().runner, None);
        let mut other = host;
        other.there.push(EMULATORS[1]);
        assert!(find(&other, Depth::BuildAndRun).unwrap().runner.unwrap().starts_with("qemu-aarch64 -L"));
    }

    #[test]
    fn a_missing_c_library_names_its_package() {
        assert_missing(&without(LIBRARY_ROOT), "no /usr/aarch64-linux-gnu", "libc6-arm64-cross, or --no-run");
        assert!(find(&without(LIBRARY_ROOT), Depth::Build).is_ok());
    }

    #[test]
    fn what_the_user_has_set_is_taken_unseen() {
        let mut host = debian();
        host.there.clear();
        host.variables =
            vec![(LINKER_VARIABLE, "clang"), (CXX_VARIABLE, "clang++"), (RUNNER_VARIABLE, "ssh pi")];
        let tools = find(&host, Depth::BuildAndRun).unwrap();
        assert_eq!((tools.linker.as_str(), tools.runner.as_deref()), ("clang", Some("ssh pi")));
    }
}
