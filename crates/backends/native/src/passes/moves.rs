//! Operators that only move elements: they are put behind what computes, merged, and left out where nothing is left of
//! them.
//!
//! Networks end in reshapes, transposes, unions and parts, with a sigmoid or a softmax among them. Behind the computation
//! they cost least: a sigmoid that comes before a union of what convolutions made is part of their epilogues, a softmax
//! along an axis whose elements lie far apart works on sixteen neighbours at a time.

use std::collections::HashMap;

use super::edit::readings;
use crate::graph::{Graph, ValueId};
use crate::kernels::functions::is_vectorized;
use crate::ops::{
    Concat, Conv, Epilogue, Op, Reshape, Slice, Softmax, SoftmaxMean, SoftmaxResult, Transpose,
};

/// Builds the network anew, each operator as it is added.
///
/// # Errors
/// Never for a network whose types hold.
pub(super) fn behind(graph: &mut Graph) -> Result<(), String> {
    let readings = readings(graph);
    let mut moves = Moves { graph: Graph::default(), makers: HashMap::new() };
    moves.graph.values = graph.values.clone();
    moves.graph.inputs.clone_from(&graph.inputs);
    // What each value of the old network is in the new one: values keep their places, new ones come behind.
    let mut now: Vec<ValueId> = (0..graph.values.len()).map(ValueId).collect();
    for node in &graph.nodes {
        let inputs: Vec<_> = node.inputs.iter().map(|input| now[input.0]).collect();
        let is_alone = node.inputs.first().is_some_and(|input| readings[input.0] == 1);
        let made = moves.add(&node.name, node.op.clone(), &inputs, is_alone)?;
        node.outputs.iter().zip(made).for_each(|(old, new)| now[old.0] = new);
    }
    moves.graph.outputs = graph.outputs.iter().map(|output| now[output.0]).collect();
    *graph = moves.graph;
    Ok(())
}

struct Moves {
    graph: Graph,
    /// For each value of the new network the node that makes it.
    makers: HashMap<ValueId, usize>,
}

impl Moves {
    /// Adds an operator in the form that costs least. `is_alone` says that nobody else reads its first input.
    fn add(
        &mut self,
        name: &str,
        op: Op,
        inputs: &[ValueId],
        is_alone: bool,
    ) -> Result<Vec<ValueId>, String> {
        let &[input, ..] = inputs else { return self.push(name, op, inputs) };
        let maker = self.makers.get(&input).map(|&index| self.graph.nodes[index].clone());
        let before = maker.as_ref().map(|maker| (&maker.op, maker.inputs.as_slice()));
        match (&op, before) {
            (Op::Reshape(Reshape { shape }), _) if *shape == self.graph.tensor_type(input).shape => {
                Ok(vec![input])
            }
            (Op::Reshape(_), Some((Op::Reshape(_), from))) => self.add(name, op, from, false),
            (Op::Transpose(Transpose { order }), _) if order.is_sorted() => Ok(vec![input]),
            (Op::Transpose(Transpose { order }), Some((Op::Transpose(first), from))) => {
                let order = order.iter().map(|&axis| first.order[axis]).collect();
                self.add(name, Op::Transpose(Transpose { order }), from, false)
            }
            (Op::Softmax(softmax), Some((Op::Reshape(_), from))) => {
                let Some(axis) = self.same_axis(input, softmax.axis, from[0]) else {
                    return self.push(name, op, inputs);
                };
                let made = self.add(name, Op::Softmax(Softmax { axis, ..*softmax }), from, false)?;
                self.reshape(name, made[0], input)
            }
            (Op::Softmax(softmax), Some((Op::Transpose(transpose), from))) => {
                let axis = transpose.order[softmax.axis];
                let made = self.add(name, Op::Softmax(Softmax { axis, ..*softmax }), from, false)?;
                self.add(name, Op::Transpose(transpose.clone()), &made, false)
            }
            (&Op::Unary(unary), Some((moved, from))) if is_alone && is_vectorized(unary) => {
                self.function_of_moved(name, &op, input, moved, from)
            }
            (Op::Slice(slice), Some((moved, from))) => self.part_of_moved(name, slice, input, moved, from),
            (Op::Conv(conv), Some((Op::Transpose(transpose), from))) => {
                match self.mean_of_softmax(name, conv, inputs, transpose, from[0])? {
                    Some(made) => Ok(made),
                    None => self.push(name, op, inputs),
                }
            }
            _ => self.push(name, op, inputs),
        }
    }

    fn push(&mut self, name: &str, op: Op, inputs: &[ValueId]) -> Result<Vec<ValueId>, String> {
        let nodes = self.graph.nodes.len();
        let made = self.graph.add(name, op, inputs)?;
        if self.graph.nodes.len() > nodes {
            self.makers.extend(made.iter().map(|&value| (value, nodes)));
        }
        Ok(made)
    }

    /// `value` in the shape of `like`.
    fn reshape(&mut self, name: &str, value: ValueId, like: ValueId) -> Result<Vec<ValueId>, String> {
        let shape = self.graph.tensor_type(like).shape.clone();
        self.add(name, Op::Reshape(Reshape { shape }), &[value], false)
    }

