//! Whatever bytes come through ffmpeg's pipe, there is an error or a result, never a panic, and memory within a stated
//! bound. What the fuzzer (`fuzz/`) found stands in `inputs/`, with what we thought of ourselves.

mod nut;

use std::path::Path;

use ocelli_testkit::{CountingAllocator, hostile};

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

#[test]
fn the_nut_demuxer_holds() {
    let inputs = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/any_input/inputs/nut");
    hostile::replay(&inputs, 10_000, nut::hold);
}
