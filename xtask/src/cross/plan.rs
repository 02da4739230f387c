//! The three calls of a build for 64-bit Arm, as command lines: the binary, the tests, the demo.
//!
//! All three share one profile, so that each dependency is compiled once. What is not here: running them (mod.rs).

use std::path::{Path, PathBuf};

use super::TARGET;
use super::tools::Tools;

/// The packages whose tests run: the way of a frame, and what it is drawn with. Those that drive other programs of this
/// machine (ffmpeg, a browser, our own binary) or a network say nothing of a processor; `engine`, `predict` and `local`
/// have no tests of their own.
pub const PACKAGES: &[&str] = &[
    "ocelli-frame",
    "ocelli-capture",
    "ocelli-preprocess",
    "ocelli-model",
    "ocelli-postprocess",
    "ocelli-backend-native",
    "ocelli-backend-rten",
    "ocelli-pipeline",
    "ocelli-draw",
];

/// Tests that would take an emulator many minutes and say little of a processor: whole networks, ONNX's thousand cases,
/// files damaged in thousands of ways.
const TOO_LONG: &[&str] = &["networks_answer", "a_run_allocates", "node_tests", "hostile_tests"];

/// Frames of the demo's scene: a second and a half of it, enough for its figures to stand well above what it asks for. An
/// emulator takes about a second a frame.
const DEMO_FRAMES: u32 = 45;

/// One call of a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The program and its arguments.
    pub words: Vec<String>,
    /// What is set in its environment, beside what is there.
    pub environment: Vec<(&'static str, String)>,
}

impl Call {
    /// As one would type it.
    pub fn line(&self) -> String {
        let variables = self.environment.iter().map(|(name, value)| match value.contains(' ') {
            true => format!("{name}='{value}'"),
            false => format!("{name}={value}"),
        });
        variables.chain(self.words.iter().cloned()).collect::<Vec<_>>().join(" ")
    }
}

/// Where the build puts what it makes.
#[derive(Clone, Debug)]
pub struct Places {
    folder: PathBuf,
}

impl Places {
    /// Below cargo's target folder, built with `profile`.
    pub fn below(target_folder: &Path, profile: &str) -> Self {
        Self { folder: target_folder.join(TARGET).join(profile) }
    }

    /// The binary.
    pub fn binary(&self) -> PathBuf {
        self.folder.join("ocelli")
    }

    /// The demo's figures.
    pub fn demo_figures(&self) -> PathBuf {
        self.folder.join("ocelli-demo.json")
    }

    fn demo_video(&self) -> PathBuf {
        self.folder.join("ocelli-demo.mp4")
    }
}

/// Builds the binary.
pub fn build(cargo: &str, tools: &Tools, profile: &str) -> Call {
    cargo_call(cargo, tools, "build", profile, &["--package", "ocelli"])
}

/// Builds and runs the tests of [`PACKAGES`]; not those in documentation.
pub fn tests(cargo: &str, tools: &Tools, profile: &str) -> Call {
    let mut arguments: Vec<&str> = PACKAGES.iter().flat_map(|package| ["--package", package]).collect();
    arguments.push("--tests");
    arguments.push("--");
    TOO_LONG.iter().for_each(|name| arguments.extend(["--skip", name]));
    cargo_call(cargo, tools, "test", profile, &arguments)
}

/// Runs the binary's self test behind `runner`, which is split at blanks as cargo does.
pub fn demo(runner: &str, places: &Places) -> Call {
    let mut words: Vec<String> = runner.split_whitespace().map(str::to_owned).collect();
    let path = |path: PathBuf| path.display().to_string();
    words.extend([path(places.binary()), "demo".to_owned()]);
    words.extend(["--frames".to_owned(), DEMO_FRAMES.to_string()]);
    words.extend(["--json".to_owned(), path(places.demo_figures())]);
    words.extend(["--video".to_owned(), path(places.demo_video())]);
    Call { words, environment: Vec::new() }
}

fn cargo_call(cargo: &str, tools: &Tools, command: &str, profile: &str, arguments: &[&str]) -> Call {
    let words = [cargo, command, "--locked", "--profile", profile, "--target", TARGET]
        .into_iter()
        .chain(arguments.iter().copied());
    let mut environment = vec![("CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER", tools.linker.clone())];
    if let Some(runner) = &tools.runner {
        environment.push(("CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER", runner.clone()));
    }
    if tools.rustc != "rustc" {
        environment.push(("RUSTC", tools.rustc.clone()));
    }
    Call { words: words.map(str::to_owned).collect(), environment }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tools(rustc: &str, runner: Option<&str>) -> Tools {
        Tools {
            rustc: rustc.to_owned(),
            release: "1.96.0".to_owned(),
            linker: "arm-gcc".to_owned(),
            runner: runner.map(str::to_owned),
        }
    }

    #[test]
    fn the_build_is_one_line_that_can_be_typed() {
        let line = build("cargo", &tools("/usr/bin/rustc", Some("qemu -L /arm")), "release").line();
        assert_eq!(
            line,
            "CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER=arm-gcc \
             CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER='qemu -L /arm' RUSTC=/usr/bin/rustc \
             cargo build --locked --profile release --target aarch64-unknown-linux-gnu --package ocelli"
        );
    }

    #[test]
    fn cargo_keeps_its_own_rustc_where_that_will_do() {
        let call = build("cargo", &tools("rustc", None), "release");
        assert_eq!(
            call.environment,
            [("CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER", "arm-gcc".to_owned())]
        );
    }

    #[test]
    fn tests_and_binary_share_every_flag_that_names_a_profile() {
        let tools = tools("rustc", Some("qemu"));
        let (build, tests) = (build("cargo", &tools, "cross"), tests("cargo", &tools, "cross"));
        assert_eq!(build.words[2..7], tests.words[2..7]);
        assert_eq!(build.environment, tests.environment);
        assert!(tests.line().contains("--package ocelli-draw --tests -- --skip "), "{}", tests.line());
    }

    #[test]
    fn the_demo_runs_behind_the_runner_and_leaves_its_files_beside_the_binary() {
        let call = demo("qemu -L /arm", &Places::below(Path::new("/t"), "cross"));
        let folder = "/t/aarch64-unknown-linux-gnu/cross";
        assert_eq!(
            call.line(),
            format!(
                "qemu -L /arm {folder}/ocelli demo --frames {DEMO_FRAMES} --json {folder}/ocelli-demo.json \
                 --video {folder}/ocelli-demo.mp4"
            )
        );
    }

    #[test]
    fn every_package_that_is_tested_is_one_of_ours() {
        let manifest = include_str!("../../../Cargo.toml");
        for package in PACKAGES {
            assert!(manifest.contains(&format!("\n{package} = {{ path")), "{package}");
        }
    }
}
