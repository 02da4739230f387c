//! Real footage: every picture comes out, in order, and is the right one.

mod support;

use ocelli_capture::{Next, Pace, SourceErrorKind};
use ocelli_frame::{Frame, Size};
use ocelli_source_file::open_video;
use ocelli_testkit::asset;
use support::{TIMEOUT, options, play};

/// Mean luma of the quarters of a picture: top left, top right, bottom left, bottom right.
type Quarters = [f64; 4];

/// `file`, its size, its pictures, the nanoseconds of its last, and some pictures' quarters. The quarters were made with
/// OpenCV 5.0 (its FFmpeg, `CAP_PROP_CONVERT_RGB` 0), a decoder that is not ours:
/// `frame[a*h//2:(a+1)*h//2, b*w//2:(b+1)*w//2].mean()`.
struct Footage {
    file: &'static str,
    size: (u32, u32),
    pictures: usize,
    last_ns: u64,
    quarters: &'static [(u64, Quarters)],
}

/// OpenH264 rounds a few pixels of B-pictures by one; by 0.05 in the mean of the worst picture of the footage.
const TOLERANCE: f64 = 0.07;

fn quarters(frame: &Frame) -> Quarters {
    let plane = frame.plane(0);
    let (half_rows, half_columns) = (plane.rows / 2, plane.row_bytes / 2);
    [(0, 0), (0, 1), (1, 0), (1, 1)].map(|(down, across)| {
        let rows = down * half_rows..(down + 1) * half_rows;
        let sum: u64 = rows
            .flat_map(|row| &plane.row(row)[across * half_columns..(across + 1) * half_columns])
            .map(|&luma| u64::from(luma))
            .sum();
        sum as f64 / (half_rows * half_columns) as f64
    })
}

fn check(footage: &Footage) {
    let Some(path) = asset(&format!("media/{}", footage.file)) else { return };
    let mut source = open_video(&path, &options(Pace::Max).0).unwrap();
    assert_eq!(source.info().frames, Some(footage.pictures as u64));
    let (mut count, mut last_ns, mut compared) = (0u64, None, 0);
    play(&mut *source, |frame| {
        let info = frame.info();
        assert_eq!(info.sequence, count);
        assert_eq!(info.size, Size { width: footage.size.0, height: footage.size.1 });
        assert!(
            last_ns < info.media_time_ns,
            "picture {count} at {:?} after {last_ns:?}",
            info.media_time_ns
        );
        last_ns = info.media_time_ns;
        if let Some((_, expected)) = footage.quarters.iter().find(|(number, _)| *number == count) {
            let found = quarters(&frame);
            let same = found.iter().zip(expected).all(|(a, b)| (a - b).abs() < TOLERANCE);
            assert!(same, "picture {count}: {found:?}, not {expected:?}");
            compared += 1;
        }
        count += 1;
    })
    .unwrap();
    assert_eq!((count as usize, last_ns), (footage.pictures, Some(footage.last_ns)));
    assert_eq!(compared, footage.quarters.len());
}

#[test]
fn high_profile_with_b_frames_at_360_lines() {
    check(&Footage {
        file: "slow_traffic_small.mp4",
        size: (640, 360),
        pictures: 914,
        last_ns: 30_463_766_666,
        quarters: &[
            (0, [120.56, 120.0, 114.12, 129.89]),
            (1, [120.63, 120.07, 114.16, 130.0]),
            (3, [120.67, 120.12, 114.23, 130.06]),
            (4, [120.6, 120.06, 114.24, 129.96]),
            (500, [123.07, 118.53, 114.75, 105.02]),
            (913, [122.05, 119.82, 114.88, 121.89]),
        ],
    });
}

#[test]
fn high_profile_with_b_frames_at_1080_lines() {
    check(&Footage {
        file: "pup_sample.mp4",
        size: (1920, 1080),
        pictures: 171,
        last_ns: 5_666_666_666,
        quarters: &[
            (0, [130.09, 72.92, 105.14, 65.86]),
            (1, [130.86, 73.15, 105.97, 66.35]),
            (2, [131.24, 73.33, 106.5, 66.48]),
            (3, [131.28, 73.44, 106.99, 66.63]),
            (4, [130.96, 73.17, 107.18, 66.32]),
            (90, [138.18, 74.32, 106.32, 67.06]),
            (169, [143.68, 73.92, 109.12, 56.49]),
            (170, [143.5, 73.77, 109.13, 56.59]),
        ],
    });
}

#[test]
fn baseline_profile() {
    check(&Footage {
        file: "car-detection.mp4",
        size: (768, 432),
        pictures: 377,
        last_ns: 30_080_000_000,
        quarters: &[
            (0, [118.25, 123.15, 105.19, 112.17]),
            (200, [138.1, 122.52, 99.48, 121.34]),
            (375, [113.12, 118.38, 100.22, 107.04]),
            (376, [113.76, 119.07, 100.81, 107.7]),
        ],
    });
}

#[test]
fn main_profile_with_b_frames() {
    check(&Footage {
        file: "one-by-one-person-detection.mp4",
        size: (768, 432),
        pictures: 1394,
        last_ns: 139_300_000_000,
        quarters: &[
            (0, [172.47, 172.69, 112.57, 92.99]),
            (120, [176.34, 156.52, 117.43, 91.74]),
            (700, [179.3, 174.49, 120.37, 87.78]),
            (1393, [171.47, 171.84, 113.16, 92.04]),
        ],
    });
}

/// The decoder holds back pictures of this stream, so that its end leaves traces in it.
#[test]
fn b_frames_loop() {
    let Some(path) = asset("media/pup_sample.mp4") else { return };
    let (mut options, _) = options(Pace::Max);
    options.looped = true;
    let mut source = open_video(&path, &options).unwrap();
    let mut first_round = Vec::new();
    for sequence in 0..186u64 {
        let Next::Frame(frame) = source.next(TIMEOUT).unwrap() else { panic!("no frame {sequence}") };
        assert_eq!(frame.info().sequence, sequence);
        let expected_ns = sequence as f64 * 1e9 / 30.0;
        assert!((frame.info().media_time_ns.unwrap() as f64 - expected_ns).abs() < 2.0);
        match sequence.checked_sub(171) {
            None => first_round.push(quarters(&frame)),
            Some(again) => assert_eq!(quarters(&frame), first_round[again as usize], "picture {again}"),
        }
    }
}

#[test]
fn another_codec_is_named() {
    let Some(path) = asset("media/mmpose_posetrack_mpii.mp4") else { return };
    let Err(error) = open_video(&path, &options(Pace::Max).0) else { panic!("it opened") };
    assert_eq!(error.kind(), SourceErrorKind::Unsupported);
    assert!(error.to_string().contains("MPEG-4 part 2 (`mp4v`)"), "{error}");
    assert!(error.hint().contains("ffmpeg"), "{}", error.hint());
}
