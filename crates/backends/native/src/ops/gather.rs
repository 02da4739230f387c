//! Elements looked up by indices that a run computes. An index below 0 counts from the end; one outside of the axis is
//! taken to its nearest end, as a run has nobody to complain to. Importers refuse constant indices that are outside.

use super::{Operator, one_type};
use crate::tensor::{ElementType, TensorType, View, ViewMut, of_one_type};

/// Slices along an axis: `output[.., i.., ..] = data[.., indices[i..], ..]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Gather {
    pub(crate) axis: usize,
}

/// Elements along an axis: the output has the indices' shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct GatherElements {
    pub(crate) axis: usize,
}

/// Slices by indices of several axes at once: the last axis of the indices says where in data's axes after the first
/// `batch_axes`, which both have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct GatherNd {
    pub(crate) batch_axes: usize,
}

/// The place of an index in an axis of `size`, which is not 0.
fn place(index: i64, size: usize) -> usize {
    let size = size as i64;
    let from_start = if index < 0 { index.saturating_add(size) } else { index };
    from_start.clamp(0, size - 1) as usize
}

/// Data and indices, checked alike for all three.
fn data_and_indices<'a>(
    inputs: &[&'a TensorType],
) -> Result<(&'a TensorType, &'a TensorType, ElementType), String> {
    let [data, indices] = inputs else { return Err(format!("wants 2 inputs, not {}", inputs.len())) };
    one_type(&[indices], ElementType::INDICES)?;
    if data.elements() == 0 && indices.elements() != 0 {
        return Err(format!("nothing to look up in {data}"));
    }
    Ok((data, indices, data.element))
}

impl Operator for Gather {
    fn output_types(&self, inputs: &[&TensorType]) -> Result<Vec<TensorType>, String> {
        let (data, indices, element) = data_and_indices(inputs)?;
        if self.axis >= data.shape.len() {
            return Err(format!("{data} has no axis {}", self.axis));
        }
        let shape = [&data.shape[..self.axis], &indices.shape, &data.shape[self.axis + 1..]].concat();
        Ok(vec![TensorType::new(element, shape)])
    }

    fn run(&self, inputs: &[View<'_>], outputs: &mut [ViewMut<'_>]) {
        let (data, indices, output) = (&inputs[0], &inputs[1], &mut outputs[0]);
        let size = data.shape[self.axis];
        let inner: usize = data.shape[self.axis + 1..].iter().product();
        let count: usize = indices.shape.iter().product();
        if inner * count == 0 {
            return;
        }
        of_one_type!(output, [data], |to, [from]| {
            for (n, to) in to.chunks_exact_mut(inner).enumerate() {
                let row = n / count * size + place(indices.integer(n % count), size);
                to.copy_from_slice(&from[row * inner..][..inner]);
            }
        });
    }
}

impl Operator for GatherElements {
    fn output_types(&self, inputs: &[&TensorType]) -> Result<Vec<TensorType>, String> {
        let (data, indices, element) = data_and_indices(inputs)?;
        let fits = |(axis, (size, own)): (usize, (&usize, &usize))| axis == self.axis || size <= own;
        if self.axis >= data.shape.len()
            || indices.shape.len() != data.shape.len()
            || !indices.shape.iter().zip(&data.shape).enumerate().all(fits)
        {
            return Err(format!("indices {indices} do not fit {data} along axis {}", self.axis));
        }
        Ok(vec![TensorType::new(element, indices.shape.clone())])
    }

    fn run(&self, inputs: &[View<'_>], outputs: &mut [ViewMut<'_>]) {
        let (data, indices, output) = (&inputs[0], &inputs[1], &mut outputs[0]);
        let own = crate::strided::dense(data.shape);
        of_one_type!(output, [data], |to, [from]| {
            for (n, to) in to.iter_mut().enumerate() {
                let (mut rest, mut at) = (n, 0);
                for axis in (0..data.shape.len()).rev() {
                    let position = rest % indices.shape[axis];
                    rest /= indices.shape[axis];
                    let position = match axis == self.axis {
                        true => place(indices.integer(n), data.shape[axis]),
                        false => position,
                    };
                    at += position * own[axis] as usize;
                }
                *to = from[at];
            }
        });
    }
}

impl Operator for GatherNd {
    fn output_types(&self, inputs: &[&TensorType]) -> Result<Vec<TensorType>, String> {
        let (data, indices, element) = data_and_indices(inputs)?;
        let batch = self.batch_axes;
        let (Some((&depth, outer)), true) = (indices.shape.split_last(), batch < indices.shape.len()) else {
            return Err(format!("indices {indices} have no axes for {batch} batch axes"));
        };
        if batch + depth > data.shape.len() || depth == 0 || data.shape[..batch] != indices.shape[..batch] {
            return Err(format!("indices {indices} do not fit {data} with {batch} batch axes"));
        }
        Ok(vec![TensorType::new(element, [outer, &data.shape[batch + depth..]].concat())])
    }

    fn run(&self, inputs: &[View<'_>], outputs: &mut [ViewMut<'_>]) {
        let (data, indices, output) = (&inputs[0], &inputs[1], &mut outputs[0]);
        let Some((&depth, outer)) = indices.shape.split_last() else { return };
        let inner: usize = data.shape[self.batch_axes + depth..].iter().product();
        let looked_at: usize = data.shape[self.batch_axes..].iter().product();
        let each_batch: usize = outer[self.batch_axes..].iter().product();
        if inner * each_batch == 0 {
            return;
        }
        of_one_type!(output, [data], |to, [from]| {
            for (n, to) in to.chunks_exact_mut(inner).enumerate() {
                let row = (0..depth).fold(0, |row, axis| {
                    let size = data.shape[self.batch_axes + axis];
                    row * size + place(indices.integer(n * depth + axis), size)
                });
                to.copy_from_slice(&from[n / each_batch * looked_at + row * inner..][..inner]);
            }
        });
    }
}
