//! The engine seam on plans of our own: a network is compiled once, at load, and each run replays it.

mod graph;
mod ops;
mod tensor;
