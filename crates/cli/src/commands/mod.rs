//! One file for each thing that `ocelli` does.

pub mod bench;
pub mod demo;
pub mod devices;
pub mod eval;
pub mod models;
pub mod run;
