//! Whatever bytes a file holds, there is an error or a result, never a panic, and memory within a stated bound. What
//! the fuzzer (`fuzz/`) found stands in `inputs/`, with what we thought of ourselves; here it is replayed.

mod demuxer;
mod image;
mod video;

use std::path::{Path, PathBuf};

use ocelli_testkit::{CountingAllocator, hostile};

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

fn inputs(of: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/any_input/inputs").join(of)
}

#[test]
fn the_demuxer_holds() {
    hostile::replay(&inputs("mp4"), 4_000, demuxer::hold);
}

#[test]
fn the_video_source_holds() {
    hostile::replay(&inputs("mp4"), 30, video::hold);
}

#[test]
fn the_image_source_holds() {
    hostile::replay(&inputs("image"), 40, image::hold);
}

#[test]
fn the_allocator_counts() {
    let (_, peak) = CountingAllocator::peak_bytes(|| drop((vec![0u8; 1000], vec![0u8; 500])));
    assert_eq!(peak, 1500);
}
