//! The engine seam on the `rten` crate: ONNX models in pure Rust, f32 and dynamic int8.
//!
//! rten allocates inside a run (it has a pool of its own); what this crate adds to a run does not, but for the short
//! lists that rten's API takes by value. What is not here: which model it is.

#![forbid(unsafe_code)]

mod load;
mod session;
mod threads;

use std::sync::Arc;

use ocelli_engine::{Backend, EngineError, LoadOptions, Model, ModelFile};

/// The backend called `rten`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rten;

impl Backend for Rten {
    fn name(&self) -> &'static str {
        "rten"
    }

    fn load(&self, file: ModelFile<'_>, options: &LoadOptions) -> Result<Arc<dyn Model>, EngineError> {
        Ok(Arc::new(load::SharedModel(Arc::new(load::load(file, options)?))))
    }
}
