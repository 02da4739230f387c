//! What sinks leave on the disk, also when it is full, gone, or taken.

mod support;

use std::fs;
use std::io::Read;
use std::os::fd::AsRawFd;
use std::os::unix::fs::symlink;
use std::process::Command;
use std::sync::Arc;

use ocelli_frame::{BoxXyxy, Detection, FrameResult};
use ocelli_pipeline::{Delivery, Sink, SinkError};
use ocelli_record::{Destination, check_distinct, parse_sink, write_summary};
use ocelli_report::Summary;
use serde_json::Value;
use support::{labels, scratch};

fn open(spec: &str) -> Result<Box<dyn Sink>, SinkError> {
    parse_sink(spec)?.open(&Arc::new(labels()))
}

/// The result of frame `sequence`, with so many detections.
fn delivery(sequence: u64, detections: usize) -> Delivery {
    let mut result = FrameResult::with_capacity(detections);
    result.sequence = sequence;
    let box_in_source = BoxXyxy { x1: 1.0, y1: 2.0, x2: 3.5, y2: 4.0 };
    result.predictions.detections =
        vec![Detection { class_id: 0, confidence: 0.5, box_in_source }; detections];
    Delivery { result: Arc::new(result), frame: None }
}

#[test]
fn every_line_is_there_as_soon_as_it_is_written() {
    let path = scratch("lines").join("out.jsonl");
    let mut sink = open(&format!("jsonl:{}", path.display())).unwrap();
    for sequence in 0..20 {
        sink.write(&delivery(sequence, 3)).unwrap();
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.ends_with('\n'));
        let last: Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
        assert_eq!((text.lines().count() as u64, &last["seq"]), (sequence + 1, &Value::from(sequence)));
    }
    sink.finish().unwrap();
}

#[test]
fn an_older_file_stays_until_the_first_line_and_then_goes_whole() {
    let path = scratch("older").join("out.jsonl");
    let older = "x".repeat(100_000);
    fs::write(&path, &older).unwrap();
    let mut sink = open(&format!("jsonl:{}", path.display())).unwrap();
    assert!(fs::read_to_string(&path).unwrap() == older);
    sink.write(&delivery(0, 0)).unwrap();
    assert!(fs::read_to_string(&path).unwrap().starts_with('{'));
    assert_eq!(fs::read_to_string(&path).unwrap().lines().count(), 1);

    fs::write(&path, &older).unwrap();
    open(&format!("jsonl:{}", path.display())).unwrap().finish().unwrap();
    assert!(fs::read(&path).unwrap().is_empty());
}

#[test]
fn a_full_disk_names_the_path_and_the_line() {
    let mut sink = open("jsonl:/dev/full").unwrap();
    let error = sink.write(&delivery(0, 1)).unwrap_err();
    assert!(error.to_string().starts_with("/dev/full: line 1: No space left"), "{error}");
    assert!(error.hint().starts_with("make room"), "{}", error.hint());
    sink.finish().unwrap();

    let mut sink = open("coco:/dev/full").unwrap();
    sink.write(&delivery(0, 1)).unwrap();
    let error = sink.finish().unwrap_err();
    assert!(error.to_string().starts_with("/dev/full: result 1: No space left"), "{error}");
}

#[test]
fn a_reader_that_ends_is_an_error_after_the_lines_it_has_read() {
    let (mut reader, writer) = std::io::pipe().unwrap();
    let mut sink = open(&format!("jsonl:/proc/self/fd/{}", writer.as_raw_fd())).unwrap();
    drop(writer);
    sink.write(&delivery(7, 0)).unwrap();
    let mut line = [0; 4096];
    let length = reader.read(&mut line).unwrap();
    assert_eq!(line[length - 1], b'\n');
    drop(reader);
    let error = sink.write(&delivery(8, 0)).unwrap_err();
    assert!(error.to_string().contains(": line 2: Broken pipe"), "{error}");
    sink.finish().unwrap();
}

#[test]
fn coco_takes_its_place_only_when_it_is_complete() {
    let folder = scratch("coco");
    let (path, partial) = (folder.join("results.json"), folder.join("results.json.partial"));
    let spec = format!("coco:{}", path.display());
    fs::write(&path, "older").unwrap();

    drop(open(&spec).unwrap());
    assert!(!partial.exists(), "a run that never began leaves nothing");

    let mut killed = open(&spec).unwrap();
    for sequence in 0..2_000 {
        killed.write(&delivery(sequence, 2)).unwrap();
    }
    assert!(fs::metadata(&partial).unwrap().len() > 100_000, "it is written as it grows");
    drop(killed);
    assert_eq!(fs::read_to_string(&path).unwrap(), "older");

    let mut sink = open(&spec).unwrap();
    (0..2_000).for_each(|sequence| sink.write(&delivery(sequence, 2)).unwrap());
    sink.finish().unwrap();
    let array: Vec<Value> = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    assert_eq!((array.len(), &array[3_999]["image_id"]), (4_000, &Value::from(1_999)));
    assert!(!partial.exists());
}

