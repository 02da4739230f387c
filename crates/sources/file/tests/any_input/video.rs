//! What holds of any bytes that are played as a video, decoder and all.

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use ocelli_capture::{Next, OpenOptions, Pace, Source};
use ocelli_frame::SourceIndex;
use ocelli_source_file::open_video;
use ocelli_testkit::{ManualClock, TestFolder};

/// Larger pictures are not decoded here: they would only be slower.
const PIXELS_TRIED: u64 = 256 * 256;
/// Pictures of one file.
const PICTURES_TRIED: usize = 12;

/// An error with a hint, or pictures in order, in both ways of playing; after an error, the end.
pub fn hold(bytes: &[u8]) {
    thread_local!(static FOLDER: TestFolder = TestFolder::new("any-video"));
    FOLDER.with(|folder| {
        let path = folder.join("any.mp4");
        fs::write(&path, bytes).expect("the temporary folder has room");
        for looped in [false, true] {
            match open_video(&path, &options(looped)) {
                Ok(mut source) => {
                    let size = source.info().size.expect("videos say their size");
                    if u64::from(size.width) * u64::from(size.height) > PIXELS_TRIED {
                        return;
                    }
                    play(&mut *source);
                }
                Err(error) => assert!(!error.hint().is_empty(), "{error}"),
            }
        }
    });
}

fn play(source: &mut dyn Source) {
    let mut last_media_ns = None;
    for sequence in 0..PICTURES_TRIED as u64 {
        match source.next(Duration::from_millis(1)) {
            Ok(Next::Frame(frame)) => {
                let info = frame.info();
                assert_eq!(info.sequence, sequence);
                assert!(info.media_time_ns.is_some() && info.media_time_ns > last_media_ns, "time goes on");
                last_media_ns = info.media_time_ns;
            }
            Ok(Next::TimedOut) => panic!("a file that is read at its pace has nothing to wait for"),
            Ok(Next::Ended) => return,
            Err(error) => {
                assert!(!error.hint().is_empty(), "{error}");
                assert!(matches!(source.next(Duration::ZERO), Ok(Next::Ended)), "an error is the end");
                return;
            }
        }
    }
}

fn options(looped: bool) -> OpenOptions {
    OpenOptions {
        source: SourceIndex(0),
        readers: 1,
        clock: Arc::new(ManualClock::default()),
        pace: Pace::Max,
        looped,
        fps: None,
    }
}
