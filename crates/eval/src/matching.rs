//! Which found boxes are right: within one picture and one class, each found box takes the free true box that it
//! overlaps most, the surest found box first.

use ocelli_frame::BoxXyxy;

use crate::{GroundTruth, ScoredBox};

/// Thresholds of intersection over union: 0.50, 0.55 … 0.95.
pub(crate) const THRESHOLDS: usize = 10;

/// Boxes of one class in one picture that count, the surest ones: COCO's `maxDets`.
pub(crate) const FOUND_MAX: usize = 100;

/// A found box, and at which thresholds it is right.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hit {
    pub(crate) confidence: f32,
    pub(crate) is_right: [bool; THRESHOLDS],
}

/// The threshold as numpy's `linspace(.5, .95, 10)` has it, to the last bit.
pub(crate) fn threshold(index: usize) -> f64 {
    const STEP: f64 = (0.95 - 0.5) / (THRESHOLDS - 1) as f64;
    if index == THRESHOLDS - 1 { 0.95 } else { index as f64 * STEP + 0.5 }
}

/// Appends to `hits` what becomes of one picture's boxes of one class; `found` is sorted, the surest first, and cut
/// to [`FOUND_MAX`].
pub(crate) fn match_picture(truth: &[&GroundTruth], found: &[&ScoredBox], hits: &mut Vec<Hit>) {
    let overlaps: Vec<Vec<f64>> = found
        .iter()
        .map(|found| truth.iter().map(|truth| iou(&found.box_in_source, &truth.box_in_source)).collect())
        .collect();
    let first = hits.len();
    hits.extend(
        found.iter().map(|found| Hit { confidence: found.confidence, is_right: [false; THRESHOLDS] }),
    );
    let mut is_taken = vec![false; truth.len()];
    for index in 0..THRESHOLDS {
        is_taken.fill(false);
        for (hit, overlaps) in hits[first..].iter_mut().zip(&overlaps) {
            if let Some(place) = best_free(overlaps, &is_taken, threshold(index)) {
                is_taken[place] = true;
                hit.is_right[index] = true;
            }
        }
    }
}

/// The true box of most overlap, at least `threshold`; of equals the last, as pycocotools has it.
fn best_free(overlaps: &[f64], is_taken: &[bool], threshold: f64) -> Option<usize> {
    let mut best = (None, threshold.min(1.0 - 1e-10));
    for (place, &overlap) in overlaps.iter().enumerate() {
        if !is_taken[place] && overlap >= best.1 {
            best = (Some(place), overlap);
        }
    }
    best.0
}

/// Intersection over union in f64, from corner, width and height as COCO stores them.
fn iou(a: &BoxXyxy, b: &BoxXyxy) -> f64 {
    let side = |a1: f32, a2: f32, b1: f32, b2: f32| {
        let (a1, a2, b1, b2) = (f64::from(a1), f64::from(a2), f64::from(b1), f64::from(b2));
        (a2.min(b2) - a1.max(b1), a2 - a1, b2 - b1)
    };
    let (width, width_a, width_b) = side(a.x1, a.x2, b.x1, b.x2);
    let (height, height_a, height_b) = side(a.y1, a.y2, b.y1, b.y2);
    if width <= 0.0 || height <= 0.0 {
        return 0.0;
    }
    let intersection = width * height;
    intersection / (width_a * height_a + width_b * height_b - intersection)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(x1: f32, x2: f32) -> BoxXyxy {
        BoxXyxy { x1, y1: 0.0, x2, y2: 10.0 }
    }

    fn right_at(truth: &[BoxXyxy], found: &[BoxXyxy]) -> Vec<usize> {
        let truth: Vec<_> =
            truth.iter().map(|&b| GroundTruth { image_id: 0, class_id: 0, box_in_source: b }).collect();
        let found: Vec<_> = found
            .iter()
            .map(|&b| ScoredBox { image_id: 0, class_id: 0, confidence: 0.5, box_in_source: b })
            .collect();
        let mut hits = Vec::new();
        match_picture(&truth.iter().collect::<Vec<_>>(), &found.iter().collect::<Vec<_>>(), &mut hits);
        hits.iter().map(|hit| hit.is_right.iter().filter(|right| **right).count()).collect()
    }

    #[test]
    fn a_box_is_right_up_to_its_overlap_and_once() {
        assert_eq!(right_at(&[at(0.0, 10.0)], &[at(0.0, 10.0), at(0.0, 10.0)]), [10, 0]);
        assert_eq!(right_at(&[at(0.0, 10.0)], &[at(0.0, 5.0)]), [1], "exactly one half");
        assert_eq!(right_at(&[at(0.0, 10.0)], &[at(0.0, 4.9)]), [0]);
        assert_eq!(right_at(&[], &[at(0.0, 10.0)]), [0]);
    }

    /// The surer box takes the truth it overlaps most, and leaves the other one what is left: 9/11 of its neighbour, which
    /// is enough up to 0.80; at 0.95 the surer box takes nothing.
    #[test]
    fn the_surest_chooses_first() {
        let truth = [at(0.0, 10.0), at(1.0, 11.0)];
        assert_eq!(right_at(&truth, &[at(0.4, 10.4), at(0.0, 10.0)]), [9, 8]);
    }
}
