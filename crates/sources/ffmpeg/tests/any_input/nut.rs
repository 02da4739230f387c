//! What holds of any bytes that come through the pipe from ffmpeg.

use ocelli_source_ffmpeg::nut::{Demuxer, Found, NutError};
use ocelli_testkit::CountingAllocator;

/// Bytes in use at once for each byte of the stream, and besides: as `nut` says.
const MEMORY_FACTOR: u64 = 24;
const MEMORY_BESIDES: u64 = 64 << 10;

/// The same pictures or the same error, however the bytes are cut up; and memory within the bound.
pub fn hold(bytes: &[u8]) {
    let (whole, peak) = CountingAllocator::peak_bytes(|| pictures(bytes, bytes.len()));
    let allowed = MEMORY_FACTOR * bytes.len() as u64 + MEMORY_BESIDES;
    assert!(peak <= allowed, "{peak} bytes in use for a stream of {} bytes", bytes.len());
    for step in [1, 7] {
        assert_eq!(pictures(bytes, step), whole, "in pieces of {step}");
    }
}

/// Where pictures lie and when they are shown (at most 64 of them), and the error, if there is one.
fn pictures(stream: &[u8], step: usize) -> (Vec<(usize, u64, i64)>, Option<NutError>) {
    let (mut demuxer, mut found) = (Demuxer::default(), Vec::with_capacity(64));
    let (mut start, mut end) = (0usize, 0usize);
    while start < stream.len() && found.len() < 64 {
        match demuxer.find(&stream[start..end]) {
            Err(error) => return (found, Some(error)),
            Ok(Found::More) if end == stream.len() => break,
            Ok(Found::More) => end = (end + step.max(1)).min(stream.len()),
            Ok(Found::Skip(bytes)) => {
                assert!(bytes > 0 && start + bytes <= end, "it goes on, and not beyond what is there");
                start += bytes;
            }
            Ok(Found::Picture(picture)) => {
                assert!(picture.header_bytes > 0 && start + picture.header_bytes <= end);
                let video = demuxer.video().expect("the headers come before the pictures");
                video.time_base.nanoseconds(picture.ticks);
                demuxer.elided(picture.elision);
                start += picture.header_bytes;
                found.push((start, picture.payload_bytes, picture.ticks));
                start = usize::try_from(picture.payload_bytes)
                    .map_or(usize::MAX, |bytes| start.saturating_add(bytes));
                end = end.max(start.min(stream.len()));
            }
        }
    }
    (found, None)
}
