//! Invariant 2: `unsafe` stands in listed files only, and every other crate forbids it.
//!
//! The compiler holds the second half once the attribute is there; this check holds that it is, and keeps the list
//! short: a file that no longer needs its place loses it.

use super::Finding;
use super::crates::{Package, packages};
use super::source::Source;
use super::tree::Tree;

/// The files that may use `unsafe`, and what for; a folder, where it is what the whole folder is about.
const LISTED: &[(&str, &str)] = &[
    ("crates/backends/native/src/arena.rs", "memory that a session's buffers share"),
    ("crates/backends/native/src/kernels/", "vectors, and loops whose bounds the plan has proved"),
    ("crates/backends/native/src/report.rs", "a tile run by itself, to measure the machine's peak"),
    ("crates/backends/native/src/session.rs", "inputs and outputs as slices of the arena"),
    ("crates/backends/native/src/steps/", "buffers of the arena, shared out among threads"),
    ("crates/backends/native/src/team/mod.rs", "a run's work, lent to threads that outlive it"),
    ("crates/frame/src/frame.rs", "a frame hands out slices of pool memory that its lease keeps"),
    ("crates/frame/src/memory.rs", "page-aligned memory, shared between the pool and its frames"),
    ("crates/frame/src/pool.rs", "a filling hands out the slot that only it holds"),
    ("crates/frame/tests/lease_loom.rs", "loom's cells hand out raw pointers"),
    ("crates/preprocess/src/dispatch.rs", "calls kernels with the token that the CPU has their instructions"),
    ("crates/preprocess/src/kernels/picked.rs", "the one load whose place the plan has proved"),
    ("crates/preprocess/src/simd/avx2.rs", "what AVX2's operations are, each by its token"),
    ("crates/preprocess/src/simd/avx512.rs", "what AVX-512's operations are, each by its token"),
    ("crates/preprocess/src/simd/mod.rs", "operations on registers, each by its token"),
    ("crates/preprocess/src/simd/neon.rs", "what NEON's operations are, each by its token"),
    ("crates/sources/v4l2/src/buffers.rs", "a driver's mappings as a pool's memory"),
    ("crates/sources/v4l2/src/camera/fake.rs", "pool memory that counts itself"),
    (
        "crates/sources/v4l2/src/own_buffers.rs",
        "memory of ours, cut into slots, that a driver is told to fill",
    ),
    ("crates/sources/v4l2/src/own_buffers/tests.rs", "a driver with a script that writes to that memory"),
    (
        "crates/sources/v4l2/src/queue.rs",
        "QBUF of memory that the queue holds until the driver has let go of it",
    ),
    ("crates/sources/v4l2/src/returns.rs", "pool memory that passes what readers let go of on to its driver"),
    ("crates/sources/v4l2/src/spare.rs", "pool memory that lets go of a JPEG's buffer with its picture"),
    (
        "crates/sources/v4l2/src/sys/buffer.rs",
        "the ioctls whose argument may hold pointers to planes and to memory",
    ),
    ("crates/sources/v4l2/src/sys/expbuf.rs", "a file that the kernel has opened becomes ours"),
    ("crates/sources/v4l2/src/sys/mapping.rs", "mmap and munmap of buffers, the driver's and ours"),
    ("crates/sources/v4l2/src/sys/qbuf.rs", "QBUF of memory of ours, whose caller promises that it stays"),
    (
        "crates/sources/v4l2/src/sys/request.rs",
        "ioctl numbers, each with the type of its argument, and the call",
    ),
    ("crates/testkit/src/allocations.rs", "an allocator that counts"),
    ("lab/src/leases/queue_early.rs", "does on purpose what a source must not: queues a buffer that is read"),
];

const HERE: &str = "xtask/src/tidy/unsafe_files.rs";

const ATTRIBUTE: &str = "#![forbid(unsafe_code)]";

/// `unsafe` where it is not listed, places in the list that nobody needs, and crates that could forbid it but do not.
pub fn check(tree: &Tree) -> Vec<Finding> {
    check_against(tree, LISTED)
}

