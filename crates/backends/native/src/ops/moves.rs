//! Operators that only move elements: of any type, by their places alone.

use super::{Operator, one_type};
use crate::strided::{self, RANK_MAX, Walk};
use crate::tensor::{ElementType, TensorType, View, ViewMut, of_one_type};

/// The same elements in another order of axes: axis `n` of the output is axis `order[n]` of the input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Transpose {
    pub(crate) order: Vec<usize>,
}

/// A part of a tensor: for each axis where it starts, how far it steps, and how many it takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Slice {
    pub(crate) starts: Vec<usize>,
    /// Negative where it runs backwards.
    pub(crate) steps: Vec<isize>,
    /// The output's sizes.
    pub(crate) sizes: Vec<usize>,
}

/// A tensor repeated to a larger shape, numpy's way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Expand {
    pub(crate) shape: Vec<usize>,
}

/// Tensors one behind the other along an axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Concat {
    pub(crate) axis: usize,
}

impl Operator for Transpose {
    fn output_types(&self, inputs: &[&TensorType]) -> Result<Vec<TensorType>, String> {
        let element = one_type(inputs, ElementType::ANY)?;
        let shape = &inputs[0].shape;
        let mut sorted = self.order.clone();
        sorted.sort_unstable();
        if !sorted.iter().copied().eq(0..shape.len()) {
            return Err(format!("order {:?} is none of the axes of {shape:?}", self.order));
        }
        Ok(vec![TensorType::new(element, self.order.iter().map(|&axis| shape[axis]).collect::<Vec<_>>())])
    }

    fn run(&self, inputs: &[View<'_>], outputs: &mut [ViewMut<'_>]) {
        let (input, output) = (&inputs[0], &mut outputs[0]);
        let walk = self.walk(input.shape, output.shape);
        of_one_type!(output, [input], |to, [from]| strided::copy(to, from, &walk, 0));
    }
}

impl Transpose {
    /// How the output is picked from the input.
    pub(crate) fn walk(&self, input: &[usize], output: &[usize]) -> Walk<1> {
        let own = strided::dense(input);
        let mut strides = [0; RANK_MAX];
        for (axis, &from) in self.order.iter().enumerate() {
            strides[axis] = own[from];
        }
        Walk::new(output, [strides])
    }
}

impl Slice {
    /// How the output is picked from an input that it fits, and where that begins.
    pub(crate) fn walk(&self, input: &[usize]) -> (Walk<1>, usize) {
        let mut strides = strided::dense(input);
        let mut start = 0;
        for (stride, (first, step)) in strides.iter_mut().zip(self.starts.iter().zip(&self.steps)) {
            start += first * *stride as usize;
            *stride *= step;
        }
        (Walk::new(&self.sizes, [strides]), start)
    }

    /// All that it takes of an axis lies inside, and no step is longer than the axis.
    fn fits(&self, axis: usize, size: usize) -> bool {
        if self.steps[axis].unsigned_abs() > size.max(1) {
            return false;
        }
        let Some(steps) = self.sizes[axis].checked_sub(1) else { return true };
        let moved = isize::try_from(steps).ok().and_then(|steps| steps.checked_mul(self.steps[axis]));
        let last = moved.and_then(|moved| self.starts[axis].checked_add_signed(moved));
        self.starts[axis] < size && last.is_some_and(|last| last < size)
    }
}

impl Operator for Slice {
    fn output_types(&self, inputs: &[&TensorType]) -> Result<Vec<TensorType>, String> {
        let element = one_type(inputs, ElementType::ANY)?;
        let shape = &inputs[0].shape;
        let lengths = [self.starts.len(), self.steps.len(), self.sizes.len()];
        let is_inside = || shape.iter().enumerate().all(|(axis, &size)| self.fits(axis, size));
        if lengths != [shape.len(); 3] || !is_inside() {
            return Err(format!("{self:?} reaches out of {shape:?}"));
        }
        Ok(vec![TensorType::new(element, self.sizes.clone())])
    }

    fn run(&self, inputs: &[View<'_>], outputs: &mut [ViewMut<'_>]) {
        let (input, output) = (&inputs[0], &mut outputs[0]);
        let (walk, start) = self.walk(input.shape);
        of_one_type!(output, [input], |to, [from]| strided::copy(to, from, &walk, start));
    }
}

impl Operator for Expand {
    fn output_types(&self, inputs: &[&TensorType]) -> Result<Vec<TensorType>, String> {
        let element = one_type(inputs, ElementType::ANY)?;
        let shape = &inputs[0].shape;
        if super::broadcast_shape(shape, &self.shape).as_ref() != Ok(&self.shape) {
            return Err(format!("{shape:?} does not expand to {:?}", self.shape));
        }
        Ok(vec![TensorType::new(element, self.shape.clone())])
    }

    fn run(&self, inputs: &[View<'_>], outputs: &mut [ViewMut<'_>]) {
        let (input, output) = (&inputs[0], &mut outputs[0]);
        let walk = Walk::new(output.shape, [strided::broadcast(input.shape, output.shape)]);
        of_one_type!(output, [input], |to, [from]| strided::copy(to, from, &walk, 0));
    }
}

impl Operator for Concat {
    fn output_types(&self, inputs: &[&TensorType]) -> Result<Vec<TensorType>, String> {
        let element = one_type(inputs, ElementType::ANY)?;
        let mut shape = inputs[0].shape.clone();
        if self.axis >= shape.len() {
            return Err(format!("{shape:?} has no axis {}", self.axis));
        }
        for input in &inputs[1..] {
            let along = input.shape.get(self.axis).copied().unwrap_or(0);
            let mut other = input.shape.clone();
            if self.axis < other.len() {
                other[self.axis] = shape[self.axis];
            }
            if other != shape {
                let first = &inputs[0].shape;
                return Err(format!("{first:?} and {:?} differ beside axis {}", input.shape, self.axis));
            }
            shape[self.axis] = shape[self.axis].checked_add(along).ok_or("the sum of sizes is too large")?;
        }
        Ok(vec![TensorType::new(element, shape)])
    }

    fn run(&self, inputs: &[View<'_>], outputs: &mut [ViewMut<'_>]) {
        let output = &mut outputs[0];
        let inner: usize = output.shape[self.axis + 1..].iter().product();
        let row = output.shape[self.axis] * inner;
        let mut start = 0;
        for input in inputs {
            let length = input.shape[self.axis] * inner;
            if length > 0 {
                of_one_type!(output, [input], |to, [from]| {
                    for (to, from) in to.chunks_exact_mut(row).zip(from.chunks_exact(length)) {
                        to[start..start + length].copy_from_slice(from);
                    }
                });
            }
            start += length;
        }
    }
}
