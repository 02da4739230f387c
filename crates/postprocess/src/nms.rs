//! Non-maximum suppression, once for every head: of boxes of one class that overlap too much, the best one stays.
//!
//! Greedy, in the candidates' order: a candidate is kept unless a box of its class that was kept before overlaps it
//! too much. That needs the kept boxes alone (at most `max_det`), never a table of all pairs; each class threads a
//! list through them, latest first.

use ocelli_frame::BoxXyxy;

use crate::candidates::{Candidate, Candidates};

/// The end of a class's list.
const NONE: u32 = u32::MAX;

/// Suppression and its memory.
#[derive(Debug)]
pub(crate) struct Suppression {
    kept: Vec<Kept>,
    /// By class: the place in `kept` of the box that was kept last, or [`NONE`].
    latest: Vec<u32>,
}

#[derive(Debug)]
struct Kept {
    candidate: Candidate,
    area: f32,
    /// The place of the box of this class that was kept before, or [`NONE`].
    previous: u32,
}

impl Suppression {
    pub(crate) fn new(classes: usize, kept_max: usize) -> Self {
        Self { kept: Vec::with_capacity(kept_max), latest: vec![NONE; classes] }
    }

    /// The first `max_det` survivors of sorted candidates, best first.
    pub(crate) fn run(
        &mut self,
        candidates: &Candidates,
        iou_limit: f32,
        max_det: usize,
    ) -> impl Iterator<Item = Candidate> {
        self.kept.clear();
        self.latest.fill(NONE);
        for candidate in candidates.iter() {
            if self.kept.len() >= max_det {
                break;
            }
            let area = area(&candidate.box_in_model);
            if !self.is_suppressed(&candidate, area, iou_limit) {
                let place = self.kept.len() as u32;
                let previous = std::mem::replace(&mut self.latest[candidate.class], place);
                self.kept.push(Kept { candidate, area, previous });
            }
        }
        self.kept.iter().map(|kept| kept.candidate)
    }

    fn is_suppressed(&self, candidate: &Candidate, area: f32, iou_limit: f32) -> bool {
        let mut place = self.latest[candidate.class];
        while let Some(kept) = self.kept.get(place as usize) {
            if overlaps_more(
                &candidate.box_in_model,
                area,
                &kept.candidate.box_in_model,
                kept.area,
                iou_limit,
            ) {
                return true;
            }
            place = kept.previous;
        }
        false
    }
}

fn area(of: &BoxXyxy) -> f32 {
    (of.x2 - of.x1) * (of.y2 - of.y1)
}

/// Whether the intersection over union is above the limit. The corners are compared first, which settles most pairs.
/// The rest is f64, rounded to f32 at the end: 70 of 100 square pixels is then exactly the f32 that `0.7` is, and not
/// above it.
#[inline]
fn overlaps_more(a: &BoxXyxy, area_a: f32, b: &BoxXyxy, area_b: f32, limit: f32) -> bool {
    let (left, right) = (a.x1.max(b.x1), a.x2.min(b.x2));
    let (top, bottom) = (a.y1.max(b.y1), a.y2.min(b.y2));
    if left >= right || top >= bottom {
        return false;
    }
    let intersection = (f64::from(right) - f64::from(left)) * (f64::from(bottom) - f64::from(top));
    // The small number is the field's convention, and the reference's: a union is never 0.
    let union = f64::from(area_a + area_b) - intersection + 1e-9;
    (intersection / union) as f32 > limit
}
