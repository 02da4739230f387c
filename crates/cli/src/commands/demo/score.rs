//! How many things were found, missed, and made up.

use ocelli_capture::synthetic::TruthObject;
use ocelli_frame::Detection;

/// A box is on a thing where they overlap at least this much (intersection over union).
const IOU_MIN: f32 = 0.5;
/// A thing that is less visible than this, of its area, need not be found; nor is it wrong to find it.
const VISIBLE_MIN: f32 = 0.4;

/// Counts over all frames so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Score {
    /// Frames looked at.
    pub frames: u64,
    /// Things found.
    pub found: u64,
    /// Boxes on nothing, or of the wrong class, or on a thing that had one.
    pub wrong: u64,
    /// Things that no box was on.
    pub missed: u64,
}

impl Score {
    /// Counts one frame. Each detection, the most confident first, takes the thing of its class that it overlaps most
    /// and that is not taken.
    pub fn count(&mut self, detections: &[Detection], truth: &[TruthObject]) {
        let mut taken = vec![false; truth.len()];
        for detection in detections {
            let best = truth
                .iter()
                .enumerate()
                .filter(|(index, thing)| !taken[*index] && thing.class_id == detection.class_id)
                .map(|(index, thing)| (index, thing.box_in_source.iou(&detection.box_in_source)))
                .filter(|(_, iou)| *iou >= IOU_MIN)
                .max_by(|(_, one), (_, other)| one.total_cmp(other));
            match best {
                Some((index, _)) => {
                    taken[index] = true;
                    self.found += u64::from(counts(&truth[index]));
                }
                None => self.wrong += 1,
            }
        }
        let missed = truth.iter().zip(&taken).filter(|(thing, taken)| !**taken && counts(thing));
        self.missed += missed.count() as u64;
        self.frames += 1;
    }

    /// Of the boxes, how many are right: 0 to 1, 0 where there are none.
    pub fn precision(&self) -> f64 {
        share(self.found, self.wrong)
    }

    /// Of the things, how many were found: 0 to 1, 0 where there are none.
    pub fn recall(&self) -> f64 {
        share(self.found, self.missed)
    }
}

fn counts(thing: &TruthObject) -> bool {
    thing.visible >= VISIBLE_MIN
}

fn share(part: u64, rest: u64) -> f64 {
    part as f64 / (part + rest).max(1) as f64
}

#[cfg(test)]
mod tests {
    use ocelli_frame::BoxXyxy;

    use super::*;

    fn square(x: f32) -> BoxXyxy {
        BoxXyxy { x1: x, y1: 0.0, x2: x + 10.0, y2: 10.0 }
    }

    fn thing(class_id: u32, x: f32, visible: f32) -> TruthObject {
        TruthObject { class_id, box_in_source: square(x), visible }
    }

    fn detection(class_id: u32, x: f32) -> Detection {
        Detection { class_id, confidence: 0.9, box_in_source: square(x) }
    }

    fn score(detections: &[Detection], truth: &[TruthObject]) -> (u64, u64, u64) {
        let mut score = Score::default();
        score.count(detections, truth);
        (score.found, score.wrong, score.missed)
    }

    #[test]
    fn a_thing_is_found_once_and_by_its_class() {
        let truth = [thing(0, 0.0, 1.0), thing(1, 100.0, 1.0)];
        assert_eq!(score(&[detection(0, 1.0), detection(1, 99.0)], &truth), (2, 0, 0));
        assert_eq!(score(&[detection(0, 1.0), detection(0, 0.0)], &truth), (1, 1, 1));
        assert_eq!(score(&[detection(1, 0.0), detection(0, 50.0)], &truth), (0, 2, 2));
        // 3 pixels off: 7 of 13. 4 pixels off: 6 of 14.
        assert_eq!(score(&[detection(0, 3.0), detection(1, 104.0)], &truth), (1, 1, 1));
        assert_eq!(score(&[], &[]), (0, 0, 0));
    }

    #[test]
    fn what_is_hidden_counts_neither_way() {
        let truth = [thing(0, 0.0, 0.39), thing(1, 100.0, 0.4)];
        assert_eq!(score(&[detection(0, 0.0)], &truth), (0, 0, 1));
        assert_eq!(score(&[detection(1, 100.0)], &truth), (1, 0, 0));
    }

    #[test]
    fn shares_are_of_what_was_said_and_of_what_there_was() {
        let score = Score { frames: 1, found: 6, wrong: 2, missed: 6 };
        assert_eq!((score.precision(), score.recall()), (0.75, 0.5));
        assert_eq!((Score::default().precision(), Score::default().recall()), (0.0, 0.0));
    }
}
