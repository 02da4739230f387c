//! Any bytes as a video that is played. What has to hold stands with the crate's own tests.

#![no_main]

#[path = "../../crates/sources/file/tests/any_input/video.rs"]
mod video;

#[global_allocator]
static ALLOCATOR: ocelli_testkit::CountingAllocator = ocelli_testkit::CountingAllocator;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| video::hold(bytes));
