//! Whatever text is given as `web:…`, and whatever a viewer sends, there is an error or a value, never a panic, and memory
//! within a stated bound. What the fuzzer (`fuzz/`) found stands in `inputs/`, with what we thought of ourselves.

mod web;

use std::path::Path;

use ocelli_testkit::{CountingAllocator, hostile};

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

#[test]
fn texts_hold() {
    let inputs = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/any_input/inputs/web");
    hostile::replay(&inputs, 10_000, web::hold);
}
