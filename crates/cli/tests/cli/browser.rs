//! The video that a run writes, played by a browser: whole, with every frame, and its boxes where the objects are.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;
use std::sync::mpsc;
use std::time::Duration;

use ocelli_capture::synthetic::{Scene, SceneOptions};
use ocelli_draw::Painter;
use ocelli_frame::{BoxXyxy, Detection, Frame, PixelFormat, Predictions, Size};
use ocelli_testkit::{HttpReply, HttpRequest, HttpServer, TestFolder, frame_from, program};
use serde_json::Value;

use crate::binary::{assert_ok, command, json, json_lines, ocelli, send_signal, wait_for_lines};
use crate::chromium::Browser;

const PAGE: &str = include_str!("browser.html");
/// Longer than any browser takes to start and play a few seconds on a busy machine.
const PATIENCE: Duration = Duration::from_secs(300);
/// What both browsers and windows are shown.
pub const SCENE: SceneOptions =
    SceneOptions { size: Size { width: 640, height: 360 }, fps: 30.0, frames: Some(90), objects: 5, seed: 5 };

/// What the browser says of a video.
struct Seen {
    facts: Value,
    /// Pictures by frame number, in RGB.
    pictures: BTreeMap<u64, Frame>,
}

/// Plays `video` in `browser`, and has it look at some frames; the page's clock runs at 30 fps.
fn watch(browser: &Path, video: &Path, frames: &[u64]) -> Seen {
    let film = std::fs::read(video).expect("a video");
    let (tell, told) = mpsc::sync_channel(8);
    let server = HttpServer::start(move |request, _| answer(request, &film, &tell));
    let list: Vec<_> = frames.iter().map(u64::to_string).collect();
    let address = server.address(&format!("/?fps=30&frames={}", list.join(",")));
    let profile = TestFolder::new("browser-profile");
    let _browser = Browser::open(browser, profile.path(), &[&address]);
    let mut bodies = BTreeMap::new();
    let facts: Value = loop {
        let (path, body): (String, Vec<u8>) = told.recv_timeout(PATIENCE).expect("the browser answers");
        match path.strip_prefix("/frame/") {
            Some(frame) => drop(bodies.insert(frame.parse().expect("a number"), body)),
            None => break serde_json::from_slice(&body).expect("JSON"),
        }
    };
    let side = |name: &str| facts[name].as_u64().unwrap_or_else(|| panic!("{facts}"));
    let size = Size { width: side("width") as u32, height: side("height") as u32 };
    let picture = |rgba: Vec<u8>| {
        frame_from(PixelFormat::Rgb24, size, 0, |_, row, column| {
            rgba[(row * size.width as usize + column / 3) * 4 + column % 3]
        })
    };
    Seen { pictures: bodies.into_iter().map(|(frame, rgba)| (frame, picture(rgba))).collect(), facts }
}

fn answer(request: &HttpRequest, film: &[u8], tell: &mpsc::SyncSender<(String, Vec<u8>)>) -> HttpReply {
    match (request.method.as_str(), request.path.as_str()) {
        ("POST", path) => {
            // The test may have given up by now.
            let _ = tell.send((path.to_owned(), request.body.clone()));
            HttpReply::whole(b"")
        }
        (_, "/video.mp4") => HttpReply::file(request, film),
        (_, path) if path.starts_with("/?") => {
            let length = format!("Content-Length: {}", PAGE.len());
            HttpReply::new("200 OK", &["Content-Type: text/html; charset=utf-8", &length], PAGE.as_bytes())
        }
        _ => HttpReply::new("404 Not Found", &["Content-Length: 0"], b""),
    }
}

/// The scene's frame as it was captured.
pub fn rendered(scene: &Scene, sequence: u64) -> Frame {
    let Size { width, height } = SCENE.size;
    let (width, chroma_width) = (width as usize, width as usize / 2);
    let mut bytes = vec![0; scene.frame_bytes()];
    scene.render(sequence, &mut bytes);
    let luma_bytes = width * height as usize;
    frame_from(PixelFormat::I420, SCENE.size, 0, |plane, row, column| match plane {
        0 => bytes[row * width + column],
        _ => bytes[luma_bytes + (plane - 1) * luma_bytes / 4 + row * chroma_width + column],
    })
}

/// The detections of a line of results.
pub fn predictions(line: &Value) -> Predictions {
    let mut predictions = Predictions::default();
    for found in line["detections"].as_array().expect("detections") {
        let number = |value: &Value| value.as_f64().expect("a number") as f32;
        let [x1, y1, x2, y2] = [0, 1, 2, 3].map(|side| number(&found["box"][side]));
        predictions.detections.push(Detection {
            class_id: found["class_id"].as_u64().expect("a class") as u32,
            confidence: number(&found["confidence"]),
            box_in_source: BoxXyxy { x1, y1, x2, y2 },
        });
    }
    predictions
}

