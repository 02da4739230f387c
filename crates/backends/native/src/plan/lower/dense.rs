//! Steps that make dense tensors.

use std::sync::Arc;

use super::Lowering;
use crate::graph::{Node, ValueId};
use crate::kernels::elementwise;
use crate::kernels::functions::is_vectorized;
use crate::ops::{Op, Reshape, SoftmaxResult};
use crate::steps::{
    BroadcastStep, BufferId, ConvertStep, CopyRowsStep, Dense, DenseF32, Direction, MapStep, MatMulStep,
    MoveStep, OracleStep, Pairs, PlanesIn, Region, SoftmaxStep,
};
use crate::strided::Walk;
use crate::tensor::ElementType;

impl<'a> Lowering<'a> {
    pub(super) fn dense_node(&mut self, node: &'a Node) {
        let made = node.outputs[0];
        let is_f32 = self.graph.tensor_type(made).element == ElementType::F32;
        let element_bytes = self.graph.tensor_type(made).element.bytes();
        match &node.op {
            // Made when somebody wants it: perhaps in a larger union.
            Op::Reshape(_) | Op::Concat(_) => {}
            &Op::Unary(unary) if is_vectorized(unary) && is_f32 => {
                let (source, out) = (self.dense_buffer(node.inputs[0]), self.new_dense(made));
                let elements = self.graph.tensor_type(made).elements();
                let step =
                    MapStep::new(self.kernels, unary, DenseF32::new(source), DenseF32::new(out), elements);
                self.push(step, made, &[source, out]);
            }
            Op::Softmax(softmax) if softmax.result == SoftmaxResult::Share => {
                let (source, out) = (self.dense_buffer(node.inputs[0]), self.new_dense(made));
                let shape = &self.graph.tensor_type(made).shape;
                let tensors = [DenseF32::new(source), DenseF32::new(out)];
                let step = SoftmaxStep::new(self.kernels, shape, softmax.axis, tensors);
                self.push(step, made, &[source, out]);
            }
            &Op::Binary(binary) if elementwise::is_vectorized(binary) && is_f32 => {
                let mut touched = Vec::new();
                let sources = [0, 1].map(|input| self.operand(node.inputs[input], &mut touched));
                let Some(pairs) = Pairs::of(sources, &self.graph.tensor_type(made).shape) else {
                    return self.oracle(node, node.op.clone());
                };
                let out = self.new_dense(made);
                touched.push(out);
                let step = BroadcastStep::new(self.kernels, binary, pairs, DenseF32::new(out));
                self.push(step, made, &touched);
            }
            Op::Transpose(transpose) if element_bytes == 4 => {
                let input = &self.graph.tensor_type(node.inputs[0]).shape;
                let walk = transpose.walk(input, &self.graph.tensor_type(made).shape);
                self.moved(node, walk, 0);
            }
            Op::Slice(slice) if element_bytes == 4 => {
                let (walk, start) = slice.walk(&self.graph.tensor_type(node.inputs[0]).shape);
                self.moved(node, walk, start);
            }
            Op::MatMul(_) => self.product(node),
            Op::SoftmaxMean(mean) => {
                let (source, out) = (self.dense_buffer(node.inputs[0]), self.new_dense(made));
                let shape = &self.graph.tensor_type(node.inputs[0]).shape;
                let tensors = [DenseF32::new(source), DenseF32::new(out)];
                let step = SoftmaxStep::new(self.kernels, shape, mean.axis, tensors).mean_of(&mean.factors);
                self.push(step, made, &[source, out]);
            }
            op => self.oracle(node, op.clone()),
        }
    }

    fn moved(&mut self, node: &Node, walk: Walk<1>, start: usize) {
        let made = node.outputs[0];
        let buffers = [self.dense_buffer(node.inputs[0]), self.new_dense(made)];
        let elements = self.graph.tensor_type(made).elements();
        self.push(MoveStep::new(buffers, elements, walk, start), made, &buffers);
    }

    /// Rows times a constant matrix by tiles, any other product as the oracle does it.
    fn product(&mut self, node: &Node) {
        let made = node.outputs[0];
        let matrix = self.graph.constant(node.inputs[1]).cloned();
        let (Some(matrix), None) = (matrix, self.graph.constant(node.inputs[0])) else {
            return self.oracle(node, node.op.clone());
        };
        let &[k, n] = matrix.shape.as_slice() else { return self.oracle(node, node.op.clone()) };
        let rows = self.graph.tensor_type(made).elements() / n.max(1);
        let Some(numbers) = matrix.as_f32().filter(|_| rows * k * n > 0) else {
            return self.oracle(node, node.op.clone());
        };
        let (source, out) = (self.dense_buffer(node.inputs[0]), self.new_dense(made));
        let tensors = [DenseF32::new(source), DenseF32::new(out)];
        self.push(MatMulStep::new(self.kernels, numbers, [rows, k, n], tensors), made, &[source, out]);
    }

