//! What a model says about one frame, in source pixels.

use crate::BoxXyxy;

/// One object found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Detection {
    /// Index into the model card's classes.
    pub class_id: u32,
    /// 0..=1.
    pub confidence: f32,
    /// Source pixels, clipped to the picture, never empty.
    pub box_in_source: BoxXyxy,
}

/// One class and its score.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClassScore {
    /// Index into the model card's classes.
    pub class_id: u32,
    /// 0..=1.
    pub confidence: f32,
}

/// Everything found in one frame. Reused from frame to frame: `clear` keeps the memory.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Predictions {
    /// Highest confidence first.
    pub detections: Vec<Detection>,
    /// Highest confidence first.
    pub classification: Vec<ClassScore>,
    /// Candidates left out because a number of theirs was NaN or infinite.
    pub invalid: u32,
}

impl Predictions {
    /// Room for `max_det` detections, so that a frame allocates nothing.
    pub fn with_capacity(max_det: usize) -> Self {
        Self { detections: Vec::with_capacity(max_det), ..Self::default() }
    }

    /// Empties it and keeps the memory.
    pub fn clear(&mut self) {
        self.detections.clear();
        self.classification.clear();
        self.invalid = 0;
    }
}
