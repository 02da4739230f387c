//! Any card, metadata and shapes of a model. What has to hold stands with the crate's own tests.

#![no_main]

#[path = "../../crates/model/tests/any_input/card.rs"]
mod card;

#[global_allocator]
static ALLOCATOR: ocelli_testkit::CountingAllocator = ocelli_testkit::CountingAllocator;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| card::hold(bytes));
