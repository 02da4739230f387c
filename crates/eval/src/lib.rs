//! How good detections are: COCO's mean average precision, counted as pycocotools counts it, and the ground truth's text
//! format.
//!
//! ```text
//! labels/*.txt ──labels.rs──▶ GroundTruth ─┐
//! predictions ─────────────▶ ScoredBox ────┴─matching.rs──▶ hits ──average_precision.rs──▶ mAP
//! ```
//!
//! What is not here: files, models, and how predictions come about.

#![forbid(unsafe_code)]

mod average_precision;
mod labels;
mod matching;

use ocelli_frame::BoxXyxy;

pub use average_precision::{ClassPrecision, MeanAveragePrecision, mean_average_precision};
pub use labels::{LabelError, YoloLabel, parse_yolo_labels};

/// An object that is there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GroundTruth {
    /// Which picture.
    pub image_id: u64,
    /// Which class.
    pub class_id: u32,
    /// Source pixels.
    pub box_in_source: BoxXyxy,
}

/// An object that was found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ScoredBox {
    /// Which picture.
    pub image_id: u64,
    /// Which class.
    pub class_id: u32,
    /// Higher is surer. NaN is least sure.
    pub confidence: f32,
    /// Source pixels.
    pub box_in_source: BoxXyxy,
}
