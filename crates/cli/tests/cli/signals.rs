//! Signals: one ends a run in order, however often it is said at once; one that comes later ends the process.

use std::thread::sleep;
use std::time::Duration;

use ocelli_testkit::TestFolder;
use serde_json::Value;

use crate::binary::{command, json, json_lines, send_signal, wait_for_lines};

/// SIGTERM in the middle, twice at once as `timeout` sends it: files are whole, the account adds up, the exit is a
/// success.
#[test]
fn a_signal_ends_the_run_in_order() {
    let folder = TestFolder::new("signals");
    let mut child = command(folder.path())
        .args(["run", "synthetic:", "--loop", "--backend", "fake:50ms", "--sink", "jsonl:out.jsonl"])
        .args(["--sink", "coco:out.json", "--summary", "s.json", "--quiet"])
        .spawn()
        .unwrap();
    wait_for_lines(&folder.join("out.jsonl"), 20);
    send_signal(&child, "TERM");
    send_signal(&child, "TERM");
    assert!(child.wait().unwrap().success());
    let summary = json(&folder.join("s.json"));
    assert_eq!(summary["stopped"], true);
    let account = summary["sources"].as_object().unwrap().values().next().unwrap().clone();
    let count = |value: &Value| value.as_u64().unwrap();
    let dropped: u64 = account["dropped"].as_object().unwrap().values().map(count).sum();
    assert_eq!(count(&account["captured"]), count(&account["emitted"]) + dropped);
    assert_eq!(json_lines(&folder.join("out.jsonl")).len() as u64, count(&account["emitted"]));
    assert!(json(&folder.join("out.json")).is_array());
}

#[test]
fn a_signal_that_comes_again_later_ends_a_run_that_takes_its_time() {
    let folder = TestFolder::new("signals");
    let mut child = command(folder.path())
        .args(["run", "synthetic:", "--loop", "--backend", "fake:8000ms", "--sink", "jsonl:out.jsonl"])
        .arg("--quiet")
        .spawn()
        .unwrap();
    // With the first result written, the next inference has begun.
    wait_for_lines(&folder.join("out.jsonl"), 1);
    send_signal(&child, "INT");
    sleep(Duration::from_millis(1_200));
    assert!(child.try_wait().unwrap().is_none(), "it waits for what is in flight");
    send_signal(&child, "INT");
    assert_eq!(child.wait().unwrap().code(), Some(130));
}
