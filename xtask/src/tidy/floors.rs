//! Invariant 1: dependencies point down. A crate may depend on crates of lower floors only, never on its own floor.
//!
//! The table below is the one place where floors are written; ARCHITECTURE.md says in words what each crate is.
//! Development dependencies are free: a test may look at anything.

use super::Finding;
use super::crates::{Package, packages};
use super::tree::Tree;

/// The floors, from the ground up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Floor {
    /// 0: the nouns.
    Nouns,
    /// 1: seams, and arithmetic on nouns.
    Seams,
    /// 1½: what implements a seam.
    Implementations,
    /// 2: what puts seams together.
    Middle,
    /// 3: the outside world.
    Outside,
    /// 4: the binary.
    Face,
    /// Beside the house: nothing may depend on it but tests.
    Chores,
    /// Tests in a package of their own: they may look at anything.
    Tests,
}

/// Folder, package name and floor of each crate. Sources and backends go by their folder, see [`floor_of`].
const TABLE: &[(&str, &str, Floor)] = &[
    ("crates/frame", "ocelli-frame", Floor::Nouns),
    ("crates/capture", "ocelli-capture", Floor::Seams),
    ("crates/preprocess", "ocelli-preprocess", Floor::Seams),
    ("crates/engine", "ocelli-engine", Floor::Seams),
    ("crates/model", "ocelli-model", Floor::Seams),
    ("crates/postprocess", "ocelli-postprocess", Floor::Seams),
    ("crates/predict", "ocelli-predict", Floor::Seams),
    ("crates/protocol", "ocelli-protocol", Floor::Seams),
    ("crates/pipeline", "ocelli-pipeline", Floor::Middle),
    ("crates/local", "ocelli-local", Floor::Middle),
    ("crates/draw", "ocelli-draw", Floor::Middle),
    ("crates/report", "ocelli-report", Floor::Middle),
    ("crates/eval", "ocelli-eval", Floor::Middle),
    ("crates/offload", "ocelli-offload", Floor::Outside),
    ("crates/web", "ocelli-web", Floor::Outside),
    ("crates/window", "ocelli-window", Floor::Outside),
    ("crates/record", "ocelli-record", Floor::Outside),
    ("crates/fetch", "ocelli-fetch", Floor::Outside),
    ("crates/cli", "ocelli", Floor::Face),
    (TESTKIT_FOLDER, "ocelli-testkit", Floor::Chores),
    ("fuzz", "ocelli-fuzz", Floor::Tests),
    ("lab", "ocelli-lab", Floor::Tests),
    ("xtask", "xtask", Floor::Chores),
];

const TESTKIT_FOLDER: &str = "crates/testkit";

/// Folders whose every crate implements a seam, and what the package names there start with.
const IMPLEMENTATIONS: &[(&str, &str)] =
    &[("crates/sources/", "ocelli-source-"), ("crates/backends/", "ocelli-backend-")];

/// Crates that are missing in the table, named otherwise than there, or that depend on anything but lower floors.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let (packages, mut findings) = packages(tree);
    for package in &packages {
        match floor_of(&package.folder) {
            Some((name, floor)) => {
                if package.name != name {
                    let message = format!("the package is called {}, its place in the table says {name}", package.name);
                    findings.push(Finding::of_file(&package.manifest(), message));
                }
                findings.extend(upward_dependencies(package, floor, &packages));
            }
            None => findings.push(Finding::of_file(
                &package.manifest(),
                "a crate without a floor: give it one in xtask/src/tidy/floors.rs, and a line in ARCHITECTURE.md",
            )),
        }
    }
    findings
}

/// What the crate in `folder` must be called, and its floor.
fn floor_of(folder: &str) -> Option<(String, Floor)> {
    if let Some(&(_, name, floor)) = TABLE.iter().find(|(row, ..)| *row == folder) {
        return Some((name.to_owned(), floor));
    }
    IMPLEMENTATIONS.iter().find_map(|(parent, prefix)| {
        let name = folder.strip_prefix(parent).filter(|name| !name.contains('/'))?;
        Some((format!("{prefix}{name}"), Floor::Implementations))
    })
}

