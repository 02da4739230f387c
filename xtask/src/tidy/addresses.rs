//! Addresses in this repository are public ones that a reader can open: a short list of hosts, and no trace of the
//! machines and mirrors that somebody happened to build on.

use super::Finding;
use super::tree::Tree;

/// Hosts that `http://` and `https://` may name; a subdomain goes with its host.
const HOSTS: &[&str] = &[
    "127.0.0.1",
    "githubusercontent.com",
    "[::1]",
    "0.0.0.0",
    "localhost",
    "example.com",
    "example.org",
    "example.net",
    "apache.org",
    "arxiv.org",
    "choosealicense.com",
    "cocodataset.org",
    "creativecommons.org",
    "docs.rs",
    "ffmpeg.org",
    "github.com",
    "intel.com",
    "itu.int",
    "iso.org",
    "kernel.org",
    "keepachangelog.com",
    "mozilla.org",
    "nvidia.com",
    "onnx.ai",
    "onnxruntime.ai",
    "opensource.org",
    "rfc-editor.org",
    "rust-lang.org",
    "rustup.rs",
    "semver.org",
    "sil.org",
    "ultralytics.com",
    "w3.org",
    "wikipedia.org",
];

/// Words that only a build machine's set-up would leave behind, in two pieces so that this file does not hold them.
const TRACES: &[(&str, &str)] = &[
    ("../.lib", "rary"),
    ("/work/", "main"),
    ("/work/", "shared"),
    ("artifac", "tory"),
    ("--index", "-url"),
    ("extra-index", "-url"),
    ("pip_index", "_url"),
    ("files.python", "hosted"),
    ("static.crates", ".io"),
    ("index.crates", ".io"),
    ("registry.", "npmjs"),
    ("replace-", "with"),
    ("cargo_reg", "istries"),
    ("sparse", "+http"),
];

/// The only registry Cargo.lock may name.
const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// Addresses of hosts that are not listed, traces of build machines, and packages from elsewhere in Cargo.lock.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let traces: Vec<String> = TRACES.iter().map(|(left, right)| format!("{left}{right}")).collect();
    let mut findings = Vec::new();
    for (path, text) in tree.texts() {
        for (index, line) in text.lines().enumerate() {
            let mut add = |message: String| findings.push(Finding::at(path, index + 1, message));
            let lower = line.to_ascii_lowercase();
            for trace in traces.iter().filter(|trace| lower.contains(trace.as_str())) {
                add(format!("`{trace}` tells of a build machine, not of this project"));
            }
            for host in hosts(&lower).into_iter().filter(|host| !is_listed(host)) {
                add(format!("the host `{host}` is not listed in xtask/src/tidy/addresses.rs"));
            }
            if path.ends_with("Cargo.lock") && line.starts_with("source = ") && !line.contains(REGISTRY) {
                add("a package from elsewhere than crates.io".to_owned());
            }
        }
    }
    findings
}

/// The hosts of the web addresses in a line, without user and port; names with placeholders in them are left out.
fn hosts(line: &str) -> Vec<String> {
    let mut hosts = Vec::new();
    for (start, scheme) in line.match_indices("http://").chain(line.match_indices("https://")) {
        let rest = &line[start + scheme.len()..];
        let authority = rest
            .split(|c: char| "/ \"'`)>,?#|\\".contains(c) || c.is_whitespace())
            .next()
            .unwrap_or_default();
        let host = authority.rsplit('@').next().unwrap_or_default();
        let host =
            if host.starts_with('[') { host.split_inclusive(']').next() } else { host.split(':').next() };
        let host = host.unwrap_or_default().trim_end_matches('.');
        if !host.is_empty() && !host.contains(['{', '$', '<', '…', '*']) {
            hosts.push(host.to_owned());
        }
    }
    hosts
}

fn is_listed(host: &str) -> bool {
    HOSTS
        .iter()
        .any(|listed| host.strip_suffix(listed).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')))
}

#[cfg(test)]
mod tests {
    use super::super::{assert_repository_passes, findings_in};
    use super::*;

    #[test]
    fn the_repository_names_public_hosts_only() {
        assert_repository_passes(check);
    }

    #[test]
    fn hosts_that_are_not_listed_are_found() {
        // In two pieces, or this very file would be found.
        let scheme = "https:/".to_owned() + "/";
        for host in
            ["mirror.internal", "user:word@mirror.internal:8080/x", "evilgithub.com", "github.com.internal"]
        {
            let found = findings_in(check, &[("docs/a.md", &format!("see\n<{scheme}{host}>"))]);
            assert_eq!(found.len(), 1, "{host}: {found:?}");
            assert!(found[0].starts_with("docs/a.md:2:"), "{found:?}");
        }
        for host in ["github.com/a/b", "doc.rust-lang.org/", "127.0.0.1:7001", "[::1]:7001/x", "{host}/x"] {
            assert!(findings_in(check, &[("docs/a.md", &format!("({scheme}{host})"))]).is_empty(), "{host}");
        }
    }

    #[test]
    fn traces_of_a_build_machine_are_found() {
        for (left, right) in TRACES {
            assert_eq!(
                findings_in(check, &[("a.toml", &format!("x = \"{left}{right}\""))]).len(),
                1,
                "{left}{right}"
            );
        }
    }

    #[test]
    fn a_package_from_elsewhere_is_found() {
        let ours = format!("source = \"{REGISTRY}\"");
        assert!(findings_in(check, &[("Cargo.lock", &ours)]).is_empty());
        assert_eq!(findings_in(check, &[("Cargo.lock", "source = \"git+ssh://x/y\"")]).len(), 1);
    }
}
