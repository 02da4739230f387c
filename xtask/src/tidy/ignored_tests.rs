//! A test that is left out says why: `#[ignore = "reason"]`, never bare.

use super::Finding;
use super::tree::Tree;

/// Bare `#[ignore]`.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, source) in tree.rust_files() {
        for (line, code) in source.lines() {
            let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
            if code.contains("#[ignore]") {
                findings.push(Finding::at(
                    path,
                    line,
                    "an ignored test without a reason: #[ignore = \"why\"]",
                ));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::super::{assert_repository_passes, findings_in};
    use super::*;

    #[test]
    fn every_ignored_test_of_the_repository_says_why() {
        assert_repository_passes(check);
    }

    #[test]
    fn a_bare_one_is_found() {
        let found = findings_in(check, &[("crates/a/src/a.rs", "#[test]\n#[ ignore ]\nfn f() {}")]);
        assert_eq!(found.len(), 1);
        assert!(found[0].starts_with("crates/a/src/a.rs:2:"));
        assert!(findings_in(check, &[("crates/a/src/a.rs", "#[ignore = \"needs a camera\"]")]).is_empty());
    }
}
