//! Everything that can be wrong with what is asked for: one clear error that names the place, a hint, an exit code,
//! and nothing lost that was already written.

use std::fs;

use crate::binary::{assert_fails, assert_ok, json_lines, ocelli, quick_model, write_model};
use ocelli_testkit::onnx::{Axis, FLOAT, constant_detector};
use ocelli_testkit::{OnnxModel, TestFolder, asset};

const SCENE: &str = "synthetic:?frames=5&size=64x64";

#[test]
fn sources_that_are_none() {
    let folder = TestFolder::new("bad");
    fs::write(folder.join("empty.mp4"), b"").unwrap();
    fs::write(folder.join("text.mp4"), b"this is not a video, whatever its name says\n").unwrap();
    fs::write(folder.join("text.jpg"), b"nor is this a picture\n").unwrap();
    fs::create_dir(folder.join("nothing")).unwrap();
    let cases: [(&str, i32, &str); 8] = [
        ("missing.mp4", 1, "missing.mp4"),
        ("empty.mp4", 1, "empty.mp4"),
        ("text.mp4", 1, "text.mp4"),
        ("text.jpg", 1, "text.jpg"),
        ("nothing", 1, "nothing"),
        ("no*.jpg", 1, "no*.jpg"),
        ("synthetic:?sizes=1x1", 1, "sizes"),
        ("clip.xyz", 1, "clip.xyz"),
    ];
    for (source, code, named) in cases {
        let output = ocelli(folder.path(), ["run", source, "--model", "none", "--quiet"]);
        assert_fails(&output, code, &[named]);
    }
}

#[test]
fn a_bad_source_among_good_ones_ends_the_start_and_all_are_named() {
    let folder = TestFolder::new("bad");
    let arguments = ["run", "one.mp4", SCENE, "two.mp4", "--model", "none"];
    let output = ocelli(folder.path(), arguments);
    assert_fails(&output, 1, &["two.mp4"]);
    assert!(crate::binary::stderr(&output).contains("one.mp4"));
}

#[test]
fn a_clip_cut_in_mid_stream_keeps_its_results_and_names_the_byte() {
    let Some(clip) = asset("media/car-detection.mp4") else { return };
    let folder = TestFolder::new("bad");
    let bytes = fs::read(clip).unwrap();
    fs::write(folder.join("cut.mp4"), &bytes[..bytes.len() / 3]).unwrap();
    let arguments = ["run", "cut.mp4", "--model", "none", "--sink", "jsonl:out.jsonl", "--quiet"];
    let output = ocelli(folder.path(), arguments);
    assert_fails(&output, 1, &["cut.mp4", "byte"]);
    let lines = json_lines(&folder.join("out.jsonl"));
    assert!((50..377).contains(&lines.len()), "{} results", lines.len());
    assert!(lines.iter().enumerate().all(|(n, line)| line["seq"] == n));
}

#[test]
fn models_that_are_none() {
    let folder = TestFolder::new("bad");
    fs::write(folder.join("text.onnx"), b"no model\n").unwrap();
    let run = |model: &str| ocelli(folder.path(), ["run", SCENE, "--model", model, "--quiet"]);
    assert_fails(&run("missing.onnx"), 1, &["missing.onnx"]);
    assert_fails(&run("text.onnx"), 1, &["text.onnx"]);
    assert_fails(&ocelli(folder.path(), ["run", SCENE]), 2, &["no model"]);

    let shape = |channels| [Axis::Fixed(1), Axis::Fixed(channels), Axis::Fixed(64), Axis::Fixed(64)];
    let unsupported = OnnxModel::new(13).input("x", FLOAT, &shape(3)).output("y", FLOAT, &shape(3)).node(
        "Frobnicate",
        &["x"],
        "y",
        &[],
    );
    assert_fails(&run(&write_model(&folder, "operator.onnx", &unsupported)), 1, &["Frobnicate"]);

    let headless = OnnxModel::new(13).input("x", FLOAT, &shape(3)).output("y", FLOAT, &shape(3)).node(
        "Relu",
        &["x"],
        "y",
        &[],
    );
    let output = run(&write_model(&folder, "headless.onnx", &headless));
    assert_fails(&output, 1, &["headless.onnx"]);
    for known in ["yolov8", "yolox"] {
        assert!(
            crate::binary::stderr(&output).contains(known),
            "{known} is not listed: {}",
            crate::binary::stderr(&output)
        );
    }
}