fn check_against(tree: &Tree, listed: &[(&str, &str)]) -> Vec<Finding> {
    let is_listed = |path: &str| listed.iter().any(|(row, _)| covers(row, path));
    let mut findings = Vec::new();
    for (path, source) in tree.rust_files() {
        let lines = source.lines_with("unsafe");
        if let Some(&first) = lines.first().filter(|_| !is_listed(path)) {
            let message =
                format!("{} lines with unsafe, in a file that is not listed in {HERE}", lines.len());
            findings.push(Finding::at(path, first, message));
        }
    }
    for (row, reason) in listed {
        let mut covered = tree.rust_files().filter(|(path, _)| covers(row, path));
        if !covered.any(|(_, source)| !source.lines_with("unsafe").is_empty()) {
            let message = format!("listed for unsafe ({reason}), but has none: take it off the list");
            findings.push(Finding::of_file(row, message));
        }
    }
    findings.extend(packages(tree).0.iter().flat_map(|package| missing_attributes(tree, package, listed)));
    findings
}

/// Whether a row of the list is this file, or a folder that it lies in.
fn covers(row: &str, path: &str) -> bool {
    row == path || (row.ends_with('/') && path.starts_with(row))
}

/// Roots of the package's own code that lack the attribute, where no listed file stands beside them.
fn missing_attributes(tree: &Tree, package: &Package, listed: &[(&str, &str)]) -> Vec<Finding> {
    let sources = format!("{}/src/", package.folder);
    if listed.iter().any(|(path, _)| path.starts_with(&sources)) {
        return Vec::new();
    }
    ["lib.rs", "main.rs"]
        .iter()
        .map(|root| format!("{sources}{root}"))
        .filter(|path| tree.text(path).is_some_and(|text| !Source::mask(text).code().contains(ATTRIBUTE)))
        .map(|path| {
            Finding::of_file(&path, format!("no {ATTRIBUTE}, and no file of this crate needs unsafe"))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::assert_repository_passes;
    use super::*;

    #[test]
    fn the_repository_uses_unsafe_in_listed_files_only() {
        assert_repository_passes(check);
    }

    fn findings_in(files: &[(&str, &str)], listed: &[(&str, &str)]) -> Vec<String> {
        check_against(&Tree::made_up(files), listed).iter().map(Finding::to_string).collect()
    }

    const MANIFEST: (&str, &str) = ("crates/a/Cargo.toml", "[package]\nname = 'a'");

    #[test]
    fn unsafe_outside_the_list_is_found_and_talk_about_it_is_not() {
        let bad = ("crates/a/tests/a.rs", "fn f() {\n    unsafe { g() }\n}");
        assert_eq!(findings_in(&[bad], &[]).len(), 1);
        assert!(findings_in(&[bad], &[])[0].starts_with("crates/a/tests/a.rs:2: 1 lines with unsafe"));
        assert!(findings_in(&[bad], &[(bad.0, "why")]).is_empty());
        assert!(
            findings_in(&[("crates/a/src/b.rs", "// unsafe\nconst A: &str = \"unsafe\";")], &[]).is_empty()
        );
    }

    #[test]
    fn a_folder_in_the_list_covers_what_lies_in_it() {
        let inside = ("crates/a/src/b/c.rs", "fn f() {\n    unsafe { g() }\n}");
        assert!(findings_in(&[inside], &[("crates/a/src/b/", "why")]).is_empty());
        assert_eq!(findings_in(&[inside], &[("crates/a/src/d/", "why")]).len(), 2);
        assert_eq!(findings_in(&[inside], &[("crates/a/src/b", "why")]).len(), 2);
    }

    #[test]
    fn a_place_in_the_list_that_nobody_needs_is_found() {
        assert_eq!(
            findings_in(&[("crates/a/src/b.rs", "// unsafe")], &[("crates/a/src/b.rs", "why")]).len(),
            1
        );
        assert_eq!(findings_in(&[], &[("crates/a/src/gone.rs", "why")]).len(), 1);
    }

    #[test]
    fn a_crate_that_could_forbid_it_must() {
        let without = ("crates/a/src/lib.rs", "//! A.\n// #![forbid(unsafe_code)]");
        assert_eq!(findings_in(&[MANIFEST, without], &[]).len(), 1);
        let with = ("crates/a/src/lib.rs", "//! A.\n#![forbid(unsafe_code)]");
        assert!(findings_in(&[MANIFEST, with], &[]).is_empty());
        let kernel = ("crates/a/src/kernel.rs", "unsafe fn f() {}");
        assert!(findings_in(&[MANIFEST, without, kernel], &[(kernel.0, "SIMD")]).is_empty());
    }
}
