//! Whatever a camera sends as a JPEG, there is a picture or none, never a panic, and memory within a stated bound. What
//! the fuzzer (`fuzz/`) found stands in `inputs/`, with what we thought of ourselves.
#![cfg(target_os = "linux")]

mod jpeg;

use std::path::Path;

use ocelli_testkit::{CountingAllocator, hostile};

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

#[test]
fn the_decoder_of_motion_jpeg_holds() {
    let inputs = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/any_input/inputs/jpeg");
    hostile::replay(&inputs, 10_000, jpeg::hold);
}