#[test]
fn a_model_for_another_task_is_refused() {
    let folder = TestFolder::new("bad");
    let model = quick_model(&folder);
    let output = ocelli(folder.path(), ["run", SCENE, "--model", &model, "--task", "pose"]);
    assert_fails(&output, 1, &["detection", "pose"]);
    let output = ocelli(folder.path(), ["run", SCENE, "--model", &model, "--task", "fly"]);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn numbers_that_are_none_are_counted_and_never_a_box() {
    let folder = TestFolder::new("bad");
    let model = constant_detector(64, 6, |row, anchor| match (row, anchor) {
        (0..=3, _) => 32.0,
        (4, 0) => f32::NAN,
        (5, 1) => f32::INFINITY,
        (5, 2) => 0.9,
        _ => 0.0,
    });
    let model = write_model(&folder, "nan.onnx", &model);
    let arguments = ["run", SCENE, "--model", &model, "--sink", "jsonl:out.jsonl", "--summary", "s.json"];
    assert_ok(&ocelli(folder.path(), arguments));
    let lines = json_lines(&folder.join("out.jsonl"));
    assert_eq!(lines.len(), 5);
    for line in lines {
        assert_eq!(line["invalid"], 2, "{line}");
        let detections = line["detections"].as_array().unwrap();
        assert_eq!(detections.len(), 1, "{line}");
        assert!((detections[0]["confidence"].as_f64().unwrap() - 0.9).abs() < 1e-6);
    }
    assert_eq!(crate::binary::json(&folder.join("s.json"))["invalid"], 10);
}

#[test]
fn names_that_do_not_exist() {
    let folder = TestFolder::new("bad");
    let run = |more: &[&str]| {
        let start = ["run", SCENE, "--model", "none"];
        ocelli(folder.path(), start.iter().chain(more))
    };
    assert_fails(&run(&["--backend", "abacus"]), 2, &["abacus"]);
    assert_fails(&run(&["--sink", "smoke:signals"]), 1, &["smoke"]);
    assert_fails(&run(&["--sink", "jsonl:"]), 1, &["jsonl:"]);
    assert_fails(&run(&["--sink", "jsonl:no/such/folder/out.jsonl"]), 1, &["no/such/folder/out.jsonl"]);
    assert_fails(&run(&["--sink", "jsonl:a.jsonl", "--sink", "coco:./a.jsonl"]), 1, &["a.jsonl"]);
    assert_fails(&run(&["--sink", "jsonl:a.jsonl", "--summary", "a.jsonl"]), 1, &["a.jsonl"]);
    fs::write(folder.join("clip.mp4"), b"precious").unwrap();
    let arguments = ["run", "clip.mp4", "--model", "none", "--sink", "jsonl:clip.mp4"];
    assert_fails(&ocelli(folder.path(), arguments), 1, &["write over", "clip.mp4"]);
    assert_eq!(fs::read(folder.join("clip.mp4")).unwrap(), b"precious");
    assert_fails(&run(&["--backend", "fake:soon"]), 2, &["fake:soon"]);
}

#[test]
fn settings_out_of_range() {
    let folder = TestFolder::new("bad");
    let model = quick_model(&folder);
    for (flag, value) in [("--conf", "1.5"), ("--iou", "-1"), ("--conf", "NaN")] {
        let setting = format!("{flag}={value}");
        let output = ocelli(folder.path(), ["run", SCENE, "--model", &model, &setting]);
        assert_fails(&output, 1, &["between 0 and 1"]);
    }
    for (flag, value) in [("--max-det", "0"), ("--imgsz", "huge"), ("--threads", "0"), ("--fps", "0")] {
        let output = ocelli(folder.path(), ["run", SCENE, "--model", &model, flag, value]);
        assert_eq!(output.status.code(), Some(2), "{flag} {value}");
    }
}

/// The sink on the full disk ends with an error; the other one gets everything.
#[test]
fn a_full_disk_ends_one_sink_and_not_the_run() {
    let folder = TestFolder::new("bad");
    let arguments = [
        "run",
        "synthetic:?frames=300&size=64x64",
        "--model",
        "none",
        "--quiet",
        "--sink",
        "jsonl:/dev/full",
        "--sink",
        "jsonl:whole.jsonl",
    ];
    let output = ocelli(folder.path(), arguments);
    assert_fails(&output, 1, &["/dev/full"]);
    assert_eq!(json_lines(&folder.join("whole.jsonl")).len(), 300);
}

#[test]
fn labels_that_are_none() {
    let folder = TestFolder::new("bad");
    let model = quick_model(&folder);
    let output = ocelli(folder.path(), ["eval", ".", "nowhere", "--model", &model]);
    assert_fails(&output, 1, &["nowhere"]);
}
