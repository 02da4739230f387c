//! Every module opens with `//!`: what it is, and what it is not.

use super::Finding;
use super::tree::Tree;

/// Rust files under a `src` folder that do not start with `//!` and some words.
pub fn check(tree: &Tree) -> Vec<Finding> {
    tree.texts()
        .filter(|(path, _)| path.ends_with(".rs") && path.split('/').any(|part| part == "src"))
        .filter(|(_, text)| {
            text.strip_prefix("//! ").is_none_or(|words| words.lines().next().is_none_or(str::is_empty))
        })
        .map(|(path, _)| {
            Finding::at(path, 1, "starts without `//!`: say what the module is, and what it is not")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::{assert_repository_passes, findings_in};
    use super::*;

    #[test]
    fn every_module_of_the_repository_says_what_it_is() {
        assert_repository_passes(check);
    }

    #[test]
    fn a_module_without_a_word_is_found() {
        for bad in ["", "// A.", "use a;\n//! A.", "//!\n", "//! \n"] {
            assert_eq!(findings_in(check, &[("crates/a/src/b.rs", bad)]).len(), 1, "{bad:?}");
        }
        assert!(
            findings_in(check, &[("crates/a/src/b.rs", "//! B."), ("crates/a/tests/c.rs", "")]).is_empty()
        );
    }
}
