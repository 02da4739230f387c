//! `--sink window:` on a screen without a monitor: what is to be seen there, what keys do, and what is said where there
//! is no screen.

use std::ops::Range;
use std::path::Path;
use std::process::{Child, Output, Stdio};

use ocelli_capture::synthetic::{Scene, SceneOptions};
use ocelli_frame::{Frame, Rect, Size};
use ocelli_testkit::TestFolder;

use crate::binary::{assert_fails, command, json, json_lines, wait_for_lines};
use crate::browser::{SCENE, distance_where_painted, predictions, rendered};
use crate::xserver::{SCREEN, Shown, XServer, keep, until};

const ESCAPE: u32 = 0xff1b;
/// The scene without an end, as a source.
const SOURCE: &str = "synthetic:?size=640x360&objects=5&seed=5";
/// Rows of the scene's picture that no caption covers.
const BARE: Range<usize> = 0..330;

/// A run under way. Where its test fails before its end, it is killed.
struct Run(Option<Child>);

impl Run {
    fn wait(mut self) -> Output {
        self.0.take().expect("it is waited for once").wait_with_output().expect("it ends")
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        if let Some(mut child) = self.0.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// A run with a window, live and without an end of its own; its lines go to `out.jsonl`.
fn start(folder: &Path, server: &XServer, arguments: &[&str]) -> Run {
    let child = command(folder)
        .arg("run")
        .args(arguments)
        .args(["--pace", "live", "--sink", "window:", "--sink", "jsonl:out.jsonl", "--summary", "s.json"])
        .arg("--quiet")
        .env("DISPLAY", &server.name)
        .stderr(Stdio::piped())
        .spawn();
    Run(Some(child.expect("the binary starts")))
}

/// Panics unless the run ended well, was told to, and its account adds up.
#[track_caller]
fn assert_ended_well(run: Run, folder: &TestFolder) {
    let output = run.wait();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let summary = json(&folder.join("s.json"));
    assert_eq!(summary["stopped"], true);
    for account in summary["sources"].as_object().unwrap().values() {
        let dropped = account["dropped"].as_object().unwrap().values();
        let dropped: u64 = dropped.map(|count| count.as_u64().unwrap()).sum();
        assert_eq!(
            account["captured"].as_u64(),
            account["emitted"].as_u64().map(|emitted| emitted + dropped)
        );
        assert_eq!(account["in_flight"], 0);
    }
}

/// The window, once it shows a frame of the scene everywhere in `parts` (of the window), and those frames' numbers.
fn showing(server: &XServer, parts: &[Rect]) -> (Shown, Vec<(Frame, u64)>) {
    until("a window with frames of the scene", || {
        let shown = server.shown()?;
        let seen = parts.iter().map(|part| {
            let picture =
                server.picture(Rect { x: shown.place.x + part.x, y: shown.place.y + part.y, ..*part });
            let sequence = Scene::read_sequence(&picture)?;
            Some((picture, sequence))
        });
        Some((shown, seen.collect::<Option<Vec<_>>>()?))
    })
}

fn part(x: u32, y: u32, width: u32, height: u32) -> Rect {
    Rect { x, y, size: Size { width, height } }
}

#[test]
fn the_window_shows_the_picture_with_its_boxes_and_q_ends_the_run() {
    let Some(server) = XServer::start() else { return };
    let folder = TestFolder::new("window");
    let run = start(folder.path(), &server, &[SOURCE, "--model", "embedded:scene"]);
    let (_, first) = showing(&server, &[part(0, 0, 640, 360)]);
    // Some seconds on, the figures stand for something.
    wait_for_lines(&folder.join("out.jsonl"), 40);
    let (shown, seen) = showing(&server, &[part(0, 0, 640, 360)]);
    let (picture, sequence) = &seen[0];
    keep(&server.picture(Rect { size: SCREEN, ..Rect::default() }), "window.png");
    assert_eq!(shown.place.size, SCENE.size);
    assert!(*sequence > first[0].1, "it goes on");
    assert!(server.title(shown).ends_with("Ocelli"), "{}", server.title(shown));

    let line = until("the line of the frame on the screen", || {
        let text = std::fs::read_to_string(folder.join("out.jsonl")).unwrap();
        let whole = text.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
        whole.into_iter().find(|line| line["seq"] == *sequence)
    });
    let found = predictions(&line);
    assert!(!found.detections.is_empty());
    let scene = Scene::new(SCENE).unwrap();
    let frame = rendered(&scene, *sequence);
    let distance = distance_where_painted(picture, &frame, &found, BARE);
    assert!(distance < 2.0, "{distance} off where boxes are");

    // White letters in the bottom left corner, where the scene has none.
    let corner = (335..360).flat_map(|row| picture.plane(0).row(row)[..3 * 200].as_chunks::<3>().0.iter());
    assert!(corner.filter(|rgb| rgb.iter().all(|&code| code > 240)).count() > 60, "figures");

    server.press(shown, u32::from(b'q'));
    assert_ended_well(run, &folder);
    assert_eq!(server.shown(), None);
}

#[test]
fn several_sources_share_the_window_and_closing_it_ends_the_run() {
    let Some(server) = XServer::start() else { return };
    let folder = TestFolder::new("window");
    let others = [SOURCE, "synthetic:?size=640x360&objects=9&seed=6"];
    let run = start(folder.path(), &server, &[others[0], others[1], "--model", "none"]);
    // One above the other: so both have their own size on this screen.
    let (shown, seen) = showing(&server, &[part(0, 0, 640, 360), part(0, 360, 640, 360)]);
    keep(&server.picture(Rect { size: SCREEN, ..Rect::default() }), "window-grid.png");
    assert_eq!(shown.place.size, Size { width: 640, height: 720 });
    let scenes =
        [SCENE, SceneOptions { objects: 9, seed: 6, ..SCENE }].map(|scene| Scene::new(scene).unwrap());
    for ((picture, sequence), scene) in seen.iter().zip(&scenes) {
        let distance = mean_distance(picture, &rendered(scene, *sequence));
        assert!(distance < 2.0, "{distance} off");
    }
    server.close(shown);
    assert_ended_well(run, &folder);
}

/// Of luma, over all rows without a caption.
fn mean_distance(picture: &Frame, frame: &Frame) -> f64 {
    let luma =
        |row: usize, column: usize| crate::browser::luma(&picture.plane(0).row(row)[3 * column..][..3]);
    let places = BARE.flat_map(|row| (0..640).map(move |column| (row, column)));
    let sum: f64 = places
        .map(|(row, column)| (luma(row, column) - f64::from(frame.plane(0).row(row)[column])).abs())
        .sum();
    sum / (640 * BARE.len()) as f64
}

#[test]
fn f_fills_the_screen_space_holds_the_picture_and_escape_ends_the_run() {
    let Some(server) = XServer::start() else { return };
    let folder = TestFolder::new("window");
    let run = start(folder.path(), &server, &[SOURCE, "--model", "none"]);
    let (shown, _) = showing(&server, &[part(0, 0, 640, 360)]);
    server.press(shown, u32::from(b'f'));
    until("a window as large as the screen", || server.shown().filter(|shown| shown.place.size == SCREEN));
    // Twice as large, bars above and below.
    let (shown, _) = showing(&server, &[part(0, 40, 1280, 720)]);
    let whole = server.picture(shown.place);
    assert!(
        [0, 39, 760, 799].iter().all(|&row| whole.plane(0).row(row).iter().all(|&code| code == 0)),
        "bars"
    );
    assert!([40, 759].iter().all(|&row| whole.plane(0).row(row).iter().any(|&code| code > 0)), "no bars");

    server.press(shown, u32::from(b' '));
    let number = || Scene::read_sequence(&server.picture(part(0, 40, 1280, 720)));
    let lines = || json_count(&folder);
    let later = |wait: usize| {
        let from = lines();
        until("more results", || (lines() >= from + wait).then_some(()));
    };
    // It stands still within a few frames of the key, while results go on.
    let held = until("a picture that stands still", || {
        let before = number()?;
        later(10);
        (number()? == before).then_some(before)
    });
    later(30);
    assert_eq!(number(), Some(held));
    keep(&server.picture(Rect { size: SCREEN, ..Rect::default() }), "window-full-screen.png");
    server.press(shown, u32::from(b' '));
    until("a picture that goes on", || number().filter(|&number| number > held));

    server.press(shown, u32::from(b'f'));
    until("the size from before", || server.shown().filter(|shown| shown.place.size == SCENE.size));
    server.press(shown, ESCAPE);
    assert_ended_well(run, &folder);
}

fn json_count(folder: &TestFolder) -> usize {
    std::fs::read_to_string(folder.join("out.jsonl")).map_or(0, |text| text.lines().count())
}

#[test]
fn the_end_of_the_run_closes_the_window() {
    let Some(server) = XServer::start() else { return };
    let folder = TestFolder::new("window");
    let run = start(folder.path(), &server, &["synthetic:?frames=60&fps=60", "--model", "none"]);
    until("a window", || server.shown());
    let output = run.wait();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(json(&folder.join("s.json"))["stopped"], false);
    assert_eq!(server.shown(), None);
}

#[test]
fn a_display_that_goes_away_takes_only_its_sink_along() {
    let Some(server) = XServer::start() else { return };
    let folder = TestFolder::new("window");
    let run = start(folder.path(), &server, &["synthetic:?frames=90&fps=60", "--model", "none"]);
    until("a window", || server.shown());
    server.kill();
    assert_fails(&run.wait(), 1, &["window: the display is lost"]);
    let summary = json(&folder.join("s.json"));
    let account = summary["sources"].as_object().unwrap().values().next().unwrap().clone();
    assert_eq!((&account["captured"], &account["in_flight"]), (&90.into(), &0.into()));
    assert_eq!(json_lines(&folder.join("out.jsonl")).len() as u64, account["emitted"].as_u64().unwrap());
}

#[test]
fn without_a_display_the_run_does_not_begin() {
    let folder = TestFolder::new("window");
    let run = |display: Option<&str>, wayland: Option<&str>, sinks: &[&str]| {
        let mut command = command(folder.path());
        command.args(["run", "synthetic:?frames=5", "--model", "none", "--sink", "jsonl:out.jsonl"]);
        command.args(sinks.iter().flat_map(|sink| ["--sink", sink]));
        for (name, value) in [("DISPLAY", display), ("WAYLAND_DISPLAY", wayland)] {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        command.output().unwrap()
    };
    let window = &["window:"][..];
    for display in [None, Some("")] {
        let output = run(display, None, window);
        assert_fails(&output, 1, &["no display", "neither DISPLAY nor WAYLAND_DISPLAY is set"]);
        assert!(String::from_utf8_lossy(&output.stderr).contains("--sink web:"));
    }
    assert_fails(&run(None, Some("wayland-0"), window), 1, &["DISPLAY is not set", "XWayland"]);
    assert_fails(&run(Some(":4321"), None, window), 1, &["cannot reach the display :4321"]);
    assert_fails(&run(Some("nonsense"), None, window), 1, &["cannot reach the display nonsense"]);
    assert_fails(&run(None, None, &["window:", "window:"]), 1, &["asked for 2 times"]);
    assert_fails(&run(None, None, &["window:big"]), 1, &["window:big", "has no \"big\""]);
    assert_eq!(json_count(&folder), 0);
}
