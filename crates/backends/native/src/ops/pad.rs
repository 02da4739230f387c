//! Elements added around a tensor.

use super::{Operator, one_type};
use crate::strided::{self, RANK_MAX};
use crate::tensor::{ElementType, TensorType, View, ViewMut, of_one_type};

/// A tensor with more around it: the second input, a scalar, or its own elements again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pad {
    pub(crate) mode: PadMode,
    /// How many go in front of each axis; negative where as many are cut off.
    pub(crate) before: Vec<isize>,
    /// The output's sizes.
    pub(crate) sizes: Vec<usize>,
}

/// What the elements outside are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PadMode {
    /// The second input.
    Constant,
    /// The one at the edge.
    Edge,
    /// As in a mirror on the edge's element.
    Reflect,
    /// From the other side.
    Wrap,
}

impl PadMode {
    /// The element of an axis of `size` that stands at `at`, which may lie outside; `None` for the constant.
    fn source(self, at: isize, size: usize) -> Option<usize> {
        let size = size as isize;
        if (0..size).contains(&at) {
            return Some(at as usize);
        }
        let inside = match self {
            Self::Constant => return None,
            Self::Edge => at.clamp(0, size - 1),
            Self::Wrap => at.rem_euclid(size),
            Self::Reflect if size == 1 => 0,
            Self::Reflect => {
                let around = at.rem_euclid(2 * (size - 1));
                around.min(2 * (size - 1) - around)
            }
        };
        Some(inside as usize)
    }
}

impl Operator for Pad {
    fn output_types(&self, inputs: &[&TensorType]) -> Result<Vec<TensorType>, String> {
        let element = one_type(inputs, ElementType::ANY)?;
        let [input, value] = inputs else { return Err(format!("wants 2 inputs, not {}", inputs.len())) };
        if value.elements() != 1 {
            return Err(format!("pads with {value}, which is no scalar"));
        }
        if [self.before.len(), self.sizes.len()] != [input.shape.len(); 2] {
            return Err(format!("{} pads for {input}", self.before.len()));
        }
        if self.mode != PadMode::Constant && input.elements() == 0 {
            return Err(format!("nothing to repeat in {input}"));
        }
        Ok(vec![TensorType::new(element, self.sizes.clone())])
    }

    fn run(&self, inputs: &[View<'_>], outputs: &mut [ViewMut<'_>]) {
        let (input, value, output) = (&inputs[0], &inputs[1], &mut outputs[0]);
        of_one_type!(output, [input, value], |to, [from, value]| self.pad(to, from, input.shape, value[0]));
    }
}

impl Pad {
    fn pad<T: Copy>(&self, to: &mut [T], from: &[T], shape: &[usize], value: T) {
        let Some((&length, outer)) = self.sizes.split_last() else { return to.copy_from_slice(from) };
        let strides = strided::dense(shape);
        let last = outer.len();
        let mut index = [0; RANK_MAX];
        for row in to.chunks_exact_mut(length.max(1)) {
            let source =
                |axis: usize, at: usize| self.mode.source(at as isize - self.before[axis], shape[axis]);
            let start = (0..last).try_fold(0, |start, axis| {
                source(axis, index[axis]).map(|at| start + at * strides[axis] as usize)
            });
            match start {
                None => row.fill(value),
                Some(start) => {
                    for (x, to) in row.iter_mut().enumerate() {
                        *to = source(last, x).map_or(value, |x| from[start + x]);
                    }
                }
            }
            for axis in (0..last).rev() {
                index[axis] += 1;
                if index[axis] < outer[axis] {
                    break;
                }
                index[axis] = 0;
            }
        }
    }
}
