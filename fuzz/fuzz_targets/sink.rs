//! Any text as a sink. What has to hold stands with the crate's own tests.

#![no_main]

#[path = "../../crates/record/tests/any_input/sink.rs"]
mod sink;

#[global_allocator]
static ALLOCATOR: ocelli_testkit::CountingAllocator = ocelli_testkit::CountingAllocator;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| sink::hold(bytes));
