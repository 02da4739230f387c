//! What tests of several crates share: assets that may be missing, a clock that tests move by hand, and frames made
//! from a formula. Only ever a dev-dependency.

#![forbid(unsafe_code)]

mod assets;
mod clock;
mod frames;

pub use assets::{asset, assets_root};
pub use clock::ManualClock;
pub use frames::{frame_from, noise_frame};
