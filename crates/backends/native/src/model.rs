//! A loaded model: its plan, and what its file says of itself.

use std::sync::Arc;

use ocelli_engine::{EngineError, EngineErrorKind, LoadOptions, Model, ModelFile, Session, Threads};
use ocelli_frame::TensorSpec;

use crate::kernels::entries::Kernels;
use crate::onnx;
use crate::passes;
use crate::plan::{Plan, PlanOptions};
use crate::session::NativeSession;

/// Models whose tensors take more memory than this at once are refused.
const ARENA_BYTES_MAX: usize = 2 << 30;

/// A compiled network, shared by sessions.
#[derive(Debug)]
pub(crate) struct NativeModel {
    pub(crate) plan: Plan,
    inputs: Vec<TensorSpec>,
    outputs: Vec<TensorSpec>,
    metadata: Vec<(String, String)>,
}

/// What the engine seam shares between threads.
#[derive(Debug)]
pub(crate) struct SharedModel(pub(crate) Arc<NativeModel>);

/// Reads a file and compiles it.
pub(crate) fn load(
    file: ModelFile<'_>,
    load: &LoadOptions,
    kernels: &Kernels,
    options: &PlanOptions,
) -> Result<NativeModel, EngineError> {
    compile(&file, onnx::read(file, load)?, kernels, options)
}

/// Compiles what a file held.
pub(crate) fn compile(
    file: &ModelFile<'_>,
    imported: onnx::Imported,
    kernels: &Kernels,
    options: &PlanOptions,
) -> Result<NativeModel, EngineError> {
    let onnx::Imported { mut graph, inputs, outputs, metadata } = imported;
    let plan = passes::run(&mut graph).and_then(|()| Plan::new(&graph, &inputs, &outputs, kernels, options));
    let plan = plan.map_err(|what| {
        let hint = "this is a bug of ours: please report it with the model; `--backend rten` runs without it";
        EngineError::new(EngineErrorKind::BadModel, format!("{file}: {what}"), hint)
    })?;
    if plan.arena_bytes > ARENA_BYTES_MAX {
        let megabytes = plan.arena_bytes >> 20;
        let message =
            format!("{file}: its tensors take {megabytes} MB at once, {} at most", ARENA_BYTES_MAX >> 20);
        return Err(EngineError::new(
            EngineErrorKind::UnsupportedShape,
            message,
            "a smaller input: see --imgsz",
        ));
    }
    Ok(NativeModel { plan, inputs, outputs, metadata })
}

#[cfg(test)]
impl NativeModel {
    /// A plan without a file.
    pub(crate) fn of_plan(plan: Plan, inputs: Vec<TensorSpec>, outputs: Vec<TensorSpec>) -> Self {
        Self { plan, inputs, outputs, metadata: Vec::new() }
    }
}

impl Model for SharedModel {
    fn inputs(&self) -> &[TensorSpec] {
        &self.0.inputs
    }

    fn outputs(&self) -> &[TensorSpec] {
        &self.0.outputs
    }

    fn metadata(&self) -> &[(String, String)] {
        &self.0.metadata
    }

    fn session(&self, threads: &Threads) -> Result<Box<dyn Session>, EngineError> {
        Ok(Box::new(NativeSession::new(Arc::clone(&self.0), threads)?))
    }
}
