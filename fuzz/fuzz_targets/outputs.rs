//! Any numbers as a network's output. What has to hold stands with the crate's own tests.

#![no_main]

#[path = "../../crates/postprocess/tests/any_input/outputs.rs"]
mod outputs;

#[global_allocator]
static ALLOCATOR: ocelli_testkit::CountingAllocator = ocelli_testkit::CountingAllocator;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| outputs::hold(bytes));
