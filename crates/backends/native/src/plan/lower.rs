//! Steps for the nodes of a network, in order, and the buffers they work in.

use std::collections::HashMap;
use std::sync::Arc;

use super::PlannedStep;
use super::forms::{Convolution, Forms};
use super::memory::BufferPlan;
use crate::graph::{Graph, Node, ValueId};
use crate::kernels::entries::Kernels;
use crate::kernels::elementwise;
use crate::kernels::functions::is_vectorized;
use crate::ops::{Conv, Op, Reshape, SoftmaxResult};
use crate::passes::{makers, readings};
use crate::steps::{
    BroadcastStep, BufferId, CombinePicturesStep, ConvParts, ConvStep, ConvertStep, CopyPictureStep, CopyRowsStep, Dense,
    DenseF32, DepthwiseParts, DepthwiseStep, Direction, MapPictureStep, MapStep, MatMulStep, MoveStep, OracleStep, Partner, Picture,
    Planes, PlanesIn, PlanesStep, PoolStep, Region, ResizeStep, SoftmaxStep, Source, Step, WinogradStep,
};
use crate::strided::Walk;
use crate::tensor::{ElementType, Tensor};

/// What comes out.
#[derive(Debug)]
pub(super) struct Lowered {
    pub(super) steps: Vec<PlannedStep>,
    pub(super) buffers: Vec<BufferPlan>,
    pub(super) inputs: Vec<BufferId>,
    pub(super) outputs: Vec<BufferId>,
}

/// # Errors
/// Where a step cannot be made, in a few words that begin with the node.
pub(super) fn lower(graph: &Graph, forms: &Forms, kernels: &Kernels) -> Result<Lowered, String> {
    let mut lowering = Lowering {
        graph,
        forms,
        kernels,
        steps: Vec::new(),
        buffers: Vec::new(),
        dense: HashMap::new(),
        pictures: HashMap::new(),
        packed: HashMap::new(),
        makers: makers(graph),
        readings: readings(graph),
        node: "",
    };
    let mut inputs = Vec::new();
    for &input in &graph.inputs {
        let buffer = lowering.new_dense(input);
        // Written before a run, and by nobody else.
        lowering.live_from_start_to_end(buffer);
        inputs.push(buffer);
    }
    for (index, node) in graph.nodes.iter().enumerate() {
        lowering.node = &node.name;
        lowering.node(node, forms.convolutions[index])?;
    }
    let outputs = graph.outputs.iter().map(|&output| lowering.output(output)).collect();
    Ok(Lowered { steps: lowering.steps, buffers: lowering.buffers, inputs, outputs })
}

struct Lowering<'a> {
    graph: &'a Graph,
    forms: &'a Forms,
    kernels: &'a Kernels,
    steps: Vec<PlannedStep>,
    buffers: Vec<BufferPlan>,
    /// Where values lie densely.
    dense: HashMap<ValueId, BufferId>,
    /// Buffers of values that have their own, in blocks.
    pictures: HashMap<ValueId, BufferId>,
    /// Dense values that were put into blocks.
    packed: HashMap<ValueId, Picture>,
    makers: Vec<Option<usize>>,
    readings: Vec<usize>,
    node: &'a str,
}

impl<'a> Lowering<'a> {
    fn node(&mut self, node: &'a Node, convolution: Option<Convolution>) -> Result<(), String> {
        let made = node.outputs[0];
        if !self.forms.is_blocked[made.0] {
            return self.dense_node(node);
        }
        match (&node.op, convolution) {
            (Op::Conv(conv), Some(convolution)) => self.convolution(node, conv, convolution),
            (Op::Pool(pool), _) => {
                let (source, out) = (self.picture(node.inputs[0]), self.picture(made));
                let step = PoolStep::new(self.kernels, pool, source, out);
                self.push(step, made, &[source.buffer, out.buffer]);
            }
            (Op::Resize(resize), _) => {
                let (source, out) = (self.picture(node.inputs[0]), self.picture(made));
                let step = ResizeStep::new(self.kernels, resize, source, out);
                self.push(step, made, &[source.buffer, out.buffer]);
            }
            (&Op::Unary(unary), _) => {
                let (source, out) = (self.picture(node.inputs[0]), self.picture(made));
                let step = MapPictureStep::new(self.kernels, unary, source, out);
                self.push(step, made, &[source.buffer, out.buffer]);
            }
            (&Op::Binary(binary), _) => {
                let out = self.picture(made);
                let mut touched = vec![out.buffer];
                let partners = [0, 1].map(|input| self.partner(node.inputs[input], &out, &mut touched));
                let step = CombinePicturesStep::new(self.kernels, binary, partners, out);
                self.push(step, made, &touched);
            }
            (Op::Concat(_), _) => self.union(node),
            // A part lies where its whole does.
            (Op::Slice(_), _) => {}
            (other, _) => return Err(format!("node {:?}: no step makes blocks of {other:?}", node.name)),
        }
        Ok(())
    }

