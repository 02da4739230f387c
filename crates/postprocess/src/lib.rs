//! Output tensors to [`Predictions`](ocelli_frame::Predictions) in source pixels: a head's numbers become candidates,
//! non-maximum suppression thins them out, and the letterbox's way back puts them onto the picture.
//!
//! ```text
//! output ──yolov8.rs | yolox.rs──▶ Candidates ──nms.rs──▶ kept ──source_from_model──▶ Detection
//! ```
//!
//! To add a head family: one file like `yolov8.rs` that fills `Candidates`, one variant of
//! [`HeadLayout`]. What is not here: which model or backend ran, and the model's file.

#![forbid(unsafe_code)]

mod candidates;
mod error;
mod layout;
mod nms;
mod postprocessor;
mod settings;
mod yolov8;
mod yolox;

pub use error::PostprocessError;
pub use layout::{ANCHORS_MAX, CLASSES_MAX, HeadLayout};
pub use postprocessor::Postprocessor;
pub use settings::{CANDIDATES_MAX, Settings};
