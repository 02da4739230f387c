//! Cameras, on a machine that may have none: what is no camera is an error that says so, and none is no error. Real
//! drivers are the lab's: `cargo xtask lab`.
#![cfg(target_os = "linux")]

use std::fs;

use ocelli_testkit::TestFolder;
use serde_json::Value;

use crate::binary::{assert_fails, assert_ok, ocelli, stderr};

#[test]
fn what_is_no_camera_is_named() {
    let folder = TestFolder::new("devices");
    let run = |source: &str| ocelli(folder.path(), ["run", source, "--model", "none", "--quiet"]);
    assert_fails(&run("/dev/null"), 1, &["/dev/null: this is no V4L2 device"]);
    assert_fails(&run("v4l2:/dev/null?size=640x480"), 1, &["/dev/null"]);
    assert_fails(&run("987"), 1, &["/dev/video987: there is no such device"]);
    assert_fails(&run("v4l2:0?format=RGBX"), 1, &["unknown format `RGBX`"]);
}

#[test]
fn no_camera_is_no_error() {
    let is_camera = |name: &str| name.starts_with("video");
    let mut devices = fs::read_dir("/dev").unwrap();
    if devices.any(|entry| entry.is_ok_and(|entry| is_camera(&entry.file_name().to_string_lossy()))) {
        eprintln!("skipped: this machine has cameras");
        return;
    }
    let folder = TestFolder::new("devices");
    let output = ocelli(folder.path(), ["devices"]);
    assert_ok(&output);
    assert!(stderr(&output).starts_with("no cameras here\nhint: "), "{}", stderr(&output));
    let output = ocelli(folder.path(), ["devices", "--json"]);
    assert_ok(&output);
    assert_eq!(serde_json::from_slice::<Value>(&output.stdout).unwrap(), Value::Array(Vec::new()));
}
