//! No crate, folder or module called `utils` or `common`: a thing that cannot be named for what it is has no place yet.

use super::Finding;
use super::crates::packages;
use super::tree::Tree;

/// Words that name nothing. A package is split at its hyphens: `ocelli-utils` is one of them too.
const NAMELESS: &[&str] = &["util", "utils", "utilities", "common", "helpers", "misc"];

/// Packages and Rust modules with such a name.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for package in packages(tree).0 {
        if package.name.split(['-', '_']).any(|word| NAMELESS.contains(&word)) {
            findings.push(Finding::of_file(&package.manifest(), format!("`{}` names nothing", package.name)));
        }
    }
    for (path, _) in tree.texts().filter(|(path, _)| path.ends_with(".rs")) {
        let parts = path.trim_end_matches(".rs").split('/');
        if let Some(word) = parts.into_iter().find(|part| NAMELESS.contains(part)) {
            findings.push(Finding::of_file(path, format!("`{word}` names nothing: say what is in it")));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::super::{assert_repository_passes, findings_in};
    use super::*;

    #[test]
    fn every_crate_and_module_of_the_repository_has_a_name() {
        assert_repository_passes(check);
    }

    #[test]
    fn nameless_things_are_found() {
        assert_eq!(
            findings_in(check, &[("crates/u/Cargo.toml", "[package]\nname = 'ocelli-utils'")]).len(),
            1
        );
        assert_eq!(findings_in(check, &[("crates/frame/src/common.rs", "")]).len(), 1);
        assert_eq!(findings_in(check, &[("crates/frame/src/utils/mod.rs", "")]).len(), 1);
        assert!(findings_in(check, &[("crates/frame/src/uncommon.rs", "")]).is_empty());
    }
}