/// How far the picture's luma is, on average, from what was painted, over all that the painter changed in these rows.
pub fn distance_where_painted(
    picture: &Frame,
    frame: &Frame,
    found: &Predictions,
    rows: Range<usize>,
) -> f64 {
    let mut painter = Painter::new(Scene::CLASS_NAMES.map(str::to_owned).to_vec());
    let canvas = painter.paint(frame, found).plane(0).bytes;
    let (mut pixels, mut distance) = (0u32, 0.0);
    for row in rows {
        for column in 0..SCENE.size.width as usize {
            let painted = canvas[row * SCENE.size.width as usize + column];
            if painted.abs_diff(frame.plane(0).row(row)[column]) > 24 {
                let rgb = &picture.plane(0).row(row)[3 * column..][..3];
                pixels += 1;
                distance += (f64::from(painted) - luma(rgb)).abs();
            }
        }
    }
    assert!(pixels > 1000, "{pixels} pixels of boxes and labels");
    distance / f64::from(pixels)
}

/// BT.601, limited range, which is the scene's.
pub fn luma(rgb: &[u8]) -> f64 {
    let [red, green, blue] = [0, 1, 2].map(|channel| f64::from(rgb[channel]));
    16.0 + (65.481 * red + 128.553 * green + 24.966 * blue) / 255.0
}

#[test]
fn a_browser_plays_the_video_and_the_boxes_sit_on_the_objects() {
    let Some(chromium) = program("chromium") else { return };
    let folder = TestFolder::new("browser");
    let Size { width, height } = SCENE.size;
    let source = format!("synthetic:?size={width}x{height}&frames=90&objects=5&seed=5");
    let run = [
        "run",
        &source,
        "--model",
        "embedded:scene",
        "--sink",
        "video:film.mp4",
        "--sink",
        "jsonl:out.jsonl",
    ];
    assert_ok(&ocelli(folder.path(), run));
    let seen = watch(&chromium, &folder.join("film.mp4"), &[0, 31, 89]);
    assert_eq!(
        (&seen.facts["width"], &seen.facts["height"]),
        (&width.into(), &height.into()),
        "{}",
        seen.facts
    );
    let duration = seen.facts["duration"].as_f64().unwrap();
    assert!((duration - 3.0).abs() < 0.05, "{duration} s");

    let scene = Scene::new(SCENE).unwrap();
    let lines = json_lines(&folder.join("out.jsonl"));
    let (mut objects, mut boxed) = (0, 0);
    for (&sequence, picture) in &seen.pictures {
        assert_eq!(Scene::read_sequence(picture), Some(sequence));
        let found = predictions(&lines[sequence as usize]);
        let distance = distance_where_painted(picture, &rendered(&scene, sequence), &found, 0..360);
        assert!(distance < 10.0, "frame {sequence}: {distance} off where boxes are");
        for object in scene.truth(sequence).iter().filter(|object| object.visible > 0.9) {
            let on_it = |found: &&Detection| found.box_in_source.iou(&object.box_in_source) > 0.6;
            objects += 1;
            boxed += u32::from(found.detections.iter().find(on_it).is_some());
        }
    }
    assert_eq!(seen.pictures.len(), 3);
    assert!(objects >= 9 && boxed >= objects - 1, "{boxed} of {objects} objects have a box");
}

#[test]
fn a_browser_plays_what_a_run_wrote_before_it_was_told_to_end() {
    let Some(chromium) = program("chromium") else { return };
    let folder = TestFolder::new("browser");
    let mut child = command(folder.path())
        .args([
            "run",
            "synthetic:?size=640x360",
            "--loop",
            "--backend",
            "fake:5ms",
            "--sink",
            "video:film.mp4",
        ])
        .args(["--sink", "jsonl:out.jsonl", "--summary", "s.json", "--quiet"])
        .spawn()
        .unwrap();
    wait_for_lines(&folder.join("out.jsonl"), 40);
    send_signal(&child, "TERM");
    assert!(child.wait().unwrap().success());
    let summary = json(&folder.join("s.json"));
    let account = summary["sources"].as_object().unwrap().values().next().unwrap();
    let frames = account["emitted"].as_u64().unwrap();
    assert!(frames >= 40);

    let seen = watch(&chromium, &folder.join("film.mp4"), &[frames - 1]);
    let duration = seen.facts["duration"].as_f64().unwrap_or_else(|| panic!("{}", seen.facts));
    assert_eq!((duration * 30.0).round() as u64, frames, "{}", seen.facts);
    assert_eq!(Scene::read_sequence(&seen.pictures[&(frames - 1)]), Some(frames - 1));
}
