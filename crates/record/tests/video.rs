//! Videos that a reader of another make can read: whole, cut short, through a pipe, on a full disk.

mod support;

use std::fs;
use std::io::Read;
use std::os::fd::AsRawFd;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use ocelli_capture::{Next, OpenOptions, Pace, SourceError};
use ocelli_frame::{BoxXyxy, Detection, Frame, FrameResult, PixelFormat, Size, SourceIndex};
use ocelli_pipeline::{Delivery, Sink, SinkError};
use ocelli_record::parse_sink;
use ocelli_testkit::{CountingAllocator, ManualClock, frame_from};
use support::{labels, scratch};

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

const SIZE: Size = Size { width: 128, height: 96 };

fn open(path: &Path) -> Result<Box<dyn Sink>, SinkError> {
    parse_sink(&format!("video:{}", path.display()))?.open(&Arc::new(labels()))
}

/// Frame `sequence` of a ramp that moves, at `media_time_ns`, with a box around its middle.
fn delivery(size: Size, sequence: u64, media_time_ns: u64) -> Delivery {
    let frame = frame_from(PixelFormat::I420, size, 0, |plane, row, column| match plane {
        0 => 40 + ((row + column + sequence as usize) % 150) as u8,
        _ => 128,
    });
    let mut result = FrameResult::with_capacity(1);
    (result.sequence, result.size, result.media_time_ns) = (sequence, size, Some(media_time_ns));
    let box_in_source = BoxXyxy { x1: 40.0, y1: 40.0, x2: 88.0, y2: 72.0 };
    result.predictions.detections.push(Detection { class_id: 0, confidence: 0.5, box_in_source });
    Delivery { result: Arc::new(result), frame: Some(frame) }
}

/// One picture of a film, and when it is shown.
struct Shown {
    frame: Frame,
    at_ns: u64,
}

/// Every picture of a film, and what ended it.
fn read(path: &Path) -> (Vec<Shown>, Option<SourceError>) {
    let clock = Arc::new(ManualClock::default());
    let options =
        OpenOptions { source: SourceIndex(0), readers: 1, clock, pace: Pace::Max, looped: false, fps: None };
    let mut source = match ocelli_source_file::open_video(path, &options) {
        Ok(source) => source,
        Err(error) => return (Vec::new(), Some(error)),
    };
    let mut shown = Vec::new();
    loop {
        match source.next(Duration::from_secs(60)) {
            Ok(Next::Frame(frame)) => {
                let copied = frame_from(PixelFormat::I420, frame.info().size, 0, |plane, row, column| {
                    frame.plane(plane).row(row)[column]
                });
                shown.push(Shown { frame: copied, at_ns: frame.info().media_time_ns.unwrap() });
            }
            Ok(Next::Ended) => return (shown, None),
            Ok(Next::TimedOut) => panic!("nobody holds a frame"),
            Err(error) => return (shown, Some(error)),
        }
    }
}

/// Whether there is a box of this name on the file's first floor.
fn has_box(path: &Path, kind: &[u8; 4]) -> bool {
    let bytes = fs::read(path).unwrap();
    let mut at = 0;
    while at + 16 <= bytes.len() {
        let length = u64::from(u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap()));
        let long = u64::from_be_bytes(bytes[at + 8..at + 16].try_into().unwrap());
        if &bytes[at + 4..at + 8] == kind {
            return true;
        }
        at += if length == 1 { long } else { length } as usize;
    }
    assert_eq!(at, bytes.len(), "boxes fill the file");
    false
}

#[test]
fn a_film_has_every_frame_at_its_own_time() {
    let path = scratch("film").join("out.mp4");
    fs::write(&path, "an older film".repeat(100_000)).unwrap();
    let mut sink = open(&path).unwrap();
    // Times as of a live source: uneven, and with a gap.
    let times: Vec<u64> =
        (0..50).map(|n| 7_000_000 + n * 66_666_667 + (n % 3) * 10_000_000 + n / 30 * 1_500_000_000).collect();
    for (sequence, &time) in times.iter().enumerate() {
        sink.write(&delivery(SIZE, sequence as u64, time)).unwrap();
    }
    sink.finish().unwrap();
    assert!(has_box(&path, b"mdat") && !has_box(&path, b"moof"), "it has ended as an ordinary film");

    let (frames, error) = read(&path);
    assert!(error.is_none(), "{error:?}");
    assert_eq!(frames.len(), times.len());
    for (sequence, (Shown { frame, at_ns }, time)) in frames.iter().zip(&times).enumerate() {
        assert_eq!(frame.info().size, SIZE);
        assert!(at_ns.abs_diff(time - times[0]) < 12_000, "frame {sequence} at {at_ns}, not {time}");
        let luma = frame.plane(0);
        for (row, column) in [(5, 5), (60, 64), (90, 120)] {
            let expected = 40 + ((row + column + sequence) % 150) as u8;
            assert!(luma.row(row)[column].abs_diff(expected) < 30, "frame {sequence} {row} {column}");
        }
        // The box's line: red in BT.601, limited range.
        let cr = frame.plane(2).row(71 / 2)[60 / 2];
        assert!(cr > 170, "frame {sequence}: Cr {cr}");
    }
}

