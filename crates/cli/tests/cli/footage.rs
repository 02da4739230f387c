//! The main job on real footage with real models: every frame, in order, and accuracy as the reference has it.

use crate::binary::{assert_ok, json, json_lines, ocelli};
use ocelli_testkit::{TestFolder, asset};
use serde_json::Value;

#[test]
fn every_frame_of_a_real_clip_gives_a_result() {
    let (Some(clip), Some(model)) =
        (asset("media/slow_traffic_small.mp4"), asset("models/yolov8n_640_fp32.onnx"))
    else {
        return;
    };
    let folder = TestFolder::new("footage");
    let (clip, model) = (clip.to_str().unwrap(), model.to_str().unwrap());
    let arguments = ["run", clip, "--model", model, "--sink", "jsonl:out.jsonl", "--summary", "s.json"];
    assert_ok(&ocelli(folder.path(), arguments));
    let lines = json_lines(&folder.join("out.jsonl"));
    assert_eq!(lines.len(), 914);
    let mut cars = 0;
    for (n, line) in lines.iter().enumerate() {
        assert_eq!(line["seq"], n);
        for detection in line["detections"].as_array().unwrap() {
            let corners: Vec<f64> =
                detection["box"].as_array().unwrap().iter().map(|side| side.as_f64().unwrap()).collect();
            let [x1, y1, x2, y2] = corners[..] else { panic!("{detection}") };
            assert!(0.0 <= x1 && x1 < x2 && x2 <= 640.0, "{detection}");
            assert!(0.0 <= y1 && y1 < y2 && y2 <= 360.0, "{detection}");
            cars += usize::from(detection["class"] == "car");
        }
    }
    assert!(cars > 2 * 914, "a street with several cars in every picture, not {cars}");
    let account = &json(&folder.join("s.json"))["sources"]["slow_traffic_small.mp4"];
    assert_eq!((&account["captured"], &account["emitted"]), (&914.into(), &914.into()));
}

#[test]
fn two_clips_and_a_scene_share_one_run() {
    let (Some(one), Some(two)) = (asset("media/slow_traffic_small.mp4"), asset("media/pup_sample.mp4"))
    else {
        return;
    };
    let folder = TestFolder::new("footage");
    let (one, two) = (one.to_str().unwrap(), two.to_str().unwrap());
    let arguments = [
        "run",
        one,
        two,
        "synthetic:?frames=100",
        "--backend",
        "fake:0ms",
        "--sink",
        "jsonl:o.jsonl",
        "--summary",
        "s.json",
    ];
    assert_ok(&ocelli(folder.path(), arguments));
    let summary = json(&folder.join("s.json"));
    let mut emitted: Vec<_> =
        summary["sources"].as_object().unwrap().values().map(|source| source["emitted"].as_u64()).collect();
    emitted.sort();
    assert_eq!(emitted, [Some(100), Some(171), Some(914)]);
    assert_eq!(json_lines(&folder.join("o.jsonl")).len(), 914 + 171 + 100);
}

/// The figures of an independent reference (ONNX Runtime and pycocotools), to within 0.005.
#[test]
fn accuracy_is_the_references() {
    let (Some(images), Some(labels)) = (asset("media/coco_val64"), asset("labels/coco_val64")) else {
        return;
    };
    let cases = [
        ("models/yolov8n_640_fp32.onnx", 0.4589, 0.6220),
        ("models/yolov8n_320_fp32.onnx", 0.3826, 0.5309),
        ("models/yolox_nano_416_fp32.onnx", 0.3471, 0.5114),
    ];
    for (model, map, map50) in cases {
        let Some(model) = asset(model) else { return };
        let folder = TestFolder::new("footage");
        let arguments = [images.as_os_str(), labels.as_os_str(), "--model".as_ref(), model.as_os_str()];
        let output =
            crate::binary::command(folder.path()).arg("eval").args(arguments).arg("--json").output().unwrap();
        assert_ok(&output);
        let figures: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(figures["images"], 64);
        let off = |name: &str, reference: f64| (figures[name].as_f64().unwrap() - reference).abs();
        assert!(off("map", map) <= 0.005 && off("map50", map50) <= 0.005, "{figures}");
    }
}
