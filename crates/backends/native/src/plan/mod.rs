//! From a network to the list of steps that a run replays, and the memory they work in.
//!
//! ```text
//!     graph ──passes──▶ graph ──forms──▶ pictures in blocks, or dense ──lower──▶ steps and buffers ──memory──▶ one arena
//! ```
//!
//! Everything is decided here: the form and the place of each tensor, kernels and their tiles, packed weights. What is not
//! here: threads, and the arena itself.

mod forms;
mod lower;
mod memory;
#[cfg(test)]
mod tests;

use std::ops::Range;

use ocelli_frame::TensorSpec;

use crate::graph::Graph;
use crate::kernels::entries::Kernels;
use crate::steps::{BufferId, Step};

/// What the caller decides.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PlanOptions {
    /// Bytes that weights transformed for Winograd may take in all.
    pub(crate) winograd_bytes: usize,
}

/// A network, compiled.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) steps: Vec<PlannedStep>,
    /// Where each buffer lies in the arena, in bytes.
    pub(crate) buffers: Vec<Range<usize>>,
    pub(crate) arena_bytes: usize,
    /// f32 elements of scratch for each thread.
    pub(crate) scratch_elements: usize,
    pub(crate) inputs: Vec<Port>,
    pub(crate) outputs: Vec<Port>,
}

/// A step and what people want to know of it.
#[derive(Debug)]
pub(crate) struct PlannedStep {
    /// The file's name for the node that it does.
    pub(crate) name: String,
    /// What it makes, as a shape.
    pub(crate) made: String,
    pub(crate) step: Box<dyn Step>,
}

/// An input or output: dense.
#[derive(Clone, Debug)]
pub(crate) struct Port {
    pub(crate) spec: TensorSpec,
    pub(crate) buffer: BufferId,
}

impl Plan {
    /// Compiles a network, to whose inputs and outputs the specs belong, in order.
    ///
    /// # Errors
    /// Where a step cannot be made, in a few words that begin with the node.
    pub(crate) fn new(
        graph: &Graph,
        inputs: &[TensorSpec],
        outputs: &[TensorSpec],
        kernels: &Kernels,
        options: &PlanOptions,
    ) -> Result<Self, String> {
        let forms = forms::decide(graph, options);
        let lowered = lower::lower(graph, &forms, kernels)?;
        let memory = memory::place(&lowered.buffers);
        let scratch = lowered.steps.iter().map(|planned| planned.step.scratch_elements()).max();
        let ports = |specs: &[TensorSpec], buffers: &[BufferId]| {
            specs.iter().zip(buffers).map(|(spec, &buffer)| Port { spec: spec.clone(), buffer }).collect()
        };
        Ok(Self {
            inputs: ports(inputs, &lowered.inputs),
            outputs: ports(outputs, &lowered.outputs),
            steps: lowered.steps,
            buffers: memory.ranges,
            arena_bytes: memory.bytes,
            scratch_elements: scratch.unwrap_or(0),
        })
    }

    /// Bytes of scratch for each thread.
    pub(crate) fn scratch_bytes(&self) -> usize {
        self.scratch_elements * size_of::<f32>()
    }
}
