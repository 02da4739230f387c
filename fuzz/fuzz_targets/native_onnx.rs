//! Any ONNX file, compiled by the native backend. What has to hold stands with the crate's own tests.

#![no_main]

#[path = "../../crates/backends/native/tests/any_input/native_onnx.rs"]
mod native_onnx;

#[global_allocator]
static ALLOCATOR: ocelli_testkit::CountingAllocator = ocelli_testkit::CountingAllocator;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| native_onnx::hold(bytes));