#[test]
fn a_film_that_is_cut_short_has_all_but_the_last_second() {
    let path = scratch("killed").join("out.mp4");
    let mut sink = open(&path).unwrap();
    for sequence in 0..45 {
        sink.write(&delivery(SIZE, sequence, sequence * 100_000_000)).unwrap();
    }
    // What a killed process leaves: nobody finishes.
    drop(sink);
    assert!(has_box(&path, b"moof"));
    let (frames, error) = read(&path);
    assert!(error.is_none(), "{error:?}");
    assert_eq!(frames.len(), 40);
    assert_eq!(frames[39].at_ns, 3_900_000_000);
}

#[test]
fn a_pipe_gets_fragments_that_are_a_film_too() {
    let (mut reader, writer) = std::io::pipe().unwrap();
    let mut sink = open(Path::new(&format!("/proc/self/fd/{}", writer.as_raw_fd()))).unwrap();
    drop(writer);
    let reading = std::thread::spawn(move || {
        let mut bytes = Vec::new();
        reader.read_to_end(&mut bytes).map(|_| bytes)
    });
    (0..15).for_each(|sequence| sink.write(&delivery(SIZE, sequence, sequence * 100_000_000)).unwrap());
    sink.finish().unwrap();
    drop(sink);
    let path = scratch("piped").join("out.mp4");
    fs::write(&path, reading.join().unwrap().unwrap()).unwrap();
    assert_eq!(read(&path).0.len(), 15);
}

#[test]
fn odd_sides_lose_their_last_row_and_column() {
    let path = scratch("odd").join("out.mp4");
    let mut sink = open(&path).unwrap();
    sink.write(&delivery(Size { width: 65, height: 33 }, 0, 0)).unwrap();
    sink.finish().unwrap();
    let (frames, _) = read(&path);
    assert_eq!((frames.len(), frames[0].frame.info().size), (1, Size { width: 64, height: 32 }));
}

#[test]
fn another_size_is_an_error_and_the_film_so_far_is_whole() {
    let path = scratch("sizes").join("out.mp4");
    let mut sink = open(&path).unwrap();
    (0..3).for_each(|sequence| sink.write(&delivery(SIZE, sequence, sequence * 40_000_000)).unwrap());
    let error = sink.write(&delivery(Size { width: 64, height: 64 }, 3, 120_000_000)).unwrap_err();
    let expected = "out.mp4: frame 3 has 64x64, and those before 128x96: one video has one size";
    assert!(error.to_string().ends_with(expected), "{error}");
    assert!(error.hint().starts_with("write images:DIR"));
    sink.finish().unwrap();
    assert_eq!(read(&path).0.len(), 3);
}

#[test]
fn what_cannot_be_one_video_is_an_error() {
    let folder = scratch("refused");
    for (width, height) in [(1, 1), (15, 200), (3842, 16), (2200, 2200)] {
        let mut sink = open(&folder.join("out.mp4")).unwrap();
        let error = sink.write(&delivery(Size { width, height }, 0, 0)).unwrap_err();
        assert!(error.to_string().contains(&format!("not {width}x{height}")), "{error}");
        sink.finish().unwrap();
    }
    let mut labels = labels();
    labels.sources.push("second".into());
    let spec = parse_sink(&format!("video:{}/out.mp4", folder.display())).unwrap();
    let error = spec.open(&Arc::new(labels)).err().unwrap();
    assert!(error.to_string().ends_with("one video cannot show both scene and second"), "{error}");

    let error = open(&folder.join("missing/out.mp4")).err().unwrap();
    assert_eq!(error.hint(), "make its directory first");
    let error = open(Path::new("/dev/full")).unwrap().write(&delivery(SIZE, 0, 0)).unwrap_err();
    assert!(error.to_string().starts_with("/dev/full: frame 0: No space left"), "{error}");
}

/// Where [`a_disk_that_fills_up_leaves_whole_fragments`] wants its child to write.
const LIMITED_PATH: &str = "OCELLI_TEST_LIMITED_PATH";

#[test]
fn a_disk_that_fills_up_leaves_whole_fragments() {
    if let Some(path) = std::env::var_os(LIMITED_PATH) {
        let mut sink = open(Path::new(&path)).unwrap();
        let write = |sequence| sink.write(&delivery(SIZE, sequence, sequence * 100_000_000)).err();
        eprintln!("{}", (0..2_000).find_map(write).expect("there is a limit"));
        sink.finish().unwrap();
        return;
    }
    let path = scratch("limited-film").join("out.mp4");
    let child = Command::new("sh")
        .args(["-c", r#"trap '' XFSZ; ulimit -f 64; exec "$0" "$@""#])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", "--nocapture", "a_disk_that_fills_up_leaves_whole_fragments"])
        .env(LIMITED_PATH, &path)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&child.stderr);
    assert!(child.status.success() && said.contains("File too large"), "{said}");
    let (frames, error) = read(&path);
    assert!(error.is_none() && frames.len() >= 20, "{} frames, {error:?}; {said}", frames.len());
}

#[test]
fn a_frame_allocates_nothing_after_warm_up() {
    let mut sink = open(&scratch("counted").join("out.mp4")).unwrap();
    let deliveries: Vec<Delivery> =
        (0..100).map(|sequence| delivery(SIZE, sequence, sequence * 40_000_000)).collect();
    let (warm_up, counted) = deliveries.split_at(30);
    warm_up.iter().for_each(|delivery| sink.write(delivery).unwrap());
    let before = CountingAllocator::on_this_thread();
    counted.iter().for_each(|delivery| sink.write(delivery).unwrap());
    assert!(before > 0, "nothing is counted");
    assert_eq!(CountingAllocator::on_this_thread(), before);
    sink.finish().unwrap();
}
