//! Whatever a model and the TOML file beside it say, there is an error or a card, never a panic, and memory within a
//! stated bound. What the fuzzer (`fuzz/`) found stands in `inputs/`, with what we thought of ourselves.

mod card;

use std::path::Path;

use ocelli_testkit::{CountingAllocator, hostile};

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

#[test]
fn cards_hold() {
    let inputs = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/any_input/inputs/card");
    hostile::replay(&inputs, 2_000, card::hold);
}
