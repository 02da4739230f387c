//! Invariant 5 for video: once it runs, a picture costs no allocation in our own code (the decoder's C++ is not
//! counted), the sample's way through the buffers included.

mod support;

use ocelli_capture::{Next, Pace};
use ocelli_source_file::open_video;
use ocelli_testkit::CountingAllocator;
use support::{Layout, Sets, TIMEOUT, clip, mp4, options, scratch};

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

#[test]
fn a_picture_allocates_nothing() {
    let lumas: Vec<u8> = (20..220).collect();
    for sets in [Sets::InIndex, Sets::InStream] {
        let path = scratch("long.mp4", &mp4(&[clip(64, 48, &lumas, None)], Layout::IndexFirst, sets));
        let mut source = open_video(&path, &options(Pace::Max).0).unwrap();
        let mut play = |count: usize| {
            for _ in 0..count {
                assert!(matches!(source.next(TIMEOUT).unwrap(), Next::Frame(_)));
            }
        };
        play(5);
        let before = CountingAllocator::on_this_thread();
        play(lumas.len() - 5);
        assert_eq!(CountingAllocator::on_this_thread() - before, 0);
    }
}
