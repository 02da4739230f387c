//! Any bytes from ffmpeg's pipe. What has to hold stands with the crate's own tests.

#![no_main]

#[path = "../../crates/sources/ffmpeg/tests/any_input/nut.rs"]
mod nut;

#[global_allocator]
static ALLOCATOR: ocelli_testkit::CountingAllocator = ocelli_testkit::CountingAllocator;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| nut::hold(bytes));
