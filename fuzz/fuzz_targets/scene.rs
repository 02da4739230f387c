//! Any options as a scene. What has to hold stands with the crate's own tests.

#![no_main]

#[path = "../../crates/capture/tests/any_input/scene.rs"]
mod scene;

#[global_allocator]
static ALLOCATOR: ocelli_testkit::CountingAllocator = ocelli_testkit::CountingAllocator;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| scene::hold(bytes));
