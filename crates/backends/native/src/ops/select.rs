//! One of two tensors, element by element; and sums that run along an axis.

use super::number::Number;
use super::{Operator, broadcast_shape, one_type};
use crate::strided::{self, Walk};
use crate::tensor::{ElementType, TensorType, View, ViewMut, of_numbers, of_one_type};

/// The second input where the first is true, else the third; broadcast against each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Where;

/// At each place along an axis the sum of all up to there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CumSum {
    pub(crate) axis: usize,
    pub(crate) own: OwnElement,
    pub(crate) direction: Direction,
}

/// Whether the element itself is in its sum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OwnElement {
    Included,
    Excluded,
}

/// Which end sums begin at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    Forward,
    Backward,
}

impl Operator for Where {
    fn output_types(&self, inputs: &[&TensorType]) -> Result<Vec<TensorType>, String> {
        let [condition, a, b] = inputs else { return Err(format!("wants 3 inputs, not {}", inputs.len())) };
        one_type(&[condition], &[ElementType::Bool])?;
        let element = one_type(&[a, b], ElementType::ANY)?;
        let shape = broadcast_shape(&condition.shape, &broadcast_shape(&a.shape, &b.shape)?)?;
        Ok(vec![TensorType::new(element, shape)])
    }

    fn run(&self, inputs: &[View<'_>], outputs: &mut [ViewMut<'_>]) {
        let [condition, a, b] = inputs else { return };
        let output = &mut outputs[0];
        let shape = output.shape;
        let walk = Walk::new(shape, [condition, a, b].map(|input| strided::broadcast(input.shape, shape)));
        let condition = condition.bool();
        of_one_type!(output, [a, b], |to, [a, b]| select(&walk, to, condition, a, b));
    }
}

fn select<T: Copy>(walk: &Walk<3>, to: &mut [T], condition: &[bool], a: &[T], b: &[T]) {
    let (length, steps) = walk.run();
    if length == 0 {
        return;
    }
    let mut rows = to.chunks_exact_mut(length);
    walk.for_each_run([0; 3], |starts| {
        let Some(row) = rows.next() else { return };
        for (n, to) in row.iter_mut().enumerate() {
            let at = |input: usize| (starts[input] + n as isize * steps[input]) as usize;
            *to = if condition[at(0)] { a[at(1)] } else { b[at(2)] };
        }
    });
}

impl Operator for CumSum {
    fn output_types(&self, inputs: &[&TensorType]) -> Result<Vec<TensorType>, String> {
        one_type(inputs, ElementType::NUMBERS)?;
        if inputs.len() != 1 || self.axis >= inputs[0].shape.len() {
            return Err(format!("{} has no axis {}", inputs[0], self.axis));
        }
        Ok(vec![inputs[0].clone()])
    }

    fn run(&self, inputs: &[View<'_>], outputs: &mut [ViewMut<'_>]) {
        let (input, output) = (&inputs[0], &mut outputs[0]);
        let inner: usize = input.shape[self.axis + 1..].iter().product();
        let size = input.shape[self.axis];
        of_numbers!(output, [input], |to, [from]| self.sum(to, from, size, inner));
    }
}

impl CumSum {
    fn sum<T: Number>(&self, to: &mut [T], from: &[T], size: usize, inner: usize) {
        let block = size * inner;
        if block == 0 {
            return;
        }
        for (to, from) in to.chunks_exact_mut(block).zip(from.chunks_exact(block)) {
            for lane in 0..inner {
                let mut sum = T::default();
                for n in 0..size {
                    let n = if self.direction == Direction::Forward { n } else { size - 1 - n };
                    let at = n * inner + lane;
                    let with_own = sum.plus(from[at]);
                    to[at] = if self.own == OwnElement::Included { with_own } else { sum };
                    sum = with_own;
                }
            }
        }
    }
}