fn upward_dependencies(package: &Package, floor: Floor, packages: &[Package]) -> Vec<Finding> {
    // The test kit serves tests on every floor, so it may itself stand on the lowest two only.
    let limit = if package.folder == TESTKIT_FOLDER { Floor::Implementations } else { floor };
    let ours = packages.iter().filter(|other| package.dependencies.contains(&other.name));
    ours.filter_map(|other| {
        let (_, other_floor) = floor_of(&other.folder)?;
        (other_floor >= limit).then(|| {
            let message =
                format!("{floor:?} may not depend on {} ({other_floor:?}): only on lower floors", other.name);
            Finding::of_file(&package.manifest(), message)
        })
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::super::{assert_repository_passes, findings_in};
    use super::*;

    #[test]
    fn the_repository_keeps_its_floors() {
        assert_repository_passes(check);
    }

    fn manifest(name: &str, section: &str, dependencies: &[&str]) -> String {
        let lines: String =
            dependencies.iter().map(|dependency| format!("{dependency}.workspace = true\n")).collect();
        format!("[package]\nname = \"{name}\"\n[{section}]\n{lines}")
    }

    /// The findings over a tree of these crates: (folder, package name, section, what it depends on).
    fn findings_over(crates: &[(&str, &str, &str, &[&str])]) -> Vec<String> {
        let files: Vec<(String, String)> = crates
            .iter()
            .map(|&(folder, name, section, dependencies)| {
                (format!("{folder}/Cargo.toml"), manifest(name, section, dependencies))
            })
            .collect();
        let files: Vec<(&str, &str)> =
            files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        findings_in(check, &files)
    }

    const FRAME: (&str, &str, &str, &[&str]) = ("crates/frame", "ocelli-frame", "dependencies", &[]);
    const ENGINE: (&str, &str, &str, &[&str]) =
        ("crates/engine", "ocelli-engine", "dependencies", &["ocelli-frame"]);

    #[test]
    fn down_is_allowed_and_tests_may_look_anywhere() {
        let backend =
            ("crates/backends/x", "ocelli-backend-x", "dependencies", &["ocelli-frame", "ocelli-engine"][..]);
        let capture = ("crates/capture", "ocelli-capture", "dev-dependencies", &["ocelli-backend-x"][..]);
        assert_eq!(findings_over(&[FRAME, ENGINE, backend, capture]), Vec::<String>::new());
    }

    #[test]
    fn up_and_sideways_are_not() {
        let up = ("crates/frame", "ocelli-frame", "dependencies", &["ocelli-engine"][..]);
        let found = findings_over(&[up, ENGINE]);
        assert_eq!(found.len(), 1);
        assert!(
            found[0].starts_with("crates/frame/Cargo.toml: Nouns may not depend on ocelli-engine"),
            "{found:?}"
        );

        let sideways =
            ("crates/model", "ocelli-model", "target.'cfg(unix)'.dependencies", &["ocelli-engine"][..]);
        assert_eq!(findings_over(&[FRAME, ENGINE, sideways]).len(), 1);
        let build = ("crates/model", "ocelli-model", "build-dependencies", &["ocelli-engine"][..]);
        assert_eq!(findings_over(&[FRAME, ENGINE, build]).len(), 1);
    }

    #[test]
    fn the_test_kit_is_for_tests_and_stands_low() {
        let kit = ("crates/testkit", "ocelli-testkit", "dependencies", &["ocelli-engine"][..]);
        assert_eq!(findings_over(&[FRAME, ENGINE, kit]), Vec::<String>::new());
        let cli = ("crates/cli", "ocelli", "dependencies", &["ocelli-testkit"][..]);
        assert_eq!(findings_over(&[FRAME, ENGINE, kit, cli]).len(), 1);
        let backend = ("crates/backends/x", "ocelli-backend-x", "dependencies", &["ocelli-engine"][..]);
        let high = ("crates/testkit", "ocelli-testkit", "dependencies", &["ocelli-backend-x"][..]);
        assert_eq!(findings_over(&[FRAME, ENGINE, backend, high]).len(), 1);
    }

    #[test]
    fn a_crate_that_nobody_placed_or_that_is_called_otherwise_is_found() {
        assert_eq!(findings_over(&[("crates/stuff", "ocelli-stuff", "dependencies", &[])]).len(), 1);
        assert_eq!(
            findings_over(&[("crates/backends/x/y", "ocelli-backend-x/y", "dependencies", &[])]).len(),
            1
        );
        assert_eq!(findings_over(&[("crates/sources/file", "ocelli-file", "dependencies", &[])]).len(), 1);
    }
}