    /// A function of each element before the move instead of behind it.
    fn function_of_moved(
        &mut self,
        name: &str,
        op: &Op,
        input: ValueId,
        moved: &Op,
        from: &[ValueId],
    ) -> Result<Vec<ValueId>, String> {
        match moved {
            Op::Reshape(_) => {
                let made = self.add(name, op.clone(), from, true)?;
                self.reshape(name, made[0], input)
            }
            Op::Transpose(_) | Op::Concat(_) => {
                let mut made = Vec::new();
                for &member in from {
                    made.push(self.add(name, op.clone(), &[member], true)?[0]);
                }
                self.add(name, moved.clone(), &made, false)
            }
            _ => self.push(name, op.clone(), &[input]),
        }
    }

    /// A part of a union, or of what was reshaped, taken before the move where that is possible.
    fn part_of_moved(
        &mut self,
        name: &str,
        slice: &Slice,
        input: ValueId,
        moved: &Op,
        from: &[ValueId],
    ) -> Result<Vec<ValueId>, String> {
        let whole = self.graph.tensor_type(input).shape.clone();
        let is_cut = |axis: usize| slice.sizes[axis] != whole[axis] || slice.steps[axis] != 1;
        let cut: Vec<_> = (0..whole.len()).filter(|&axis| is_cut(axis)).collect();
        match (moved, cut.as_slice()) {
            (_, []) => return Ok(vec![input]),
            (&Op::Concat(Concat { axis }), &[cut]) if cut == axis && slice.steps[axis] == 1 => {
                let mut first = 0;
                for &member in from {
                    let size = self.graph.tensor_type(member).shape[axis];
                    if (first, size) == (slice.starts[axis], slice.sizes[axis]) {
                        return Ok(vec![member]);
                    }
                    first += size;
                }
            }
            (&Op::Concat(Concat { axis }), &[cut]) if cut != axis => {
                let mut made = Vec::new();
                for &member in from {
                    let mut part = slice.clone();
                    part.sizes[axis] = self.graph.tensor_type(member).shape[axis];
                    made.push(self.add(name, Op::Slice(part), &[member], false)?[0]);
                }
                return self.add(name, Op::Concat(Concat { axis }), &made, false);
            }
            // Axes in front of what was merged or split, in steps of one.
            (Op::Reshape(_), &[cut]) => {
                let before = self.graph.tensor_type(from[0]).shape.clone();
                if before.len() > cut && before[..=cut] == whole[..=cut] {
                    let mut part =
                        Slice { starts: vec![0; before.len()], steps: vec![1; before.len()], sizes: before };
                    (part.starts[cut], part.steps[cut]) = (slice.starts[cut], slice.steps[cut]);
                    part.sizes[cut] = slice.sizes[cut];
                    let made = self.add(name, Op::Slice(part), from, false)?;
                    return self.add(name, Op::Reshape(Reshape { shape: slice.sizes.clone() }), &made, false);
                }
            }
            _ => {}
        }
        self.push(name, Op::Slice(slice.clone()), &[input])
    }

    /// A convolution that is the mean of some numbers under a softmax: one made channel, a kernel of one pixel, and its
    /// input a softmax along what is brought to the channels' place.
    fn mean_of_softmax(
        &mut self,
        name: &str,
        conv: &Conv,
        inputs: &[ValueId],
        transpose: &Transpose,
        from: ValueId,
    ) -> Result<Option<Vec<ValueId>>, String> {
        let Some(&softmax_at) = self.makers.get(&from) else { return Ok(None) };
        let before = self.graph.nodes[softmax_at].clone();
        let &Op::Softmax(Softmax { axis, result: SoftmaxResult::Share }) = &before.op else {
            return Ok(None);
        };
        let kernel = self.graph.tensor_type(inputs[1]).shape.clone();
        let others = [transpose.order[0], transpose.order[2], transpose.order[3]];
        let is_mean = transpose.order[1] == axis
            && others.is_sorted()
            && kernel[0] == 1
            && kernel[2..] == [1, 1]
            && (conv.strides, conv.pads, conv.groups) == ([1, 1], [0; 4], 1)
            && conv.epilogue == Epilogue::default();
        let (Some(weights), Some(biases)) = (self.graph.constant(inputs[1]), self.graph.constant(inputs[2]))
        else {
            return Ok(None);
        };
        let (Some(weights), Some(&[bias])) = (weights.as_f32(), biases.as_f32()) else { return Ok(None) };
        if !is_mean {
            return Ok(None);
        }
        // Shares add up to 1: what is added to their sum may be added to each factor.
        let factors = weights.iter().map(|weight| weight + bias).collect();
        let made = self.push(name, Op::SoftmaxMean(SoftmaxMean { axis, factors }), &before.inputs)?;
        let softmaxed = &self.graph.tensor_type(from).shape;
        let shape = [softmaxed[others[0]], 1, softmaxed[others[1]], softmaxed[others[2]]].to_vec();
        self.add(name, Op::Reshape(Reshape { shape }), &made, false).map(Some)
    }

    /// The axis of `before` that is the axis `axis` of `value`, its reshape: as many elements in front of it, in it, and
    /// behind it.
    fn same_axis(&self, value: ValueId, axis: usize, before: ValueId) -> Option<usize> {
        let (shape, before) = (&self.graph.tensor_type(value).shape, &self.graph.tensor_type(before).shape);
        let behind = |shape: &[usize], axis: usize| shape[axis + 1..].iter().product::<usize>();
        (0..before.len())
            .find(|&own| before[own] == shape[axis] && behind(before, own) == behind(shape, axis))
    }
}
