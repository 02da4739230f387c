//! The largest or the mean of each window.

use super::number::Number;
use super::{Operator, one_type};
use crate::tensor::{ElementType, TensorType, View, ViewMut, of_numbers};

/// A pool over `[n, c, h, w]`. Vertical comes first in each pair.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Pool {
    pub(crate) kind: PoolKind,
    pub(crate) kernel: [usize; 2],
    pub(crate) strides: [usize; 2],
    pub(crate) dilations: [usize; 2],
    /// Around the picture: top, left, bottom, right.
    pub(crate) pads: [usize; 4],
    /// Height and width. Windows may reach over the pads: what lies there is not looked at.
    pub(crate) output: [usize; 2],
}

/// What becomes of a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PoolKind {
    /// The largest; pads count as nothing. Of any number; the smallest there is where a window has no pixel.
    Max,
    /// The sum over the count of pixels, of pads too where they are counted. Of f32.
    Average { counts_padding: bool },
}

impl Operator for Pool {
    fn output_types(&self, inputs: &[&TensorType]) -> Result<Vec<TensorType>, String> {
        let element = match self.kind {
            PoolKind::Max => one_type(inputs, ElementType::NUMBERS)?,
            PoolKind::Average { .. } => one_type(inputs, &[ElementType::F32])?,
        };
        let &[n, c, _, _] = inputs[0].shape.as_slice() else {
            return Err(format!("pictures {:?} are not 4-dimensional", inputs[0].shape));
        };
        Ok(vec![TensorType::new(element, [n, c, self.output[0], self.output[1]])])
    }

    fn operations(&self, _: &[&TensorType], outputs: &[TensorType]) -> usize {
        outputs[0].elements().saturating_mul(self.kernel[0].saturating_mul(self.kernel[1]))
    }

    fn run(&self, inputs: &[View<'_>], outputs: &mut [ViewMut<'_>]) {
        let &[_, _, height, width] = inputs[0].shape else { return };
        let size = [height, width];
        let (input, output) = (&inputs[0], &mut outputs[0]);
        match self.kind {
            PoolKind::Max => of_numbers!(output, [input], |to, [from]| self.max(to, from, size)),
            PoolKind::Average { counts_padding } => {
                let count = |window: &Window| {
                    if counts_padding { window.padded } else { window.rows.len() * window.columns.len() }
                };
                self.each(output.f32(), input.f32(), size, |from, window| {
                    window.pixels(from, width).sum::<f32>() / count(window) as f32
                });
            }
        }
    }
}

/// The positions of a window that lie in the picture.
struct Window {
    rows: Positions,
    columns: Positions,
    /// How many lie in the picture or its pads.
    padded: usize,
}

/// `start`, `start + step` and so on, below `end`.
#[derive(Clone, Copy)]
struct Positions {
    start: usize,
    end: usize,
    step: usize,
}

impl Positions {
    fn iter(self) -> impl Iterator<Item = usize> {
        (self.start..self.end).step_by(self.step)
    }

    fn len(self) -> usize {
        self.end.saturating_sub(self.start).div_ceil(self.step)
    }
}

impl Window {
    fn pixels<'a, T: Copy>(&self, from: &'a [T], width: usize) -> impl Iterator<Item = T> + use<'a, T> {
        let columns = self.columns;
        self.rows.iter().flat_map(move |row| columns.iter().map(move |column| from[row * width + column]))
    }
}

impl Pool {
    fn max<T: Number>(&self, to: &mut [T], from: &[T], size: [usize; 2]) {
        self.each(to, from, size, |from, window| window.pixels(from, size[1]).fold(T::LEAST, T::larger));
    }

    /// Each window of each map.
    fn each<T>(&self, to: &mut [T], from: &[T], size: [usize; 2], of: impl Fn(&[T], &Window) -> T) {
        let [high, wide] = self.output;
        let area = size[0] * size[1];
        if high * wide == 0 {
            return;
        }
        for (map, plane) in to.chunks_exact_mut(high * wide).enumerate() {
            let from = &from[map * area..][..area];
            for (at, to) in plane.iter_mut().enumerate() {
                let (rows, rows_padded) = self.positions(0, at / wide, size);
                let (columns, columns_padded) = self.positions(1, at % wide, size);
                let window = Window { rows, columns, padded: rows_padded * columns_padded };
                *to = of(from, &window);
            }
        }
    }

    /// Positions of the window `at` along an axis: those in the picture, and how many are not beyond the pads.
    fn positions(&self, axis: usize, at: usize, size: [usize; 2]) -> (Positions, usize) {
        let (before, after) = (self.pads[axis], self.pads[axis + 2]);
        let step = self.dilations[axis];
        let first = at * self.strides[axis];
        let last = first + self.kernel[axis] * step;
        // In the picture's own numbers, moved by the pads in front of it.
        let skipped = before.saturating_sub(first).div_ceil(step) * step;
        let start = first + skipped;
        let end = last.min(size[axis] + before).max(start);
        let padded = Positions { start: first, end: last.min(size[axis] + before + after), step }.len();
        (Positions { start: start - before.min(start), end: end - before.min(end), step }, padded)
    }
}
