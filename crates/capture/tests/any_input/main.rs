//! Whatever text is given as a source, and whatever a scene is made of, there is an error or a result, never a panic,
//! and memory within a stated bound. What the fuzzer (`fuzz/`) found stands in `inputs/`, with what we thought of
//! ourselves.

mod scene;
mod uri;

use std::path::{Path, PathBuf};

use ocelli_testkit::{CountingAllocator, hostile};

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

fn inputs(of: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/any_input/inputs").join(of)
}

#[test]
fn sources_hold() {
    hostile::replay(&inputs("uri"), 4_000, uri::hold);
}

#[test]
fn scenes_hold() {
    hostile::replay(&inputs("scene"), 30, scene::hold);
}