    /// An operand of a dense step.
    fn operand(&mut self, input: ValueId, touched: &mut Vec<BufferId>) -> Dense {
        if let Some(constant) = self.graph.constant(input) {
            return Dense::Constant(Arc::clone(constant));
        }
        let buffer = self.dense_buffer(input);
        touched.push(buffer);
        Dense::Buffer(buffer, self.graph.tensor_type(input).clone())
    }

    fn oracle(&mut self, node: &Node, op: Op) {
        let mut touched = Vec::new();
        let inputs = node.inputs.iter().map(|&input| self.operand(input, &mut touched)).collect();
        let mut outputs = Vec::new();
        for &output in &node.outputs {
            let buffer = self.new_dense(output);
            touched.push(buffer);
            outputs.push((buffer, self.graph.tensor_type(output).clone()));
        }
        self.push(OracleStep::new(op, inputs, outputs), node.outputs[0], &touched);
    }

    /// Where a value lies densely, taken out of blocks where it must be.
    pub(super) fn dense_buffer(&mut self, value: ValueId) -> BufferId {
        if let Some(&buffer) = self.dense.get(&value) {
            return buffer;
        }
        if let Some(constant) = self.graph.constant(value) {
            let constant = Dense::Constant(Arc::clone(constant));
            let shape = self.graph.tensor_type(value).shape.clone();
            let out = self.new_dense(value);
            let made = vec![(out, self.graph.tensor_type(value).clone())];
            self.push(OracleStep::new(Op::Reshape(Reshape { shape }), vec![constant], made), value, &[out]);
            return out;
        }
        if let Some(Node { op: Op::Reshape(_), inputs, .. }) = self.maker(value)
            && self.graph.constant(inputs[0]).is_none()
        {
            let buffer = self.dense_buffer(inputs[0]);
            self.dense.insert(value, buffer);
            return buffer;
        }
        let out = self.new_dense(value);
        let elements = self.graph.tensor_type(value).elements();
        self.make_in(value, Region::whole(out, elements), true);
        out
    }

    /// Makes a value in a region. `is_place` says that the region is the value's own place, where it is not made yet.
    fn make_in(&mut self, value: ValueId, region: Region, is_place: bool) {
        let is_made = !is_place && self.dense.contains_key(&value);
        let is_wanted_elsewhere = !is_place && self.readings[value.0] > 1;
        let tensor_type = self.graph.tensor_type(value);
        if !is_made && self.forms.is_blocked[value.0] {
            let &[batch, channels, height, width] = tensor_type.shape.as_slice() else {
                unreachable!("a picture")
            };
            let pixels = height * width;
            let planes = match (region.rows, region.row_elements) {
                (1, _) => Some(pixels),
                (rows, row) if (rows, row) == (batch * channels, pixels) => Some(region.row_stride),
                _ => None,
            };
            if let Some(stride) = planes {
                let picture = self.picture(value);
                let planes = PlanesIn { tensor: region.tensor(), offset: region.offset, stride };
                let step = ConvertStep::new(self.kernels, Direction::FromBlocks, planes, picture);
                return self.push(step, value, &[picture.buffer, region.buffer]);
            }
        }
        match self.maker(value) {
            Some(Node { op: Op::Reshape(_), inputs, .. })
                if !is_made && !is_wanted_elsewhere && self.graph.constant(inputs[0]).is_none() =>
            {
                return self.make_in(inputs[0], region, false);
            }
            Some(Node { op: Op::Concat(concat), inputs, .. }) if !is_made && !is_wanted_elsewhere => {
                let outer: usize = tensor_type.shape[..concat.axis].iter().product();
                let mut first = 0;
                let members: Option<Vec<_>> = inputs
                    .iter()
                    .map(|&member| {
                        let row = self.graph.tensor_type(member).elements() / outer.max(1);
                        first += row;
                        Some((member, region.member(outer, first - row, row)?))
                    })
                    .collect();
                if let Some(members) = members {
                    members.into_iter().for_each(|(member, region)| self.make_in(member, region, false));
                    return;
                }
            }
            _ => {}
        }
        let source = self.dense_buffer(value);
        let step = CopyRowsStep::new(source, region, tensor_type.element.bytes());
        self.push(step, value, &[source, region.buffer]);
    }

    /// The buffer of an output of the network, which nobody else writes until the next run.
    pub(super) fn output(&mut self, value: ValueId) -> BufferId {
        let buffer = self.dense_buffer(value);
        self.buffers[buffer.0].last = usize::MAX;
        buffer
    }

    pub(super) fn new_dense(&mut self, value: ValueId) -> BufferId {
        let tensor_type = self.graph.tensor_type(value);
        let buffer = self.new_buffer(tensor_type.elements() * tensor_type.element.bytes());
        self.dense.insert(value, buffer);
        buffer
    }
}
