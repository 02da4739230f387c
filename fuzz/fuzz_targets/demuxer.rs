//! Any bytes as an MP4 file, not decoded. What has to hold stands with the crate's own tests.

#![no_main]

#[path = "../../crates/sources/file/tests/any_input/demuxer.rs"]
mod demuxer;

#[global_allocator]
static ALLOCATOR: ocelli_testkit::CountingAllocator = ocelli_testkit::CountingAllocator;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| demuxer::hold(bytes));
