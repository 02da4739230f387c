//! What holds of any bytes that the demuxer is given as a file.

use std::cell::OnceCell;
use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::path::Path;

use ocelli_source_file::limits::SAMPLE_BYTES_MAX;
use ocelli_source_file::mp4::VideoTrack;
use ocelli_testkit::CountingAllocator;

/// Bytes in use at once for each byte of the file, and besides: as `mp4` says.
const MEMORY_FACTOR: u64 = 32;
const MEMORY_BESIDES: u64 = 64 << 10;

/// An error that says where, or a track that keeps its word; and memory within the bound.
pub fn hold(bytes: &[u8]) {
    let path = Path::new("any.mp4");
    let (read, peak) = with_file(bytes, |file| {
        CountingAllocator::peak_bytes(|| VideoTrack::read(file, path, bytes.len() as u64))
    });
    let allowed = MEMORY_FACTOR * bytes.len() as u64 + MEMORY_BESIDES;
    assert!(peak <= allowed, "{peak} bytes in use for a file of {} bytes", bytes.len());
    match read {
        Ok(track) => check(&track),
        Err(error) => {
            assert!(error.to_string().starts_with("any.mp4: "), "{error}");
            assert!(!error.hint().is_empty(), "{error}");
        }
    }
}

fn check(track: &VideoTrack) {
    assert!(track.timescale > 0 && track.duration_ticks >= 0);
    assert_eq!(track.samples.iter().map(|sample| sample.shown_ticks).min(), Some(0));
    for sample in &track.samples {
        assert!(usize::from(sample.description) < track.descriptions.len(), "{sample:?}");
        assert!(sample.bytes <= SAMPLE_BYTES_MAX, "{sample:?}");
        track.nanoseconds(sample.shown_ticks);
    }
    assert!(track.fps().is_none_or(|fps| fps.is_finite() && fps > 0.0), "{:?}", track.fps());
}

/// One file without a name, filled anew each time.
fn with_file<T>(bytes: &[u8], read: impl FnOnce(&File) -> T) -> T {
    thread_local!(static FILE: OnceCell<File> = const { OnceCell::new() });
    FILE.with(|file| {
        let file = file.get_or_init(nameless);
        file.set_len(0).and_then(|()| file.write_all_at(bytes, 0)).expect("the temporary folder has room");
        read(file)
    })
}

fn nameless() -> File {
    let name = format!("ocelli-any-{}-{:?}.mp4", std::process::id(), std::thread::current().id());
    let path = std::env::temp_dir().join(name);
    let file = File::options().read(true).write(true).create(true).truncate(true).open(&path);
    let _ = fs::remove_file(&path);
    file.expect("the temporary folder can be written")
}
