//! YOLOX without its decoder: `[1, anchors, 5 + classes]`, an anchor for each cell of the grids of stride 8, 16 and
//! 32, row by row. Grid, stride and exponent are applied here.
//!
//! A score is objectness times class score, both in 0..=1, so an anchor whose objectness is not above the limit has no
//! candidates: its other numbers are never read.

use ocelli_frame::{BoxXyxy, Size};

use crate::candidates::Candidates;
use crate::layout::STRIDES;
use crate::settings::ClassFilter;
use crate::yolov8::may_be_candidate;

/// The output tensor and what it means.
#[derive(Clone, Copy)]
pub(crate) struct Yolox<'a> {
    pub(crate) output: &'a [f32],
    pub(crate) classes: usize,
    pub(crate) model_size: Size,
}

/// One anchor: its cell and its numbers.
struct Anchor<'a> {
    index: usize,
    column: u32,
    row: u32,
    stride: u32,
    numbers: &'a [f32],
}

impl<'a> Yolox<'a> {
    /// Each anchor's best class, the first one on ties.
    pub(crate) fn collect_best(&self, limit: f32, filter: &ClassFilter, candidates: &mut Candidates) {
        for anchor in self.anchors().filter(|anchor| may_be_candidate(anchor.objectness(), limit)) {
            let mut best = (0, f32::NEG_INFINITY);
            let mut is_valid = true;
            for (class, score) in anchor.scores().enumerate() {
                is_valid &= score <= f32::MAX;
                if score > best.1 {
                    best = (class, score);
                }
            }
            if !is_valid {
                candidates.count_invalid();
            } else if best.1 > limit && filter.keeps(best.0) {
                candidates.push(anchor.index, best.0, best.1, anchor.box_in_model());
            }
        }
    }

    /// Every class of every anchor.
    pub(crate) fn collect_all(&self, limit: f32, filter: &ClassFilter, candidates: &mut Candidates) {
        for anchor in self.anchors().filter(|anchor| may_be_candidate(anchor.objectness(), limit)) {
            let box_in_model = anchor.box_in_model();
            for (class, score) in anchor.scores().enumerate() {
                if may_be_candidate(score, limit) && filter.keeps(class) {
                    candidates.push(anchor.index, class, score, box_in_model);
                }
            }
        }
    }

    fn anchors(&self) -> impl Iterator<Item = Anchor<'a>> {
        let Size { width, height } = self.model_size;
        let cells = STRIDES.into_iter().flat_map(move |stride| {
            (0..height / stride)
                .flat_map(move |row| (0..width / stride).map(move |column| (stride, row, column)))
        });
        cells
            .zip(self.output.chunks_exact(5 + self.classes))
            .enumerate()
            .map(|(index, ((stride, row, column), numbers))| Anchor { index, column, row, stride, numbers })
    }
}

impl Anchor<'_> {
    fn objectness(&self) -> f32 {
        self.numbers[4]
    }

    fn scores(&self) -> impl Iterator<Item = f32> {
        self.numbers[5..].iter().map(|score| score * self.objectness())
    }

    fn box_in_model(&self) -> BoxXyxy {
        let stride = self.stride as f32;
        let x = (self.numbers[0] + self.column as f32) * stride;
        let y = (self.numbers[1] + self.row as f32) * stride;
        let half_width = self.numbers[2].exp() * stride / 2.0;
        let half_height = self.numbers[3].exp() * stride / 2.0;
        BoxXyxy { x1: x - half_width, y1: y - half_height, x2: x + half_width, y2: y + half_height }
    }
}
