//! Sinks that write a file for every result: what the files are called, and what is in them.

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use ocelli_capture::{Next, OpenOptions, Pace};
use ocelli_frame::{BoxXyxy, Detection, Frame, FrameResult, PixelFormat, Size, SourceIndex};
use ocelli_pipeline::{Delivery, Sink, SinkError};
use ocelli_record::{check_distinct, parse_sink};
use ocelli_testkit::{ManualClock, frame_from};
use support::{labels, scratch};

const SIZE: Size = Size { width: 160, height: 121 };

fn open(kind: &str, folder: &Path, sources: &[&str]) -> Result<Box<dyn Sink>, SinkError> {
    let mut labels = labels();
    labels.sources = sources.iter().map(|source| (*source).to_owned()).collect();
    parse_sink(&format!("{kind}:{}", folder.display()))?.open(&Arc::new(labels))
}

fn delivery(source: u16, sequence: u64, name: Option<&str>) -> Delivery {
    let frame = frame_from(PixelFormat::Rgb24, SIZE, 0, |_, row, column| (row + column / 3) as u8);
    let mut result = FrameResult::with_capacity(1);
    (result.source, result.sequence, result.size) = (SourceIndex(source), sequence, SIZE);
    result.name = name.map(Arc::from);
    let box_in_source = BoxXyxy { x1: 40.0, y1: 60.0, x2: 120.0, y2: 121.0 };
    result.predictions.detections.push(Detection { class_id: 3, confidence: 0.5, box_in_source });
    Delivery { result: Arc::new(result), frame: Some(frame) }
}

/// Every file below a folder, by its path from there.
fn files(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(below) = folders.pop() {
        for entry in fs::read_dir(folder.join(&below)).unwrap().map(Result::unwrap) {
            let path = below.join(entry.file_name());
            if entry.file_type().unwrap().is_dir() {
                folders.push(path);
            } else {
                found.push(path.to_str().unwrap().to_owned());
            }
        }
    }
    found.sort();
    found
}

fn decoded(path: &Path) -> Frame {
    let clock = Arc::new(ManualClock::default());
    let options =
        OpenOptions { source: SourceIndex(0), readers: 1, clock, pace: Pace::Max, looped: false, fps: None };
    let mut source = ocelli_source_file::open_images(path, &options).unwrap();
    match source.next(Duration::from_secs(60)).unwrap() {
        Next::Frame(frame) => frame,
        other => panic!("{other:?}"),
    }
}

#[test]
fn pictures_keep_their_names_and_footage_is_numbered() {
    for (kind, expected) in [
        ("images", ["a.jpg", "b.JPEG", "c.png.jpg", "clip-000007.jpg", "passwd.jpg"]),
        ("yolo", ["a.txt", "b.txt", "c.txt", "clip_7.txt", "passwd.txt"]),
    ] {
        let folder = scratch(&format!("{kind}-names")).join("made/on/the/way");
        let mut sink = open(kind, &folder, &["clip.mp4"]).unwrap();
        for name in [Some("a.jpg"), Some("b.JPEG"), Some("c.png"), Some("passwd"), None, Some("a.jpg")] {
            sink.write(&delivery(0, 7, name)).unwrap();
        }
        sink.finish().unwrap();
        assert_eq!(files(&folder), expected);
        // A name that leads elsewhere is none.
        sink.write(&delivery(0, 8, Some("../up.jpg"))).unwrap();
        assert!(files(&folder).iter().any(|file| file.starts_with(".._up")), "{:?}", files(&folder));
        assert!(!folder.join("../up.jpg").exists() && !folder.join("../up.txt").exists());
    }
}

#[test]
fn several_sources_have_folders_of_their_own() {
    let folder = scratch("several");
    let mut sink = open("images", &folder, &["left/pictures", "left:pictures"]).unwrap();
    (0..2).for_each(|source| sink.write(&delivery(source, 0, Some("same.jpg"))).unwrap());
    sink.write(&delivery(1, 1, None)).unwrap();
    let second = "left_pictures (2)";
    let expected = [
        format!("{second}/{second}-000001.jpg"),
        format!("{second}/same.jpg"),
        "left_pictures/same.jpg".into(),
    ];
    assert_eq!(files(&folder), expected);
}

