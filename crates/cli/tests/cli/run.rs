//! `ocelli run` on the built-in scene and models that answer at once: results, accounts, several sources.

use crate::binary::{assert_ok, json, json_lines, ocelli, quick_model, stderr};
use ocelli_testkit::TestFolder;
use serde_json::Value;

#[test]
fn every_frame_gives_one_line_in_order_and_the_account_adds_up() {
    let folder = TestFolder::new("run");
    let model = quick_model(&folder);
    let output = ocelli(
        folder.path(),
        [
            "run",
            "synthetic:?frames=50&size=320x240",
            "--model",
            &model,
            "--sink",
            "jsonl:out.jsonl",
            "--sink",
            "coco:out.json",
            "--summary",
            "s.json",
        ],
    );
    assert_ok(&output);
    let lines = json_lines(&folder.join("out.jsonl"));
    assert_eq!(lines.len(), 50);
    for (n, line) in lines.iter().enumerate() {
        assert_eq!((&line["v"], &line["seq"]), (&Value::from(1), &Value::from(n)));
        assert_eq!(line["size"], Value::from(vec![320, 240]));
        assert_eq!(line["backend"], "native");
        // A 64x64 model sees 320x240 at 1:5 with 8 pixels of padding above: (16, 16)..(48, 48) comes back as this.
        let detection = &line["detections"][0];
        assert_eq!(detection["class_id"], 1);
        assert_eq!(detection["box"], Value::from(vec![80.0, 40.0, 240.0, 200.0]));
        assert_eq!(line["detections"].as_array().unwrap().len(), 1);
    }
    let summary = json(&folder.join("s.json"));
    let sources = summary["sources"].as_object().unwrap();
    let account = sources.values().next().unwrap();
    assert_eq!((sources.len(), &account["captured"], &account["emitted"]), (1, &50.into(), &50.into()));
    assert_eq!(account["in_flight"], 0);
    assert_eq!(json(&folder.join("out.json")).as_array().unwrap().len(), 50);
    assert!(stderr(&output).contains("50 results"), "{}", stderr(&output));
}

#[test]
fn key_value_arguments_are_the_same_as_flags() {
    let folder = TestFolder::new("run");
    let model = quick_model(&folder);
    let output = ocelli(
        folder.path(),
        ["run", "source=synthetic:?frames=3", &format!("model={model}"), "conf=0.95", "sink=jsonl:out.jsonl"],
    );
    assert_ok(&output);
    let lines = json_lines(&folder.join("out.jsonl"));
    assert_eq!(lines.len(), 3);
    assert!(lines.iter().all(|line| line["detections"].as_array().unwrap().is_empty()), "conf is heeded");
}

#[test]
fn sources_have_an_account_each_and_share_the_model() {
    let folder = TestFolder::new("run");
    let model = quick_model(&folder);
    let output = ocelli(
        folder.path(),
        [
            "run",
            "synthetic:?frames=20",
            "synthetic:?frames=30&seed=2",
            "--model",
            &model,
            "--sink",
            "jsonl:out.jsonl",
            "--summary",
            "s.json",
            "--quiet",
        ],
    );
    assert_ok(&output);
    assert_eq!(stderr(&output), "", "--quiet is quiet");
    let summary = json(&folder.join("s.json"));
    let mut captured: Vec<_> =
        summary["sources"].as_object().unwrap().values().map(|source| source["captured"].as_u64()).collect();
    captured.sort();
    assert_eq!(captured, [Some(20), Some(30)]);
    let lines = json_lines(&folder.join("out.jsonl"));
    for name in summary["sources"].as_object().unwrap().keys() {
        let of_source = lines.iter().filter(|line| line["source"] == name.as_str());
        assert!(of_source.enumerate().all(|(n, line)| line["seq"] == n), "{name} is out of order");
    }
}

