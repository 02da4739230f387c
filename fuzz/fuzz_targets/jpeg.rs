//! Any bytes as a picture of a camera's Motion JPEG. What has to hold stands with the crate's own tests.

#![no_main]

#[path = "../../crates/sources/v4l2/tests/any_input/jpeg.rs"]
mod jpeg;

#[global_allocator]
static ALLOCATOR: ocelli_testkit::CountingAllocator = ocelli_testkit::CountingAllocator;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| jpeg::hold(bytes));
