//! Invariants 6 and 7: no queue without a bound, and no clock read below the command line.
//!
//! clippy.toml bans the same calls; this check also sees code that the build at hand leaves out, and cannot be
//! silenced by an attribute.

use super::Finding;
use super::source::{Source, is_identifier};
use super::tree::Tree;

/// A call, where it is free, and what to do instead.
struct Ban {
    /// A path as it is written at the call; what follows must not go on as an identifier.
    call: &'static str,
    scope: Scope,
    instead: &'static str,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Scope {
    /// Nowhere.
    Everywhere,
    /// Free in the binary, the chores, and what only developers run.
    Libraries,
}

const BANS: &[Ban] = &[
    Ban {
        call: "mpsc::channel",
        scope: Scope::Everywhere,
        instead: "a queue has a bound: pipeline's Slot or Rendezvous",
    },
    Ban {
        call: "unbounded",
        scope: Scope::Everywhere,
        instead: "a queue has a bound: pipeline's Slot or Rendezvous",
    },
    Ban {
        call: "unbounded_channel",
        scope: Scope::Everywhere,
        instead: "a queue has a bound: pipeline's Slot or Rendezvous",
    },
    Ban { call: "Instant::now", scope: Scope::Libraries, instead: "time is an argument: take a Clock" },
    Ban { call: "SystemTime::now", scope: Scope::Libraries, instead: "time is an argument: take a Clock" },
];

/// Folders that stand where the outside world does.
const OUTSIDE: &[&str] = &["crates/cli/", "xtask/"];

/// Folder names for what only developers run.
const DEVELOPERS: &[&str] = &["tests", "examples", "benches", "bench", "fuzz", "lab"];

/// Calls to what is banned.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, source) in tree.rust_files() {
        let outside = OUTSIDE.iter().any(|folder| path.starts_with(folder))
            || path.split('/').any(|part| DEVELOPERS.contains(&part));
        for ban in BANS.iter().filter(|ban| ban.scope == Scope::Everywhere || !outside) {
            for line in calls(&source, ban.call) {
                findings.push(Finding::at(path, line, format!("{}: {}", ban.call, ban.instead)));
            }
        }
    }
    findings
}

/// Lines in which `call` is called, passed on, or imported by its path. A bare word counts only where it is called.
fn calls(source: &Source, call: &str) -> Vec<usize> {
    let is_path = call.contains("::");
    let is_call = |line: &str| {
        line.match_indices(call).any(|(start, _)| {
            let starts = !line[..start].chars().next_back().is_some_and(is_identifier);
            let behind = &line[start + call.len()..];
            let ends = !behind.chars().next().is_some_and(is_identifier);
            starts && ends && (is_path || behind.starts_with('(') || behind.starts_with("::<"))
        })
    };
    source.lines().filter(|(_, line)| is_call(line)).map(|(number, _)| number).collect()
}

#[cfg(test)]
mod tests {
    use super::super::{assert_repository_passes, findings_in};
    use super::*;

    #[test]
    fn the_repository_calls_nothing_banned() {
        assert_repository_passes(check);
    }

    #[test]
    fn a_queue_without_a_bound_is_found_everywhere() {
        for call in [
            "mpsc::channel();",
            "std::sync::mpsc::channel::<u8>()",
            "channel::unbounded()",
            "unbounded::<u8>()",
        ] {
            let found = findings_in(check, &[("crates/cli/src/a.rs", &format!("fn f() {{\n    {call}\n}}"))]);
            assert_eq!(found.len(), 1, "{call}: {found:?}");
            assert!(found[0].starts_with("crates/cli/src/a.rs:2: "), "{found:?}");
        }
        for fine in ["mpsc::channel_of(x)", "let unbounded = 1;", "sync_channel(1)", "// mpsc::channel()"] {
            assert!(findings_in(check, &[("crates/cli/src/a.rs", fine)]).is_empty(), "{fine}");
        }
    }

    #[test]
    fn a_clock_is_read_at_the_top_only() {
        for call in ["Instant::now()", "std::time::SystemTime::now()", "map_or_else(Instant::now, f)"] {
            assert_eq!(findings_in(check, &[("crates/pipeline/src/a.rs", call)]).len(), 1, "{call}");
            for free in [
                "crates/cli/src/a.rs",
                "xtask/src/a.rs",
                "crates/frame/tests/a.rs",
                "crates/frame/examples/a.rs",
            ] {
                assert!(findings_in(check, &[(free, call)]).is_empty(), "{free}");
            }
        }
    }
}
