//! What holds of any bytes that are shown as a picture.

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use ocelli_capture::{Next, OpenOptions, Pace, SourceError};
use ocelli_frame::{Frame, SourceIndex};
use ocelli_source_file::limits::{PIXELS_MAX, SIDE_MAX};
use ocelli_source_file::open_images;
use ocelli_testkit::{CountingAllocator, ManualClock, TestFolder};

/// Larger pictures are not decoded here: they would only be slower.
const PIXELS_TRIED: u64 = 1 << 16;
/// Frames in the pool: one reader's, and the source's own.
const SLOTS: u64 = 2;
/// Bytes in use at once for each byte of the file, each pixel that it declares, and besides: as `images` says.
const MEMORY_PER_FILE_BYTE: u64 = 8;
const MEMORY_PER_PIXEL: u64 = 3 * SLOTS + 32;
const MEMORY_BESIDES: u64 = 2 << 20;

/// An error that names the file, or one picture of the size announced; and memory within the bound.
pub fn hold(bytes: &[u8]) {
    thread_local!(static FOLDER: TestFolder = TestFolder::new("any-image"));
    FOLDER.with(|folder| {
        let path = folder.join("any.png");
        fs::write(&path, bytes).expect("the temporary folder has room");
        let mut pixels = 0;
        let (shown, peak) = CountingAllocator::peak_bytes(|| show(&path, &mut pixels));
        let allowed = MEMORY_PER_FILE_BYTE * bytes.len() as u64 + MEMORY_PER_PIXEL * pixels + MEMORY_BESIDES;
        assert!(peak <= allowed, "{peak} bytes in use: {} bytes, {pixels} pixels", bytes.len());
        match shown {
            Ok(Some(frame)) => {
                let size = frame.info().size;
                assert_eq!(u64::from(size.width) * u64::from(size.height), pixels);
            }
            Ok(None) => {}
            Err(error) => {
                assert!(error.to_string().contains("any.png"), "{error}");
                assert!(!error.hint().is_empty(), "{error}");
            }
        }
    });
}

fn show(path: &std::path::Path, pixels: &mut u64) -> Result<Option<Frame>, SourceError> {
    let options = OpenOptions {
        source: SourceIndex(0),
        readers: SLOTS as usize - 1,
        clock: Arc::new(ManualClock::default()),
        pace: Pace::Max,
        looped: false,
        fps: None,
    };
    let mut source = open_images(path, &options)?;
    let size = source.info().size.expect("pictures say their size");
    let declared = u64::from(size.width) * u64::from(size.height);
    assert!(size.width.max(size.height) <= SIDE_MAX && (1..=PIXELS_MAX).contains(&declared), "{size}");
    if declared > PIXELS_TRIED {
        return Ok(None);
    }
    *pixels = declared;
    let frame = match source.next(Duration::from_millis(1)) {
        Ok(Next::Frame(frame)) => frame,
        Ok(other) => panic!("one picture was announced, and there is {other:?}"),
        Err(error) => {
            assert!(matches!(source.next(Duration::ZERO), Ok(Next::Ended)), "an error is the end");
            return Err(error);
        }
    };
    assert!(matches!(source.next(Duration::ZERO), Ok(Next::Ended)), "one picture is one picture");
    Ok(Some(frame))
}
