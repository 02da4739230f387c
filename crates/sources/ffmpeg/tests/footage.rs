//! Real footage through the real ffmpeg: the same pictures as the decoder in process gives, at the same times, in
//! whatever format they come.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ocelli_capture::{Next, OpenOptions, Opened, Pace, Source, SourceErrorKind};
use ocelli_frame::{Clock, ColorMatrix, ColorRange, Frame, PixelFormat, Plane, Size, SourceIndex};
use ocelli_source_ffmpeg::{Input, open};
use ocelli_testkit::{TestFolder, asset, program};

/// Time since the test began.
#[derive(Debug)]
struct TestClock(Instant);

impl Clock for TestClock {
    fn now_ns(&self) -> u64 {
        self.0.elapsed().as_nanos() as u64
    }

    fn sleep_until_ns(&self, deadline_ns: u64) {
        std::thread::sleep(Duration::from_nanos(deadline_ns.saturating_sub(self.now_ns())));
    }
}

#[expect(clippy::disallowed_methods, reason = "a test has no clock above it")]
fn options() -> OpenOptions {
    OpenOptions {
        source: SourceIndex(0),
        readers: 2,
        clock: Arc::new(TestClock(Instant::now())),
        pace: Pace::Max,
        looped: false,
        fps: None,
    }
}

/// ffmpeg with these arguments, split at spaces, making `name` in the folder.
fn make(folder: &TestFolder, arguments: &str, name: &str) -> PathBuf {
    let path = folder.join(name);
    let mut ffmpeg = Command::new("ffmpeg");
    ffmpeg.args(["-nostdin", "-v", "error", "-y"]).args(arguments.split(' ')).arg(&path);
    assert!(ffmpeg.status().unwrap().success(), "{arguments}");
    path
}

fn opened(path: &Path) -> Opened {
    open(Input::File(path.to_owned()), None, &options()).unwrap()
}

/// Each frame in turn, to the end.
fn frames(source: &mut dyn Source, mut each: impl FnMut(Frame)) -> Result<u64, SourceErrorKind> {
    let mut count = 0;
    loop {
        match source.next(Duration::from_millis(200)) {
            Ok(Next::Frame(frame)) => {
                assert_eq!(frame.info().sequence, count);
                count += 1;
                each(frame);
            }
            Ok(Next::TimedOut) => {}
            Ok(Next::Ended) => return Ok(count),
            Err(error) => return Err(error.kind()),
        }
    }
}

/// OpenH264, which decodes in process, rounds some blocks of B-frames otherwise than ffmpeg does: a few pixels of a
/// picture are off, by up to this much.
const OFF_MEAN_MAX: f64 = 0.1;
const OFF_MOST_MAX: u8 = 64;

/// The mean and the largest difference of two planes' bytes.
fn difference(ours: &Plane<'_>, theirs: &Plane<'_>) -> (f64, u8) {
    let rows = (0..ours.rows).flat_map(|row| ours.row(row).iter().zip(theirs.row(row)));
    let off = rows.map(|(a, b)| a.abs_diff(*b));
    let (sum, most) = off.fold((0u64, 0), |(sum, most), off| (sum + u64::from(off), most.max(off)));
    (sum as f64 / (ours.rows * ours.row_bytes) as f64, most)
}

#[test]
fn a_remux_gives_the_pictures_and_times_of_the_decoder_in_process() {
    let (Some(clip), Some(_)) = (asset("media/slow_traffic_small.mp4"), program("ffmpeg")) else { return };
    let folder = TestFolder::new("remux");
    let remux = make(&folder, &format!("-i {} -c copy", clip.display()), "slow.mkv");
    let mut native = ocelli_source_file::open_video(&clip, &options()).unwrap();
    let mut through = opened(&remux).source;
    assert_eq!(native.info().size, through.info().size);
    let count = frames(&mut *through, |ours| {
        let theirs = loop {
            match native.next(Duration::from_secs(1)).unwrap() {
                Next::Frame(frame) => break frame,
                Next::TimedOut => {}
                Next::Ended => panic!("more pictures than there are"),
            }
        };
        let (a, b) = (ours.info(), theirs.info());
        assert_eq!((a.format, a.size, a.color), (b.format, b.size, b.color));
        for plane in 0..a.format.planes() {
            let (off_mean, off_most) = difference(&ours.plane(plane), &theirs.plane(plane));
            let place = format!("picture {} plane {plane}: {off_mean} off, {off_most} at most", a.sequence);
            assert!(off_mean <= OFF_MEAN_MAX && off_most <= OFF_MOST_MAX, "{place}");
        }
        // Matroska keeps times in milliseconds.
        let off_ns = a.media_time_ns.unwrap().abs_diff(b.media_time_ns.unwrap());
        assert!(off_ns <= 1_000_000, "picture {}: {off_ns} ns off", a.sequence);
    });
    assert_eq!(count, Ok(914));
}

