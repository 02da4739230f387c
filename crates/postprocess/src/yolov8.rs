//! YOLOv8 and YOLO11: `[1, 4 + classes, anchors]`. Rows of centre x, centre y, width and height in model pixels, then
//! a row of scores for each class.
//!
//! Nearly all of the work is reading the scores, 2.7 MB for 640x640 and 80 classes, in the order they lie in:
//! 1. one label: a running maximum over a block of anchors, class after class, with no thought of which class it was.
//!    The few anchors above the limit are asked for their class afterwards.
//! 2. every label: chunks of a row, of which nearly all have nothing above the limit.
//!
//! No instruction set is chosen here: for the target's plain vectors, 640x640 and 80 classes at confidence 0.25 take 0.073
//! ms (`examples/time_postprocess.rs`), and compiled for AVX2 or for AVX-512 0.057 and 0.052, a thousandth of a frame less.
//!
//! Scores that are NaN are never above a limit by comparison; the scans look for them on the way (`all_finite`,
//! `may_be_candidate`) because a broken model must be seen to be broken.

use ocelli_frame::BoxXyxy;

use crate::candidates::Candidates;
use crate::settings::ClassFilter;

/// Anchors whose running maximum stays in the first-level cache together with the row it meets.
const BLOCK: usize = 1024;

/// Scores that are looked at together.
const CHUNK: usize = 32;

/// The output tensor and what it means.
#[derive(Clone, Copy)]
pub(crate) struct Yolov8<'a> {
    pub(crate) output: &'a [f32],
    pub(crate) classes: usize,
    pub(crate) anchors: usize,
}

impl Yolov8<'_> {
    /// Each anchor's best class, the first one on ties.
    pub(crate) fn collect_best(&self, limit: f32, filter: &ClassFilter, candidates: &mut Candidates) {
        let mut best = [0.0f32; BLOCK];
        for start in (0..self.anchors).step_by(BLOCK) {
            let count = BLOCK.min(self.anchors - start);
            let best = &mut best[..count];
            let all_finite = self.running_maximum(start, best);
            for (anchor, &score) in (start..).zip(best.iter()) {
                if !all_finite && self.has_invalid_score(anchor) {
                    candidates.count_invalid();
                } else if score > limit {
                    let class = self.first_class_with(anchor, score);
                    if filter.keeps(class) {
                        candidates.push(anchor, class, score, self.box_in_model(anchor));
                    }
                }
            }
        }
    }

    /// Every class of every anchor.
    pub(crate) fn collect_all(&self, limit: f32, filter: &ClassFilter, candidates: &mut Candidates) {
        for class in (0..self.classes).filter(|&class| filter.keeps(class)) {
            let row = self.scores(class);
            for (place, chunk) in row.chunks(CHUNK).enumerate() {
                if !any_may_be_candidate(chunk, limit) {
                    continue;
                }
                for (anchor, &score) in (place * CHUNK..).zip(chunk) {
                    if may_be_candidate(score, limit) {
                        candidates.push(anchor, class, score, self.box_in_model(anchor));
                    }
                }
            }
        }
    }

    /// Fills `best` with each anchor's highest score, from anchor `start` on. Says whether no score met is NaN or +inf;
    /// where one is, the maxima of anchors without any still hold.
    fn running_maximum(&self, start: usize, best: &mut [f32]) -> bool {
        best.fill(f32::NEG_INFINITY);
        let mut all_finite = true;
        for class in 0..self.classes {
            let row = &self.scores(class)[start..][..best.len()];
            for (best, &score) in best.iter_mut().zip(row) {
                all_finite &= score <= f32::MAX;
                *best = if score > *best { score } else { *best };
            }
        }
        all_finite
    }

    fn has_invalid_score(&self, anchor: usize) -> bool {
        (0..self.classes).any(|class| may_be_candidate(self.scores(class)[anchor], f32::MAX))
    }

    fn first_class_with(&self, anchor: usize, score: f32) -> usize {
        (0..self.classes).find(|&class| self.scores(class)[anchor] == score).expect("score is their maximum")
    }

    fn scores(&self, class: usize) -> &[f32] {
        &self.output[(4 + class) * self.anchors..][..self.anchors]
    }

    fn box_in_model(&self, anchor: usize) -> BoxXyxy {
        let [x, y, width, height] = [0, 1, 2, 3].map(|row| self.output[row * self.anchors + anchor]);
        BoxXyxy { x1: x - width / 2.0, y1: y - height / 2.0, x2: x + width / 2.0, y2: y + height / 2.0 }
    }
}

/// Above the limit, or NaN.
#[inline]
pub(crate) fn may_be_candidate(score: f32, limit: f32) -> bool {
    score > limit || score.is_nan()
}

#[inline]
fn any_may_be_candidate(chunk: &[f32], limit: f32) -> bool {
    let any = |scores: &[f32]| scores.iter().fold(false, |any, &score| any | may_be_candidate(score, limit));
    // A slice of known length becomes straight-line vector code.
    match <&[f32; CHUNK]>::try_from(chunk) {
        Ok(whole) => any(whole),
        Err(_) => any(chunk),
    }
}
