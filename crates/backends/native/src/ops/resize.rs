//! Tensors made larger or smaller, along any axes.

use super::{Operator, one_type};
use crate::strided::{self, RANK_MAX};
use crate::tensor::{ElementType, TensorType, View, ViewMut, of_one_type};

/// A resize to the given sizes, by nearest neighbour (any type) or linearly (f32).
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Resize {
    pub(crate) mode: ResizeMode,
    pub(crate) coordinates: Coordinates,
    /// Output over input, for each axis.
    pub(crate) scales: Vec<f32>,
    /// The output's sizes.
    pub(crate) sizes: Vec<usize>,
}

/// How an output is made of the inputs around its position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ResizeMode {
    Nearest(Rounding),
    /// Linear in each axis.
    Linear,
}

/// Which neighbour is the nearest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rounding {
    /// Halves go down.
    PreferFloor,
    /// Halves go up.
    PreferCeil,
    Floor,
    Ceil,
}

/// Where an output's position lies in the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Coordinates {
    /// `(x + 1/2) / scale - 1/2`
    HalfPixel,
    /// As `HalfPixel`, about the centre that the scale gives where it does not give whole sizes.
    HalfPixelSymmetric,
    /// As `HalfPixel`, 0 where the output has one pixel.
    PytorchHalfPixel,
    /// First on first, last on last.
    AlignCorners,
    /// `x / scale`
    Asymmetric,
}

impl Resize {
    /// Where `position` of an axis of the output lies in the input.
    pub(crate) fn source(&self, axis: usize, position: usize, input_size: usize) -> f32 {
        let (scale, size, x) = (self.scales[axis], self.sizes[axis], position as f32);
        match self.coordinates {
            Coordinates::PytorchHalfPixel if size <= 1 => 0.0,
            Coordinates::HalfPixel | Coordinates::PytorchHalfPixel => (x + 0.5) / scale - 0.5,
            Coordinates::HalfPixelSymmetric => {
                let exact = input_size as f32 * scale;
                let offset = input_size as f32 / 2.0 * (1.0 - size as f32 / exact);
                offset + (x + 0.5) / scale - 0.5
            }
            Coordinates::AlignCorners if size <= 1 => 0.0,
            Coordinates::AlignCorners => {
                // The size that the scale gives, before it was made whole; the whole one where that is as good as equal.
                let exact = input_size as f32 * scale;
                let exact = if (exact - size as f32).abs() < 1e-3 { size as f32 } else { exact };
                x * (input_size as f32 - 1.0) / (exact - 1.0)
            }
            Coordinates::Asymmetric => x / scale,
        }
    }
}

impl Rounding {
    /// The neighbour of a position, in an axis of this size.
    pub(crate) fn nearest(self, at: f32, size: usize) -> usize {
        let nearest = match self {
            Self::PreferFloor => (at - 0.5).ceil(),
            Self::PreferCeil => (at + 0.5).floor(),
            Self::Floor => at.floor(),
            Self::Ceil => at.ceil(),
        };
        (nearest.max(0.0) as usize).min(size.saturating_sub(1))
    }
}

/// The two neighbours of a position, and the second's share.
pub(crate) fn neighbours(at: f32, size: usize) -> ([usize; 2], f32) {
    let last = size.saturating_sub(1);
    let at = at.clamp(0.0, last as f32);
    let below = (at as usize).min(last);
    ([below, (below + 1).min(last)], at - below as f32)
}

impl Operator for Resize {
    fn output_types(&self, inputs: &[&TensorType]) -> Result<Vec<TensorType>, String> {
        let element = match self.mode {
            ResizeMode::Nearest(_) => one_type(inputs, ElementType::ANY)?,
            ResizeMode::Linear => one_type(inputs, &[ElementType::F32])?,
        };
        let shape = &inputs[0].shape;
        if shape.len() != self.sizes.len() || shape.len() != self.scales.len() {
            return Err(format!("{} sizes for a tensor {shape:?}", self.sizes.len()));
        }
        if shape.is_empty() || shape.contains(&0) {
            return Err(format!("nothing to resize in {shape:?}"));
        }
        Ok(vec![TensorType::new(element, self.sizes.clone())])
    }

    fn operations(&self, _: &[&TensorType], outputs: &[TensorType]) -> usize {
        outputs[0].elements() << self.sizes.len()
    }

    fn run(&self, inputs: &[View<'_>], outputs: &mut [ViewMut<'_>]) {
        let (input, output) = (&inputs[0], &mut outputs[0]);
        match self.mode {
            ResizeMode::Nearest(rounding) => {
                of_one_type!(output, [input], |to, [from]| self.nearest(to, from, input.shape, rounding));
            }
            ResizeMode::Linear => self.linear(output.f32(), input.f32(), input.shape),
        }
    }
}

impl Resize {
    fn nearest<T: Copy>(&self, to: &mut [T], from: &[T], shape: &[usize], rounding: Rounding) {
        let strides = strided::dense(shape);
        let nearest = |axis: usize, position: usize| {
            rounding.nearest(self.source(axis, position, shape[axis]), shape[axis])
        };
        self.each_row(to, |row, index| {
            let outer: usize =
                (0..index.len()).map(|axis| nearest(axis, index[axis]) * strides[axis] as usize).sum();
            for (x, to) in row.iter_mut().enumerate() {
                *to = from[outer + nearest(index.len(), x)];
            }
        });
    }

    fn linear(&self, to: &mut [f32], from: &[f32], shape: &[usize]) {
        let strides = strided::dense(shape);
        let around =
            |axis: usize, position: usize| neighbours(self.source(axis, position, shape[axis]), shape[axis]);
        self.each_row(to, |row, index| {
            row.fill(0.0);
            let mut outer = [([0; 2], 0.0); RANK_MAX];
            for (axis, &position) in index.iter().enumerate() {
                outer[axis] = around(axis, position);
            }
            // One corner of the box around the position after another: bit n says which side of axis n.
            for corner in 0..1usize << index.len() {
                let (mut start, mut share) = (0, 1.0);
                for (axis, (at, second)) in outer[..index.len()].iter().enumerate() {
                    let side = corner >> axis & 1;
                    start += at[side] * strides[axis] as usize;
                    share *= if side == 1 { *second } else { 1.0 - second };
                }
                if share == 0.0 {
                    continue;
                }
                for (x, to) in row.iter_mut().enumerate() {
                    let (at, second) = around(index.len(), x);
                    *to += share * (from[start + at[0]] * (1.0 - second) + from[start + at[1]] * second);
                }
            }
        });
    }

    /// Each row of the output, with its index in the outer axes.
    fn each_row<T>(&self, to: &mut [T], mut of: impl FnMut(&mut [T], &[usize])) {
        let Some((&length, outer)) = self.sizes.split_last() else { return of(to, &[]) };
        let mut index = [0; RANK_MAX];
        for row in to.chunks_exact_mut(length.max(1)) {
            of(row, &index[..outer.len()]);
            for axis in (0..outer.len()).rev() {
                index[axis] += 1;
                if index[axis] < outer[axis] {
                    break;
                }
                index[axis] = 0;
            }
        }
    }
}
