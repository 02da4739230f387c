//! The tidy checks: what a compiler does not hold, but a stranger who reads this tree may count on.
//!
//! Each check is a function from a [`Tree`] to findings. It runs twice as a test: over this repository, where it must
//! find nothing, and over a small made-up bad tree, where it must find what is wrong.
//!
//! What is not here: anything that clippy or rustfmt already says.

mod addresses;
mod banned_calls;
mod crates;
mod floors;
mod fuzz_targets;
mod headers;
mod ignored_tests;
mod lengths;
mod links;
mod names;
mod source;
mod tree;
mod unsafe_files;

use std::fmt;
use std::path::Path;
use std::process::ExitCode;

use tree::Tree;

/// One thing that is not as it should be, and what to do about it.
#[derive(Debug, PartialEq, Eq)]
pub struct Finding {
    /// Relative to the repository's root.
    path: String,
    /// Counted from 1; 0 stands for the whole file.
    line: usize,
    message: String,
}

impl Finding {
    fn at(path: &str, line: usize, message: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line, message: message.into() }
    }

    fn of_file(path: &str, message: impl Into<String>) -> Self {
        Self::at(path, 0, message)
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.path, self.message),
            line => write!(f, "{}:{line}: {}", self.path, self.message),
        }
    }
}

type Check = fn(&Tree) -> Vec<Finding>;

/// Every check, under the name that `cargo xtask tidy` prints.
const CHECKS: &[(&str, Check)] = &[
    ("floors", floors::check),
    ("crate names", names::check),
    ("unsafe", unsafe_files::check),
    ("lengths", lengths::check),
    ("headers", headers::check),
    ("banned calls", banned_calls::check),
    ("ignored tests", ignored_tests::check),
    ("links", links::check),
    ("addresses", addresses::check),
    ("fuzz targets", fuzz_targets::check),
];

/// Runs every check over the checkout at `root` and prints what it finds.
pub fn run(root: &Path) -> ExitCode {
    let tree = match Tree::read(root) {
        Ok(tree) => tree,
        Err(error) => {
            eprintln!("error: cannot read {}: {error}", root.display());
            return ExitCode::FAILURE;
        }
    };
    let mut findings_total = 0;
    for (name, check) in CHECKS {
        let findings = check(&tree);
        println!("{name}: {}", if findings.is_empty() { "ok" } else { "not tidy" });
        for finding in &findings {
            println!("    {finding}");
        }
        findings_total += findings.len();
    }
    if findings_total == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Fails with every finding of `check` over this repository; what each check's first test calls.
#[cfg(test)]
fn assert_repository_passes(check: Check) {
    let tree = Tree::read(&crate::repository_root()).expect("the checkout can be read");
    let findings: Vec<String> = check(&tree).iter().map(Finding::to_string).collect();
    assert!(findings.is_empty(), "not tidy:\n{}", findings.join("\n"));
}

/// What `check` finds in a made-up tree of (path, text), as `path:line: message`.
#[cfg(test)]
fn findings_in(check: Check, files: &[(&str, &str)]) -> Vec<String> {
    check(&Tree::made_up(files)).iter().map(Finding::to_string).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn no_check_is_forgotten_in_the_table() {
        let here = include_str!("mod.rs");
        for line in here.lines().filter(|line| line.starts_with("mod ")) {
            let module = line.trim_start_matches("mod ").trim_end_matches(';');
            let is_check = !["crates", "source", "tree"].contains(&module) && module != "tests {";
            assert!(!is_check || here.contains(&format!("{module}::check)")), "{module} is not in CHECKS");
        }
    }
}
