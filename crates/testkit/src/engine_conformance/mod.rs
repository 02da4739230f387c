//! What every backend must do, whatever it is: run [`check`] against each. The numbers of the small models here can
//! be followed with pencil and paper.

mod errors;
mod numbers;

use ocelli_engine::{Backend, LoadOptions, ModelFile, Session, Threads};
use ocelli_frame::TensorMut;

use crate::{OnnxModel, TestFolder};

/// Runs the whole suite.
///
/// # Panics
/// Where the backend does anything else than it must; the message names the case.
pub fn check(backend: &dyn Backend) {
    numbers::check(backend);
    errors::check(backend);
}

/// Loads `model` and opens a session of `threads` threads.
fn session(backend: &dyn Backend, model: &OnnxModel, threads: usize) -> Box<dyn Session> {
    let folder = TestFolder::new("conformance");
    let path = model.write(folder.path(), "model.onnx");
    let loaded = backend.load(ModelFile::Path(&path), &LoadOptions::default()).expect("a model that loads");
    loaded.session(&Threads::unpinned(threads)).expect("a session")
}

fn run(session: &mut dyn Session, input: &[f32]) -> Vec<f32> {
    match session.input(0) {
        TensorMut::F32(memory) => memory.copy_from_slice(input),
        other => panic!("an f32 input, not {other:?}"),
    }
    session.run().expect("a run");
    session.output(0).as_f32().expect("an f32 output").to_vec()
}
