//! The seam to inference: [`Backend`] loads a [`Model`], which any number of threads share; each thread opens a
//! [`Session`] of its own, which owns its input and output memory.
//!
//! Shapes are fixed at load. What is not here: which model it is (that is the model card's), and any backend.

#![forbid(unsafe_code)]

mod error;
mod file;
mod input;

use std::fmt::Debug;
use std::sync::Arc;

use ocelli_frame::{TensorMut, TensorSpec, TensorView};

pub use error::{EngineError, EngineErrorKind};
pub use file::ModelFile;
pub use input::{DeclaredInput, DeclaredSize};

/// Something that can run models.
pub trait Backend: Send + Sync + Debug {
    /// What `--backend` calls it.
    fn name(&self) -> &'static str;

    /// Reads a model and decides everything that does not depend on pixels.
    ///
    /// # Errors
    /// A file that is none, an operator this backend lacks (named), shapes that cannot be fixed.
    fn load(&self, file: ModelFile<'_>, options: &LoadOptions) -> Result<Arc<dyn Model>, EngineError>;
}

/// What is decided at load.
#[derive(Clone, Debug, Default)]
pub struct LoadOptions {
    /// Height and width for the input's free axes, where the model leaves them open.
    pub input_size: Option<(usize, usize)>,
}

/// A loaded model: immutable, shared.
pub trait Model: Send + Sync + Debug {
    /// Inputs in the file's order, all shapes fixed.
    fn inputs(&self) -> &[TensorSpec];

    /// Outputs in the file's order, all shapes fixed.
    fn outputs(&self) -> &[TensorSpec];

    /// The file's own key-value metadata.
    fn metadata(&self) -> &[(String, String)];

    /// Memory and threads to run it on.
    ///
    /// # Errors
    /// Where the threads cannot be had.
    fn session(&self, threads: &Threads) -> Result<Box<dyn Session>, EngineError>;
}

/// The threads a session may use. They are the caller's to decide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Threads {
    /// How many, the calling one counted; at least 1.
    pub count: usize,
    /// The cores they may run on; empty for any.
    pub cores: Vec<usize>,
}

impl Threads {
    /// `count` threads on any core.
    pub fn unpinned(count: usize) -> Self {
        Self { count: count.max(1), cores: Vec::new() }
    }
}

/// One thread's way to run a model. Write the inputs, run, read the outputs.
pub trait Session: Send {
    /// The memory of input `index`, to be written in full before each run.
    ///
    /// # Panics
    /// Where there is no such input.
    fn input(&mut self, index: usize) -> TensorMut<'_>;

    /// Runs the model on what the inputs hold.
    ///
    /// # Errors
    /// What the backend says, with the operator's name where it gives one.
    fn run(&mut self) -> Result<(), EngineError>;

    /// Output `index` of the last successful run.
    ///
    /// # Panics
    /// Where there is no such output or nothing has run.
    fn output(&self, index: usize) -> TensorView<'_>;
}
