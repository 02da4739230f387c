//! One file for each thing that `ocelli` does.

pub mod bench;
pub mod eval;
pub mod run;
