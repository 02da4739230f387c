//! What is kept and what is suppressed: Ultralytics' names and defaults.

use crate::PostprocessError;

/// Candidates that suppression looks at, the best ones: Ultralytics' `max_nms`.
pub const CANDIDATES_MAX: usize = 30_000;

/// What is kept and what is suppressed.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// A score must be above it. 0..=1.
    pub confidence: f32,
    /// Of two boxes of one class whose intersection over union is above it, the better one stays. 0..=1.
    pub iou: f32,
    /// Boxes kept per frame, the best ones.
    pub max_det: usize,
    /// Only these classes; `None` for all. Taken after the best class of an anchor is found, so that a picture's
    /// other detections stay as they are.
    pub classes: Option<Vec<u32>>,
    /// Whether every class of an anchor above `confidence` is a candidate (evaluation) or its best one alone.
    pub multi_label: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self { confidence: 0.25, iou: 0.7, max_det: 300, classes: None, multi_label: false }
    }
}

impl Settings {
    /// Ultralytics' validation settings: confidence 0.001, every class of an anchor is a candidate.
    pub fn evaluation() -> Self {
        Self { confidence: 0.001, multi_label: true, ..Self::default() }
    }

    pub(crate) fn check(&self) -> Result<(), PostprocessError> {
        for (name, value) in [("confidence", self.confidence), ("iou", self.iou)] {
            if !(0.0..=1.0).contains(&value) {
                return Err(PostprocessError::new(
                    format!("{name} is {value}, and must be between 0 and 1"),
                    "Ultralytics' defaults are conf 0.25 and iou 0.7",
                ));
            }
        }
        Ok(())
    }
}

/// Which classes of a head may become boxes, by class.
#[derive(Debug)]
pub(crate) struct ClassFilter {
    kept: Vec<bool>,
}

impl ClassFilter {
    pub(crate) fn new(classes: usize, only: Option<&[u32]>) -> Self {
        let kept = match only {
            None => vec![true; classes],
            Some(only) => (0..classes).map(|class| only.iter().any(|&id| id as usize == class)).collect(),
        };
        Self { kept }
    }

    pub(crate) fn keeps(&self, class: usize) -> bool {
        self.kept[class]
    }
}
