//! The engine seam on plans of our own: a network is compiled once, at load, and each run replays it.

#![expect(dead_code, reason = "no plan runs a graph yet")]

mod graph;
mod onnx;
mod ops;
mod reference;
mod strided;
mod tensor;
