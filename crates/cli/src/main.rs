//! The binary `ocelli`.
fn main() {}
