//! What this crate's tests share: a folder to write in, and results to write.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ocelli_frame::{BoxXyxy, Detection, FrameResult};
use ocelli_pipeline::Delivery;
use ocelli_report::RunLabels;

/// An empty folder of this test's own.
pub fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder).unwrap();
    }
    fs::create_dir_all(&folder).unwrap();
    folder
}

pub fn labels() -> RunLabels {
    RunLabels {
        sources: vec!["scene".into()],
        backend: "fake".into(),
        model: "none".into(),
        classes: vec!["thing".into()],
    }
}

/// The result of frame `sequence`, with so many detections.
pub fn delivery(sequence: u64, detections: usize) -> Delivery {
    let mut result = FrameResult::with_capacity(detections);
    result.sequence = sequence;
    let box_in_source = BoxXyxy { x1: 1.0, y1: 2.0, x2: 3.5, y2: 4.0 };
    result.predictions.detections =
        vec![Detection { class_id: 0, confidence: 0.5, box_in_source }; detections];
    Delivery { result: Arc::new(result), frame: None }
}