    fn dense_node(&mut self, node: &'a Node) -> Result<(), String> {
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
                let out = self.new_dense(made);
                touched.push(out);
                let shape = &self.graph.tensor_type(made).shape;
                match BroadcastStep::new(self.kernels, binary, sources, shape, DenseF32::new(out)) {
                    Some(step) => self.push(step, made, &touched),
                    None => self.oracle(node, node.op.clone()),
                }
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
        Ok(())
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

    fn convolution(&mut self, node: &Node, conv: &Conv, convolution: Convolution) {
        let made = node.outputs[0];
        let weights = self.constant(node.inputs[1]);
        let biases = self.constant(node.inputs[2]);
        let &[m, c, high, wide] = weights.shape.as_slice() else { unreachable!("checked with the forms") };
        let source = match convolution {
            Convolution::Planes => Source::Planes(self.planes(node, conv, [high, wide])),
            _ => Source::Blocked(self.blocks(node.inputs[0])),
        };
        let residual = node.inputs.get(3).map(|&residual| self.blocks(residual));
        let out = self.picture(made);
        let mut touched = vec![out.buffer, source.buffer()];
        touched.extend(residual.map(|residual| residual.buffer));
        let parts = ConvParts {
            conv,
            weights: weights.as_f32().expect("checked with the forms"),
            weight_shape: [m, c, high, wide],
            biases: biases.as_f32().expect("checked with the forms"),
            source,
            out,
            residual,
        };
        match (convolution, source) {
            (Convolution::Winograd, _) => self.push(WinogradStep::new(self.kernels, &parts), made, &touched),
            (Convolution::Depthwise, Source::Blocked(source)) => {
                let ConvParts { weights, biases, .. } = parts;
                let parts =
                    DepthwiseParts { conv, weights, kernel: [high, wide], biases, source, out, residual };
                self.push(DepthwiseStep::new(self.kernels, &parts), made, &touched);
            }
            _ => self.push(ConvStep::new(self.kernels, &parts), made, &touched),
        }
    }

    /// Copies into a union what was not made there.
    fn union(&mut self, node: &Node) {
        let whole = self.picture(node.outputs[0]);
        let union = self.forms.home(node.outputs[0]);
        let mut first = 0;
        for &member in &node.inputs {
            let source = self.picture(member);
            let (home, at) = self.forms.home(member);
            if home != union.0 || at != union.1 + first {
                let out = whole.slice(first, source.channels);
                self.push(CopyPictureStep::new(source, out), node.outputs[0], &[source.buffer, out.buffer]);
            }
            first += source.channels;
        }
    }

    fn partner(&mut self, value: ValueId, out: &Picture, touched: &mut Vec<BufferId>) -> Partner {
        if self.graph.constant(value).is_some() {
            let numbers = self.constant(value);
            return Partner::channels(numbers.as_f32().expect("checked with the forms"), out.channels);
        }
        let picture = self.picture(value);
        touched.push(picture.buffer);
        if [picture.height, picture.width] == [out.height, out.width] {
            Partner::Picture(picture)
        } else {
            Partner::Pixel(picture)
        }
    }

    /// The picture of a value that is in blocks.
    fn picture(&mut self, value: ValueId) -> Picture {
        let (home, first) = self.forms.home(value);
        let shape = self.picture_shape(home);
        let margin = self.forms.margin(home);
        let buffer = match self.pictures.get(&home) {
            Some(&buffer) => buffer,
            None => {
                let [batch, channels, height, width] = shape;
                let elements = Picture::elements(batch, channels, height, width, margin);
                let buffer = self.new_buffer(elements * size_of::<f32>());
                self.pictures.insert(home, buffer);
                buffer
            }
        };
        Picture::whole(buffer, shape, margin).slice(first, self.picture_shape(value)[1])
    }

    /// The picture of any value, put into blocks where it is dense.
    fn blocks(&mut self, value: ValueId) -> Picture {
        if self.forms.is_blocked[value.0] {
            return self.picture(value);
        }
        if let Some(&picture) = self.packed.get(&value) {
            return picture;
        }
        let source = self.dense_buffer(value);
        let picture = self.picture(value);
        let stride = picture.height * picture.width;
        let planes = PlanesIn { tensor: DenseF32::new(source), offset: 0, stride };
        let step =
            ConvertStep::new(self.kernels, Direction::ToBlocks, planes, picture);
        self.push(step, value, &[source, picture.buffer]);
        self.packed.insert(value, picture);
        picture
    }

    /// The planes of a dense value, with the margins that a convolution reaches.
    fn planes(&mut self, node: &Node, conv: &Conv, kernel: [usize; 2]) -> Planes {
        let value = node.inputs[0];
        let [batch, channels, height, width] = self.picture_shape(value);
        let made = self.picture_shape(node.outputs[0]);
        let after = |axis: usize, size: usize| {
            let last = (made[axis + 2] - 1) * conv.strides[axis] + (kernel[axis] - 1) * conv.dilations[axis];
            (last + 1).saturating_sub(size + conv.pads[axis])
        };
        let margins = [conv.pads[0].max(conv.pads[1]), after(0, height).max(after(1, width))];
        let source = self.dense_buffer(value);
        let mut planes = Planes { buffer: source, batch, channels, height, width, margins };
        if margins != [0, 0] {
            planes.buffer = self.new_buffer(planes.elements() * size_of::<f32>());
            self.push(PlanesStep::new(DenseF32::new(source), planes), value, &[source, planes.buffer]);
        }
        planes
    }

    /// Where a value lies densely, taken out of blocks where it must be.
    fn dense_buffer(&mut self, value: ValueId) -> BufferId {
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
            let &[batch, channels, height, width] = tensor_type.shape.as_slice() else { unreachable!("a picture") };
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

    fn maker(&self, value: ValueId) -> Option<&'a Node> {
        self.makers[value.0].map(|index| &self.graph.nodes[index])
    }

    /// The buffer of an output of the network, which nobody else writes until the next run.
    fn output(&mut self, value: ValueId) -> BufferId {
        let buffer = self.dense_buffer(value);
        self.buffers[buffer.0].last = usize::MAX;
        buffer
    }

    fn new_dense(&mut self, value: ValueId) -> BufferId {
        let tensor_type = self.graph.tensor_type(value);
        let buffer = self.new_buffer(tensor_type.elements() * tensor_type.element.bytes());
        self.dense.insert(value, buffer);
        buffer
    }

    fn new_buffer(&mut self, bytes: usize) -> BufferId {
        self.buffers.push(BufferPlan { bytes, first: usize::MAX, last: 0 });
        BufferId(self.buffers.len() - 1)
    }

    fn live_from_start_to_end(&mut self, buffer: BufferId) {
        (self.buffers[buffer.0].first, self.buffers[buffer.0].last) = (0, usize::MAX);
    }

    fn push(&mut self, step: impl Step + 'static, made: ValueId, touched: &[BufferId]) {
        let index = self.steps.len();
        for buffer in touched {
            let buffer = &mut self.buffers[buffer.0];
            (buffer.first, buffer.last) = (buffer.first.min(index), buffer.last.max(index));
        }
        let made = self.graph.tensor_type(made).to_string();
        self.steps.push(PlannedStep { name: self.node.to_owned(), made, step: Box::new(step) });
    }

    fn constant(&self, value: ValueId) -> Arc<Tensor> {
        Arc::clone(self.graph.constant(value).expect("checked with the forms"))
    }

    fn picture_shape(&self, value: ValueId) -> [usize; 4] {
        self.graph.tensor_type(value).shape.as_slice().try_into().expect("pictures have four axes")
    }
}