#[test]
fn a_model_named_none_gives_frames_and_times_only() {
    let folder = TestFolder::new("run");
    let arguments = ["run", "synthetic:?frames=5", "--model", "none", "--sink", "jsonl:-"];
    let output = ocelli(folder.path(), arguments);
    assert_ok(&output);
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(text.lines().count(), 5);
    assert!(text.lines().all(|line| line.contains(r#""model":"none""#)), "{text}");
}

#[test]
fn live_the_newest_frame_wins_and_the_others_are_counted() {
    let folder = TestFolder::new("run");
    let output = ocelli(
        folder.path(),
        [
            "run",
            "synthetic:?frames=40&fps=100",
            "--pace",
            "live",
            "--backend",
            "fake:50ms",
            "--sink",
            "jsonl:out.jsonl",
            "--summary",
            "s.json",
        ],
    );
    assert_ok(&output);
    let summary = json(&folder.join("s.json"));
    let account = summary["sources"].as_object().unwrap().values().next().unwrap().clone();
    let (emitted, superseded) =
        (account["emitted"].as_u64().unwrap(), account["dropped"]["superseded"].as_u64().unwrap());
    assert_eq!((account["captured"].as_u64(), emitted + superseded), (Some(40), 40));
    assert!(superseded > 0, "50 ms of work on frames 10 ms apart");
    let lines = json_lines(&folder.join("out.jsonl"));
    assert_eq!(lines.len() as u64, emitted);
    let told: u64 = lines.iter().filter_map(|line| line["dropped"]["superseded"].as_u64()).sum();
    assert!(told <= superseded, "each drop is told once");
    assert_eq!(lines.last().unwrap()["seq"], 39, "the last frame is always the newest");
}

#[test]
fn the_model_and_each_sink_have_their_own_rate() {
    let folder = TestFolder::new("run");
    let source = "synthetic:?frames=60&fps=30&size=64x64";
    let sinks = ["--sink", "jsonl:all.jsonl", "--sink", "jsonl:some.jsonl?fps=5"];
    let run = ["run", source, "--model", "none", "--infer-fps", "10", "--summary", "s.json"];
    assert_ok(&ocelli(folder.path(), run.into_iter().chain(sinks)));
    let sequences = |name: &str| {
        json_lines(&folder.join(name)).iter().map(|line| line["seq"].as_u64()).collect::<Vec<_>>()
    };
    assert_eq!(sequences("all.jsonl"), (0..60).step_by(3).map(Some).collect::<Vec<_>>());
    assert_eq!(sequences("some.jsonl"), (0..60).step_by(6).map(Some).collect::<Vec<_>>());
    let summary = json(&folder.join("s.json"));
    let account = summary["sources"].as_object().unwrap().values().next().unwrap();
    assert_eq!((&account["emitted"], &account["dropped"]["rate"]), (&20.into(), &40.into()));
    assert_eq!(summary["sinks"]["jsonl:some.jsonl?fps=5"]["dropped"]["rate"], 10);
}

#[test]
fn every_part_can_be_timed() {
    let folder = TestFolder::new("bench");
    let model = quick_model(&folder);
    let engine = ["bench", "engine", "--model", &model, "--runs", "5", "--json"];
    let on_a_frame =
        ["bench", "engine", "--model", &model, "--source", "synthetic:", "--runs", "5", "--json"];
    let run = ["bench", "run", "synthetic:?frames=20", "--model", &model, "--json"];
    let preprocess = ["bench", "preprocess", "--format", "yuyv", "--size", "64x48", "--runs", "5", "--json"];
    let postprocess = ["bench", "postprocess", "--imgsz", "64", "--runs", "5", "--json"];
    let all = [(&engine[..], 5), (&on_a_frame, 5), (&run, 20), (&preprocess, 5), (&postprocess, 5)];
    for (arguments, runs) in all {
        let output = ocelli(folder.path(), arguments);
        assert_ok(&output);
        let figures: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(figures["runs"], runs, "{arguments:?}");
        let ms = |name: &str| figures[name].as_f64().unwrap();
        if arguments != run {
            assert_eq!(figures["times_ms"].as_array().unwrap().len(), runs, "{arguments:?}");
        }
        assert!(
            0.0 < ms("min_ms") && ms("min_ms") <= ms("p50_ms") && ms("p50_ms") <= ms("p99_ms"),
            "{figures}"
        );
    }
}
