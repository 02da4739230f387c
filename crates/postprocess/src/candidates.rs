//! Candidates: what a head hands to suppression. A candidate is one number, so that sorting them is sorting integers.

use ocelli_frame::BoxXyxy;

use crate::settings::CANDIDATES_MAX;

/// Room for candidates before the worst of them have to go.
const ROOM: usize = 2 * CANDIDATES_MAX;

/// Candidates of one frame, at most [`CANDIDATES_MAX`] of them: the best.
#[derive(Debug)]
pub(crate) struct Candidates {
    classes: usize,
    /// The complement of the score's bits above, the candidate's index below: ascending order is score descending, ties
    /// by index. Scores are positive here, so their bits are ordered as they are.
    keys: Vec<u64>,
    /// By anchor, model pixels; only entries of anchors that have candidates in this frame mean anything.
    boxes_in_model: Vec<BoxXyxy>,
    /// Candidates with a number that is NaN or infinite.
    invalid: u32,
}

/// One class of one anchor.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Candidate {
    pub(crate) confidence: f32,
    pub(crate) class: usize,
    pub(crate) box_in_model: BoxXyxy,
}

impl Candidates {
    pub(crate) fn new(anchors: usize, classes: usize, multi_label: bool) -> Self {
        let most = if multi_label { anchors * classes } else { anchors };
        Self {
            classes,
            keys: Vec::with_capacity(most.min(ROOM)),
            boxes_in_model: vec![BoxXyxy::default(); anchors],
            invalid: 0,
        }
    }

    pub(crate) fn clear(&mut self) {
        self.keys.clear();
        self.invalid = 0;
    }

    pub(crate) fn invalid(&self) -> u32 {
        self.invalid
    }

    /// A candidate that is none, because a number of its is NaN or infinite.
    pub(crate) fn count_invalid(&mut self) {
        self.invalid = self.invalid.saturating_add(1);
    }

    /// A class of an anchor whose score is above the confidence limit (or NaN).
    #[inline]
    pub(crate) fn push(&mut self, anchor: usize, class: usize, score: f32, box_in_model: BoxXyxy) {
        let BoxXyxy { x1, y1, x2, y2 } = box_in_model;
        let numbers = [score, x1, y1, x2, y2];
        if !numbers.into_iter().all(f32::is_finite) {
            return self.count_invalid();
        }
        debug_assert!(score > 0.0, "limits are 0 or more, and scores above them");
        self.boxes_in_model[anchor] = box_in_model;
        let index = anchor * self.classes + class;
        if self.keys.len() == ROOM {
            self.prune();
        }
        self.keys.push(u64::from(!score.to_bits()) << 32 | index as u64);
    }

    /// Leaves the best candidates; their order is that of score descending, ties by anchor and then class.
    pub(crate) fn sort(&mut self) {
        self.prune();
        self.keys.sort_unstable();
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = Candidate> {
        self.keys.iter().map(|&key| {
            let index = key as u32 as usize;
            Candidate {
                confidence: f32::from_bits(!((key >> 32) as u32)),
                class: index % self.classes,
                box_in_model: self.boxes_in_model[index / self.classes],
            }
        })
    }

    /// No two keys are alike, so which ones stay does not depend on how they are selected.
    fn prune(&mut self) {
        if self.keys.len() > CANDIDATES_MAX {
            self.keys.select_nth_unstable(CANDIDATES_MAX - 1);
            self.keys.truncate(CANDIDATES_MAX);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const UNIT: BoxXyxy = BoxXyxy { x1: 0.0, y1: 0.0, x2: 1.0, y2: 1.0 };

    #[test]
    fn order_is_score_then_anchor_then_class() {
        let mut candidates = Candidates::new(3, 2, true);
        for (anchor, class, score) in [(2, 1, 0.5), (2, 0, 0.5), (0, 1, 0.5), (1, 0, 0.9), (0, 0, 0.1)] {
            candidates.push(anchor, class, score, BoxXyxy { x1: anchor as f32, ..UNIT });
        }
        candidates.sort();
        let order: Vec<_> = candidates.iter().map(|c| (c.box_in_model.x1, c.class, c.confidence)).collect();
        assert_eq!(order, [(1.0, 0, 0.9), (0.0, 1, 0.5), (2.0, 0, 0.5), (2.0, 1, 0.5), (0.0, 0, 0.1)]);
    }

    /// Nothing grows, and the best survive wherever they came in the stream.
    #[test]
    fn a_flood_leaves_the_best() {
        let mut candidates = Candidates::new(4 * CANDIDATES_MAX, 1, true);
        let room = candidates.keys.capacity();
        for anchor in 0..4 * CANDIDATES_MAX {
            let score = if anchor % 4 == 3 { 0.75 } else { 0.25 };
            candidates.push(anchor, 0, score, UNIT);
        }
        candidates.sort();
        assert_eq!(candidates.iter().count(), CANDIDATES_MAX);
        assert!(candidates.iter().all(|candidate| candidate.confidence == 0.75));
        assert_eq!(candidates.keys.capacity(), room);
    }

    #[test]
    fn numbers_that_are_none_are_counted() {
        let mut candidates = Candidates::new(1, 1, false);
        candidates.push(0, 0, f32::NAN, UNIT);
        candidates.push(0, 0, f32::INFINITY, UNIT);
        candidates.push(0, 0, 0.5, BoxXyxy { y2: f32::NEG_INFINITY, ..UNIT });
        candidates.sort();
        assert_eq!((candidates.iter().count(), candidates.invalid()), (0, 3));
    }
}
