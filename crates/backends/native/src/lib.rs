//! The engine seam on plans of our own: a network is compiled once, at load, and each run replays it.
//!
//! ```text
//!     file ──onnx──▶ graph ──passes──▶ graph ──plan──▶ steps ──session──▶ a team goes through them, run after run
//! ```
//!
//! - `onnx` reads a file: every shape known, every constant computed, operators brought down to few (`ops`).
//! - `passes` make fewer, larger operators of them.
//! - `plan` decides the form and place of each tensor, the kernel of each step, and packs the weights.
//! - `steps` are what a plan is a list of; `kernels` are their inner loops, compiled for each instruction set.
//! - `session` owns the memory, `team` the threads.
//!
//! A run allocates nothing, looks nothing up and takes no lock. What is not here: which model it is.

mod arena;
mod cores;
mod graph;
mod kernels;
mod model;
mod onnx;
mod ops;
mod passes;
mod plan;
#[cfg(test)]
mod reference;
mod report;
mod session;
mod steps;
mod strided;
mod team;
mod tensor;

use std::sync::Arc;

use ocelli_engine::{Backend, EngineError, LoadOptions, Model, ModelFile};

pub use crate::kernels::isa::Isa;
pub use crate::report::{PlanReport, StepReport};

use crate::kernels::entries::Kernels;
use crate::model::SharedModel;
use crate::plan::PlanOptions;

/// Bytes that weights transformed for Winograd may take, where nobody says otherwise: twice those of a network like
/// YOLOv8n, and enough for most of ResNet-50.
const WINOGRAD_BYTES: usize = 64 << 20;

/// The backend called `native`.
#[derive(Clone, Copy, Debug)]
pub struct Native {
    isa: Isa,
    options: PlanOptions,
}

impl Native {
    /// On the best instruction set that this machine has.
    pub fn new() -> Self {
        Self { isa: Isa::detect(), options: PlanOptions { winograd_bytes: WINOGRAD_BYTES } }
    }

    /// On another one.
    #[must_use]
    pub fn with_isa(self, isa: Isa) -> Self {
        Self { isa, ..self }
    }

    /// With another limit to the bytes that weights transformed for Winograd may take; 0 for none of it.
    #[must_use]
    pub fn with_winograd_bytes(self, bytes: usize) -> Self {
        Self { options: PlanOptions { winograd_bytes: bytes }, ..self }
    }
}

impl Default for Native {
    fn default() -> Self {
        Self::new()
    }
}

impl Backend for Native {
    fn name(&self) -> &'static str {
        "native"
    }

    fn load(&self, file: ModelFile<'_>, options: &LoadOptions) -> Result<Arc<dyn Model>, EngineError> {
        let kernels = Kernels::of(self.isa);
        Ok(Arc::new(SharedModel(Arc::new(model::load(file, options, &kernels, &self.options)?))))
    }
}
