//! Whatever numbers a network gives, there are boxes inside the picture or none, never a panic. What the fuzzer
//! (`fuzz/`) found stands in `inputs/`, with what we thought of ourselves.

mod outputs;

use std::path::Path;

use ocelli_testkit::{CountingAllocator, hostile};

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

#[test]
fn any_output_holds() {
    let inputs = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/any_input/inputs/outputs");
    hostile::replay(&inputs, 1_000, outputs::hold);
}
