//! The live view of the binary: where it is, what it answers, how it ends. The protocol is tested with its crate.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, ChildStderr, Stdio};
use std::time::Duration;

use ocelli_testkit::TestFolder;
use serde_json::Value;

use crate::binary::{assert_fails, command, json, ocelli, send_signal};

/// A run with a live view, what it says its address is, and what else it will say.
fn started(folder: &TestFolder, sink: &str) -> (Child, String, BufReader<ChildStderr>) {
    let mut child = command(folder.path())
        .args(["run", "synthetic:", "--pace", "live", "--loop", "--model", "embedded:scene", "--quiet"])
        .args(["--sink", sink, "--summary", "s.json"])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    stderr.read_line(&mut line).unwrap();
    let address = line.trim_end().strip_prefix("live view: ").unwrap_or_else(|| panic!("{line}")).to_owned();
    (child, address, stderr)
}

/// The body that a path answers with.
fn get(address: &str, path: &str) -> Vec<u8> {
    let host = address.strip_prefix("http://").unwrap().split('/').next().unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    assert!(answer.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&answer));
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    answer[end + 4..].to_vec()
}

#[test]
fn a_run_can_be_looked_at_and_ends_as_ever() {
    let folder = TestFolder::new("web");
    let (mut child, address, _stderr) = started(&folder, "web:0");
    assert!(address.starts_with("http://127.0.0.1:") && address.ends_with('/'), "{address}");
    assert_eq!(get(&address, "/healthz"), b"ok\n");
    assert!(get(&address, "/").starts_with(b"<!doctype html>"));
    assert!(get(&address, "/sources/0/snapshot.jpg?width=320").starts_with(&[0xff, 0xd8]));
    let has_results = (0..600).any(|_| {
        std::thread::sleep(Duration::from_millis(100));
        let status: Value = serde_json::from_slice(&get(&address, "/status")).unwrap();
        assert_eq!(status["model"], "embedded:scene@320x192");
        status["sources"][0]["result_fps"].as_f64().unwrap() > 0.0
    });
    assert!(has_results);
    send_signal(&child, "INT");
    assert!(child.wait().unwrap().success());
    let summary = json(&folder.join("s.json"));
    assert!(summary["sinks"]["web:0"]["emitted"].as_u64().unwrap() > 0, "{summary}");
    assert!(TcpStream::connect(address.trim_start_matches("http://").trim_end_matches('/')).is_err());
}

#[test]
fn what_cannot_be_served_ends_the_start() {
    let folder = TestFolder::new("web");
    let run =
        |sink: &str| ocelli(folder.path(), ["run", "synthetic:?frames=3", "--model", "none", "--sink", sink]);
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    assert_fails(&run(&format!("web:{address}")), 1, &[&address, "in use"]);
    assert_fails(&run("web:?fsp=5"), 1, &["web:?fsp=5", "\"fsp\""]);
    assert_fails(&run("web:?cert=none.pem&key=none.pem"), 1, &["none.pem"]);
    assert_fails(&run("web:?token_file=none"), 1, &["none"]);
}
