//! Steps for the nodes of a network, in order, and the buffers they work in.
//!
//! What only moves elements is not made where its node stands, but where somebody wants it: a reshape is its input's
//! buffer by another name, and the members of a union are made where they lie in it, if nobody else wants them.

mod dense;
mod pictures;

use std::collections::HashMap;
use std::sync::Arc;

use super::PlannedStep;
use super::forms::Forms;
use super::memory::BufferPlan;
use crate::graph::{Graph, Node, ValueId};
use crate::kernels::entries::Kernels;
use crate::passes::{makers, readings};
use crate::steps::{BufferId, Picture, Step};
use crate::tensor::Tensor;

/// What comes out.
#[derive(Debug)]
pub(in crate::plan) struct Lowered {
    pub(in crate::plan) steps: Vec<PlannedStep>,
    pub(in crate::plan) buffers: Vec<BufferPlan>,
    pub(in crate::plan) inputs: Vec<BufferId>,
    pub(in crate::plan) outputs: Vec<BufferId>,
}

/// # Errors
/// Where a step cannot be made, in a few words that begin with the node.
pub(in crate::plan) fn lower(graph: &Graph, forms: &Forms, kernels: &Kernels) -> Result<Lowered, String> {
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
    fn maker(&self, value: ValueId) -> Option<&'a Node> {
        self.makers[value.0].map(|index| &self.graph.nodes[index])
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
