//! Whatever a file holds, there is an error or a model, never a panic, and memory within a stated bound. What the fuzzer
//! (`fuzz/`) found stands in `inputs/`, with what we thought of ourselves: small networks of all kinds of operators.

mod native_onnx;

use std::path::Path;

use ocelli_testkit::{CountingAllocator, hostile};

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

#[test]
fn models_hold() {
    let inputs = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/any_input/inputs/onnx");
    hostile::replay(&inputs, 1_000, native_onnx::hold);
}
