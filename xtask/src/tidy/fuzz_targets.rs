//! The fuzz targets, which no build of the workspace sees, stay in step with what they run: each is listed in its
//! manifest and its README, and each file under a crate's `tests/any_input/` has one.
//!
//! What is not here: whether they compile. What a target holds is compiled with its crate's tests; the target itself is
//! ten lines around it.

use super::Finding;
use super::tree::Tree;

const FOLDER: &str = "fuzz/fuzz_targets/";
const MANIFEST: &str = "fuzz/Cargo.toml";
const README: &str = "fuzz/README.md";
const HELD: &str = "tests/any_input/";

/// Targets that nobody builds or explains, or that run a file that is not there, and files that no target runs.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut run = Vec::new();
    for (path, text) in tree.texts().filter(|(path, _)| path.starts_with(FOLDER)) {
        let name = path.trim_start_matches(FOLDER).trim_end_matches(".rs");
        for (file, line) in [
            (MANIFEST, format!("name = \"{name}\"\npath = \"fuzz_targets/{name}.rs\"")),
            (README, format!("| `{name}` |")),
        ] {
            if !tree.text(file).is_some_and(|text| text.contains(&line)) {
                findings.push(Finding::of_file(path, format!("{file} does not list it: {line:?}")));
            }
        }
        match held_by(text).filter(|held| tree.has(held)) {
            Some(held) => run.push(held),
            None => findings.push(Finding::of_file(path, "its `#[path = \"../../…\"]` leads nowhere")),
        }
    }
    let held = tree.texts().map(|(path, _)| path).filter(|path| {
        let file = path.rsplit_once(HELD).map_or("", |(_, file)| file);
        file.ends_with(".rs") && file != "main.rs" && !file.contains('/')
    });
    let without = held.filter(|path| !run.iter().any(|run| run == path));
    findings.extend(without.map(|path| Finding::of_file(path, format!("no target in {FOLDER} runs it"))));
    findings
}

/// The file that a target takes in, from the root.
fn held_by(target: &str) -> Option<String> {
    let (_, rest) = target.split_once("#[path = \"../../")?;
    Some(rest.split_once('"')?.0.to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::{assert_repository_passes, findings_in};
    use super::*;

    #[test]
    fn every_target_is_listed_and_every_held_file_has_one() {
        assert_repository_passes(check);
    }

    #[test]
    fn what_is_out_of_step_is_found() {
        let target =
            ("fuzz/fuzz_targets/uri.rs", "#[path = \"../../crates/a/tests/any_input/uri.rs\"] mod uri;");
        let held = ("crates/a/tests/any_input/uri.rs", "");
        let manifest = ("fuzz/Cargo.toml", "[[bin]]\nname = \"uri\"\npath = \"fuzz_targets/uri.rs\"");
        let readme = ("fuzz/README.md", "| `uri` | sources |");
        let main = ("crates/a/tests/any_input/main.rs", "");
        assert_eq!(findings_in(check, &[target, held, manifest, readme, main]), Vec::<String>::new());
        assert_eq!(findings_in(check, &[target, manifest, readme]).len(), 1);
        assert_eq!(findings_in(check, &[target, held, readme]).len(), 1);
        assert_eq!(findings_in(check, &[target, held, manifest]).len(), 1);
        assert_eq!(findings_in(check, &[held]).len(), 1);
    }
}
