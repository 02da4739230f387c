//! Whatever text is given as a sink, there is an error or a sink, never a panic, and memory within a stated bound. What
//! the fuzzer (`fuzz/`) found stands in `inputs/`, with what we thought of ourselves.

mod sink;

use std::path::Path;

use ocelli_testkit::{CountingAllocator, hostile};

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

#[test]
fn sinks_hold() {
    let inputs = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/any_input/inputs/sink");
    hostile::replay(&inputs, 10_000, sink::hold);
}
