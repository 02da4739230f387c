//! Elements made to add up to 1, or to have no mean and a variance of 1.

use super::{Operator, expect_f32};
use crate::tensor::{TensorType, View, ViewMut};

/// `exp(x) / sum(exp(x))` along an axis, or its logarithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Softmax {
    pub(crate) axis: usize,
    pub(crate) result: SoftmaxResult,
}

/// What a softmax gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SoftmaxResult {
    Share,
    Logarithm,
}

/// `(x - mean) / sqrt(variance + epsilon)` over all axes from the given one on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Normalize {
    pub(crate) from_axis: usize,
    pub(crate) epsilon: f32,
}

/// `sum(factors * softmax(x))` along an axis, which stays with a size of 1: the mean of the factors, one for each of its
/// elements, under the softmax. No operator of ONNX: what detectors that predict distributions come down to.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SoftmaxMean {
    pub(crate) axis: usize,
    pub(crate) factors: Vec<f32>,
}

impl Operator for Softmax {
    fn output_types(&self, inputs: &[&TensorType]) -> Result<Vec<TensorType>, String> {
        expect_f32(inputs, 1)?;
        if self.axis >= inputs[0].shape.len() {
            return Err(format!("{} has no axis {}", inputs[0], self.axis));
        }
        Ok(vec![inputs[0].clone()])
    }

    fn run(&self, inputs: &[View<'_>], outputs: &mut [ViewMut<'_>]) {
        let (shape, from, to) = (inputs[0].shape, inputs[0].f32(), outputs[0].f32());
        let inner: usize = shape[self.axis + 1..].iter().product();
        let block = shape[self.axis] * inner;
        if block == 0 {
            return;
        }
        for (to, from) in to.chunks_exact_mut(block).zip(from.chunks_exact(block)) {
            for lane in 0..inner {
                let lane_of = || from[lane..].iter().step_by(inner);
                let most = lane_of().copied().fold(f32::NEG_INFINITY, f32::max);
                let sum: f32 = lane_of().map(|x| (x - most).exp()).sum();
                let logarithm = sum.ln();
                for (to, x) in to[lane..].iter_mut().step_by(inner).zip(lane_of()) {
                    *to = match self.result {
                        SoftmaxResult::Share => (x - most).exp() / sum,
                        SoftmaxResult::Logarithm => x - most - logarithm,
                    };
                }
            }
        }
    }
}

impl Operator for SoftmaxMean {
    fn output_types(&self, inputs: &[&TensorType]) -> Result<Vec<TensorType>, String> {
        expect_f32(inputs, 1)?;
        let mut made = inputs[0].clone();
        match made.shape.get_mut(self.axis) {
            Some(size) if *size == self.factors.len() && *size > 0 => *size = 1,
            _ => return Err(format!("{} has no axis {} of {}", inputs[0], self.axis, self.factors.len())),
        }
        Ok(vec![made])
    }

    fn run(&self, inputs: &[View<'_>], outputs: &mut [ViewMut<'_>]) {
        let (shape, from, to) = (inputs[0].shape, inputs[0].f32(), outputs[0].f32());
        let inner: usize = shape[self.axis + 1..].iter().product();
        for (index, to) in to.iter_mut().enumerate() {
            let lane = index / inner * self.factors.len() * inner + index % inner;
            let lane_of = || from[lane..].iter().step_by(inner).take(self.factors.len());
            let most = lane_of().copied().fold(f32::NEG_INFINITY, f32::max);
            let sum: f32 = lane_of().map(|x| (x - most).exp()).sum();
            *to =
                lane_of().zip(&self.factors).map(|(x, factor)| factor * (x - most).exp()).sum::<f32>() / sum;
        }
    }
}

impl Operator for Normalize {
    fn output_types(&self, inputs: &[&TensorType]) -> Result<Vec<TensorType>, String> {
        expect_f32(inputs, 1)?;
        if self.from_axis > inputs[0].shape.len() {
            return Err(format!("{} has no axis {}", inputs[0], self.from_axis));
        }
        Ok(vec![inputs[0].clone()])
    }

    fn run(&self, inputs: &[View<'_>], outputs: &mut [ViewMut<'_>]) {
        let length: usize = inputs[0].shape[self.from_axis..].iter().product();
        if length == 0 {
            return;
        }
        let (from, to) = (inputs[0].f32(), outputs[0].f32());
        for (to, from) in to.chunks_exact_mut(length).zip(from.chunks_exact(length)) {
            let mean = from.iter().sum::<f32>() / length as f32;
            let variance = from.iter().map(|x| (x - mean) * (x - mean)).sum::<f32>() / length as f32;
            let factor = 1.0 / (variance + self.epsilon).sqrt();
            to.iter_mut().zip(from).for_each(|(to, x)| *to = (x - mean) * factor);
        }
    }
}
