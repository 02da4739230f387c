//! Any bytes as a picture. What has to hold stands with the crate's own tests.

#![no_main]

#[path = "../../crates/sources/file/tests/any_input/image.rs"]
mod image;

#[global_allocator]
static ALLOCATOR: ocelli_testkit::CountingAllocator = ocelli_testkit::CountingAllocator;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| image::hold(bytes));