#[test]
fn a_link_stays_a_link_and_its_target_is_written() {
    let folder = scratch("links");
    let (link, target) = (folder.join("link.json"), folder.join("target.json"));
    symlink("target.json", &link).unwrap();
    for _ in 0..2 {
        let mut sink = open(&format!("coco:{}", link.display())).unwrap();
        sink.finish().unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(&target).unwrap(), "[]\n");
    }
}

#[test]
fn a_place_that_cannot_be_written_ends_the_start() {
    let folder = scratch("places");
    for kind in ["jsonl", "coco"] {
        let error = open(&format!("{kind}:{}/missing/out", folder.display())).err().unwrap();
        assert!(error.to_string().contains("missing/out: cannot open it for writing"), "{error}");
        assert_eq!(error.hint(), "make its directory first");
        let error = open(&format!("{kind}:{}", folder.display())).err().unwrap();
        assert_eq!(error.hint(), "name a file in that directory");
    }
    let summary = Destination::from_text(&format!("{}/missing/s.json", folder.display()));
    assert_eq!(write_summary(&summary, &Summary::default()).unwrap_err().hint(), "make its directory first");
}

#[test]
fn the_summary_replaces_an_older_one() {
    let path = scratch("summary").join("summary.json");
    fs::write(&path, "x".repeat(10_000)).unwrap();
    write_summary(&Destination::Path(path.clone()), &Summary::default()).unwrap();
    let summary: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    assert_eq!(summary["v"], 1);
}

#[test]
fn two_writers_on_one_file_are_found_out_by_whatever_name() {
    let folder = scratch("distinct");
    let at = |name: &str| format!("{}/{name}", folder.display());
    fs::create_dir(folder.join("sub")).unwrap();
    fs::write(at("there"), "").unwrap();
    fs::hard_link(at("there"), at("second-name")).unwrap();
    symlink("sub/../nowhere-yet", at("dangling")).unwrap();
    symlink("there", at("link")).unwrap();
    let check = |first: &str, second: &str, summary: Option<&str>| {
        let sinks =
            [format!("jsonl:{first}"), format!("coco:{second}")].map(|text| parse_sink(&text).unwrap());
        check_distinct(&sinks, summary.map(Destination::from_text).as_ref(), &[])
    };
    for (first, second) in [
        ("new", "sub/../new"),
        ("new", "./new"),
        ("there", "link"),
        ("there", "second-name"),
        ("dangling", "nowhere-yet"),
    ] {
        let error = check(&at(first), &at(second), None).unwrap_err();
        assert!(error.to_string().contains("writes to the same place as jsonl:"), "{error}");
    }
    check(&at("there"), &at("new"), Some(&at("newer"))).unwrap();
    check("-", &at("new"), None).unwrap();
    check("/dev/null", "/dev/null", Some("/dev/null")).unwrap();
    assert!(check("-", "-", None).is_err());
    let error = check(&at("a"), &at("b"), Some(&at("b"))).unwrap_err();
    assert!(error.to_string().starts_with("the summary "), "{error}");
}

/// Where [`a_file_that_may_not_grow_keeps_its_whole_lines`] wants its child to write.
const LIMITED_PATH: &str = "OCELLI_TEST_LIMITED_PATH";

#[test]
fn a_file_that_may_not_grow_keeps_its_whole_lines() {
    if let Some(path) = std::env::var_os(LIMITED_PATH) {
        let mut sink = open(&format!("jsonl:{}", path.display())).unwrap();
        let error = (0..1_000).find_map(|sequence| sink.write(&delivery(sequence, 3)).err()).unwrap();
        eprintln!("{error}");
        sink.finish().unwrap();
        return;
    }
    // The limit on file sizes is the process's: a child of its own, in which the limit's signal is ignored.
    let path = scratch("limited").join("out.jsonl");
    let child = Command::new("sh")
        .args(["-c", r#"trap '' XFSZ; ulimit -f 8; exec "$0" "$@""#])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", "--nocapture", "a_file_that_may_not_grow_keeps_its_whole_lines"])
        .env(LIMITED_PATH, &path)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&child.stderr);
    assert!(child.status.success(), "{said}");
    let lines: Vec<Value> =
        fs::read_to_string(&path).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(lines.len() > 3, "{said}");
    assert!(said.contains(&format!("out.jsonl: line {}: File too large", lines.len() + 1)), "{said}");
}