#[test]
fn pictures_come_as_they_are_where_we_read_them_so() {
    if program("ffmpeg").is_none() {
        return;
    }
    use ColorMatrix::{Bt601, Bt709};
    use ColorRange::{Full, Limited};
    use PixelFormat::{Bgr24, Grey, I420, Nv12, Rgb24, Yuyv};
    let folder = TestFolder::new("formats");
    let raw = "-c:v rawvideo -pix_fmt";
    let table = [
        (format!("{raw} yuv420p"), "a.nut", I420, Bt601, Limited),
        (format!("{raw} nv12"), "b.nut", Nv12, Bt601, Limited),
        (format!("{raw} yuyv422"), "c.nut", Yuyv, Bt601, Limited),
        (format!("{raw} rgb24"), "d.nut", Rgb24, Bt601, Limited),
        (format!("{raw} bgr24"), "e.nut", Bgr24, Bt601, Limited),
        (format!("{raw} gray"), "f.nut", Grey, Bt601, Full),
        ("-c:v mjpeg -pix_fmt yuvj420p".to_owned(), "g.avi", I420, Bt601, Full),
        ("-c:v ffv1 -pix_fmt yuv444p".to_owned(), "h.mkv", I420, Bt601, Limited),
        ("-c:v mpeg2video -colorspace bt709 -pix_fmt yuv420p".to_owned(), "i.mkv", I420, Bt709, Limited),
    ];
    for (codec, name, format, matrix, range) in table {
        // Odd sides: chroma planes round up, and rows of pairs do.
        let path = make(
            &folder,
            &format!("-f lavfi -i color=c=white:s=34x18:d=0.2,format=rgb24,crop=33:17 {codec}"),
            name,
        );
        let mut source = opened(&path).source;
        let mut first = None;
        let count = frames(&mut *source, |frame| first = first.take().or(Some(frame))).unwrap();
        assert_eq!(count, 5, "{name}");
        let first = first.unwrap();
        let info = first.info();
        assert_eq!((info.format, info.size), (format, Size { width: 33, height: 17 }), "{name}");
        if !matches!(format, Rgb24 | Bgr24) {
            assert_eq!((info.color.matrix, info.color.range), (matrix, range), "{name}");
        }
        let white = if matches!(format, Rgb24 | Bgr24) || range == Full { 255 } else { 235 };
        let luma = first.plane(0).row(8)[2];
        assert!(luma.abs_diff(white) <= 1, "{name}: {luma} is not white");
    }
}

#[test]
fn what_ends_badly_says_how() {
    if program("ffmpeg").is_none() {
        return;
    }
    let folder = TestFolder::new("bad-footage");
    let kind_of = |path: PathBuf| match open(Input::File(path), None, &options()) {
        Ok(mut opened) => frames(&mut *opened.source, drop),
        Err(error) => Err(error.kind()),
    };
    let wide = make(&folder, "-f lavfi -i color=s=16400x16:d=0.1 -c:v ffv1", "wide.mkv");
    assert_eq!(kind_of(wide), Err(SourceErrorKind::TooLarge));
    let sound = make(&folder, "-f lavfi -i sine=d=0.2", "sound.mkv");
    assert_eq!(kind_of(sound), Err(SourceErrorKind::Unsupported));
    let whole = make(&folder, "-f lavfi -i testsrc=s=64x48:d=4 -c:v mjpeg", "whole.mkv");
    let bytes = std::fs::read(&whole).unwrap();
    let cut = folder.join("cut.mkv");
    std::fs::write(&cut, &bytes[..bytes.len() / 2]).unwrap();
    assert_eq!((kind_of(whole), kind_of(cut)), (Ok(100), Err(SourceErrorKind::Corrupt)));

    let changing = folder.join("changing.ts");
    let mut both = Vec::new();
    for size in ["64x48", "96x64"] {
        let part = make(&folder, &format!("-f lavfi -i testsrc=s={size}:d=0.4 -c:v mpeg2video"), "part.ts");
        both.extend(std::fs::read(part).unwrap());
    }
    std::fs::write(&changing, both).unwrap();
    assert_eq!(kind_of(changing), Err(SourceErrorKind::FormatChanged));
}

#[test]
fn rounds_go_on_in_time_and_number() {
    if program("ffmpeg").is_none() {
        return;
    }
    let folder = TestFolder::new("rounds");
    let clip = make(&folder, "-f lavfi -i testsrc=s=64x48:d=0.2 -c:v mpeg4", "clip.avi");
    let looped = OpenOptions { looped: true, ..options() };
    let mut source = open(Input::File(clip), None, &looped).unwrap().source;
    let mut times_ms = Vec::new();
    while times_ms.len() < 12 {
        if let Next::Frame(frame) = source.next(Duration::from_millis(200)).unwrap() {
            assert_eq!(frame.info().sequence, times_ms.len() as u64);
            times_ms.push(frame.info().media_time_ns.unwrap() / 1_000_000);
        }
    }
    assert_eq!(times_ms, (0..12).map(|n| n * 40).collect::<Vec<_>>());
}
