//! Any text as a live view, and as a viewer's message. What has to hold stands with the crate's own tests.

#![no_main]

#[path = "../../crates/web/tests/any_input/web.rs"]
mod web;

#[global_allocator]
static ALLOCATOR: ocelli_testkit::CountingAllocator = ocelli_testkit::CountingAllocator;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| web::hold(bytes));
