//! What tests of several crates share: assets and programs that may be missing, a clock that tests move by hand, frames made from
//! a formula, ONNX files written by hand, inputs that nobody means well with, an HTTP server that does as it is told, and the suite that every engine must
//! pass. Only ever a dev-dependency.

mod allocations;
mod assets;
mod clock;
pub mod engine_conformance;
mod folder;
mod frames;
pub mod hostile;
mod http;
pub mod onnx;
mod programs;

pub use allocations::CountingAllocator;
pub use assets::{asset, assets_root, say_skipped};
pub use clock::ManualClock;
pub use folder::TestFolder;
pub use frames::{frame_from, noise_frame};
pub use http::{HttpReply, HttpRequest, HttpServer, Then};
pub use onnx::OnnxModel;
pub use programs::program;
