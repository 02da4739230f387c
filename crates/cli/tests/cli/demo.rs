//! `ocelli demo`: the built-in scene and model in a folder with nothing in it.

use crate::binary::{assert_fails, assert_ok, json, ocelli};
use ocelli_testkit::TestFolder;
use serde_json::Value;

#[test]
fn the_demo_finds_what_is_there() {
    let folder = TestFolder::new("demo");
    let output = ocelli(folder.path(), ["demo", "--frames", "150", "--json", "demo.json"]);
    assert_ok(&output);
    let figures = json(&folder.join("demo.json"));
    let number = |key: &str| figures[key].as_f64().unwrap_or_else(|| panic!("{key} in {figures}"));
    assert!(number("precision") >= 0.95 && number("recall") >= 0.95, "{figures}");
    assert!(number("found") > 200.0, "a scene with something in it: {figures}");
    assert_eq!((&figures["v"], &figures["frames"]), (&Value::from(1), &Value::from(150)));
    assert!(number("fps") > 0.0 && figures["age_ms"]["p50"].as_f64().unwrap() > 0.0, "{figures}");
    assert_eq!(figures["video"], "ocelli-demo.mp4");

    let said = String::from_utf8(output.stdout).unwrap();
    for words in ["precision", "recall", "fps", "age", "ocelli-demo.mp4", "next: ocelli run"] {
        assert!(said.contains(words), "{words:?} is missing in: {said}");
    }
    // The binary reads its own film: every frame is in it.
    let film = ["run", "ocelli-demo.mp4", "--model", "none", "--summary", "s.json", "--quiet"];
    assert_ok(&ocelli(folder.path(), film));
    let summary = json(&folder.join("s.json"));
    let account = summary["sources"].as_object().unwrap().values().next().unwrap().clone();
    assert_eq!(account["captured"], 150);
}

#[test]
fn the_embedded_model_is_a_model_like_any_other() {
    let folder = TestFolder::new("demo");
    let source = "synthetic:?frames=10&seed=3&objects=4";
    let run = ["run", source, "--model", "embedded:scene", "--sink", "jsonl:out.jsonl"];
    assert_ok(&ocelli(folder.path(), run));
    let lines = crate::binary::json_lines(&folder.join("out.jsonl"));
    assert_eq!(lines.len(), 10);
    let classes = ["circle", "square", "triangle"];
    for line in lines {
        let detections = line["detections"].as_array().unwrap();
        assert!(!detections.is_empty(), "{line}");
        assert!(detections.iter().all(|found| classes.contains(&found["class"].as_str().unwrap())), "{line}");
    }
}

#[test]
fn what_cannot_be_written_is_said() {
    let folder = TestFolder::new("demo");
    let nowhere = ["demo", "--frames", "2", "--video", "nowhere/a.mp4"];
    assert_fails(&ocelli(folder.path(), nowhere), 1, &["nowhere/a.mp4"]);
    let twice = ["demo", "--frames", "2", "--video", "a.mp4", "--json", "./a.mp4"];
    assert_fails(&ocelli(folder.path(), twice), 1, &["a.mp4"]);
    assert!(!folder.join("a.mp4").exists());
}