#[test]
fn a_picture_is_the_frame_with_its_box() {
    let folder = scratch("pixels");
    fs::write(folder.join("a.jpg"), "x".repeat(1_000_000)).unwrap();
    let mut sink = open("images", &folder, &["scene"]).unwrap();
    sink.write(&delivery(0, 0, Some("a.jpg"))).unwrap();
    let frame = decoded(&folder.join("a.jpg"));
    assert_eq!((frame.info().size, frame.info().format), (SIZE, PixelFormat::Rgb24));
    let at = |x: usize, y: usize| {
        let pixel = &frame.plane(0).row(y)[x * 3..][..3];
        [0, 1, 2].map(|channel| i32::from(pixel[channel]))
    };
    for (x, y) in [(10, 10), (150, 20), (80, 90), (159, 90)] {
        let grey = (x + y) as i32;
        assert!(at(x, y).iter().all(|code| (code - grey).abs() < 8), "{x} {y}: {:?}", at(x, y));
    }
    // Class 3 is orange, (255, 169, 27).
    let [red, green, blue] = at(41, 100);
    assert!(red > 215 && (130..200).contains(&green) && blue < 80, "{red} {green} {blue}");
}

#[test]
fn label_files_hold_fractions_and_empty_ones_say_that_nothing_was_found() {
    let folder = scratch("yolo-lines");
    let mut sink = open("yolo", &folder, &["scene"]).unwrap();
    let text = || fs::read_to_string(folder.join("a.txt")).unwrap();
    sink.write(&delivery(0, 0, Some("a.jpg"))).unwrap();
    assert_eq!(text(), "3 0.500000 0.747934 0.500000 0.504132 0.500000\n");
    let mut nothing = delivery(0, 0, Some("a.jpg"));
    Arc::get_mut(&mut nothing.result).unwrap().predictions.clear();
    sink.write(&nothing).unwrap();
    assert_eq!(text(), "");

    let error = sink.write(&delivery(0, 1, Some("a.png"))).unwrap_err();
    assert!(error.to_string().ends_with("a.txt: both a.jpg and a.png would be written to it"), "{error}");
}

#[test]
fn a_folder_that_cannot_be_is_an_error_that_names_it() {
    let folder = scratch("no-folder");
    fs::write(folder.join("file"), "").unwrap();
    for kind in ["images", "yolo"] {
        let error = open(kind, &folder.join("file"), &["scene"]).err().unwrap();
        assert!(error.to_string().contains("/file: cannot make this folder"), "{error}");
        assert_eq!(error.hint(), "there is a file of that name: choose another");
        let error = open(kind, Path::new("-"), &["scene"]).err().unwrap();
        assert!(error.hint().contains("./-"), "{error}");

        // The folder goes while the run goes on.
        let gone = folder.join("gone");
        let mut sink = open(kind, &gone, &["scene"]).unwrap();
        fs::remove_dir(&gone).unwrap();
        let error = sink.write(&delivery(0, 0, Some("a.jpg"))).unwrap_err();
        assert!(error.to_string().contains("/gone/a."), "{error}");
    }
}

#[test]
fn pictures_do_not_go_where_they_are_read() {
    let folder = scratch("read-and-written");
    fs::create_dir(folder.join("other")).unwrap();
    fs::write(folder.join("a.jpg"), "").unwrap();
    let check = |kind: &str, to: &str, read: &str| {
        let sink = parse_sink(&format!("{kind}:{}", folder.join(to).display())).unwrap();
        check_distinct(&[sink], None, &[Path::new("rtsp://10.0.0.7/a"), &folder.join(read)])
    };
    for (to, read) in [("", ""), ("", "a.jpg"), ("other/..", "*.jpg"), ("other", "other/new.jpg")] {
        let error = check("images", to, read).unwrap_err();
        assert!(error.to_string().contains("would write over"), "{error}");
    }
    check("images", "other", "a.jpg").unwrap();
    check("images", "new", "").unwrap();
    check("yolo", "", "a.jpg").unwrap();
    assert!(check("video", "a.jpg", "a.jpg").is_err());
}
