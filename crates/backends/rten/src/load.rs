//! From a file to a model whose shapes are all fixed.

use std::fmt;
use std::sync::Arc;

use ocelli_engine::{
    DeclaredInput, DeclaredSize, EngineError, EngineErrorKind, LoadOptions, Model, ModelFile, Session,
    Threads,
};
use ocelli_frame::{DataType, TensorSpec};
use rten::{Dimension, LoadErrorKind, ModelOptions, NodeId, ValueType};

use crate::session::RtenSession;
use crate::threads;

/// A loaded model.
pub(crate) struct RtenModel {
    pub(crate) model: rten::Model,
    pub(crate) inputs: Vec<TensorSpec>,
    pub(crate) outputs: Vec<TensorSpec>,
    metadata: Vec<(String, String)>,
}

/// Reads a file. Output shapes that the file leaves open are learned from one run on zeros.
pub(crate) fn load(file: ModelFile<'_>, options: &LoadOptions) -> Result<RtenModel, EngineError> {
    let bytes = file.bytes()?.into_owned();
    let model = ModelOptions::with_all_ops().prepack_weights(true).load(bytes).map_err(|error| {
        let (kind, hint) = match error.kind() {
            LoadErrorKind::OperatorInvalid => (
                EngineErrorKind::UnsupportedOperator,
                "the rten backend lacks this operator, or this form of it: export the model without it",
            ),
            LoadErrorKind::IoError => (EngineErrorKind::Io, "check that the file can be read"),
            _ => (EngineErrorKind::BadModel, "is it a whole ONNX file? export or download it again"),
        };
        EngineError::new(kind, format!("{file}: {error}"), hint)
    })?;
    let inputs = model
        .input_ids()
        .iter()
        .map(|&id| input_spec(&file, &model, id, options))
        .collect::<Result<Vec<_>, _>>()?;
    let metadata =
        model.metadata().fields().map(|(name, value)| (name.to_string(), value.to_owned())).collect();
    let mut loaded = RtenModel { model, inputs, outputs: Vec::new(), metadata };
    loaded.outputs = match declared_outputs(&loaded.model) {
        Some(outputs) => outputs,
        None => RtenSession::dry_run(&file, &loaded)?,
    };
    Ok(loaded)
}

/// An input with its shape fixed.
fn input_spec(
    file: &ModelFile<'_>,
    model: &rten::Model,
    id: NodeId,
    options: &LoadOptions,
) -> Result<TensorSpec, EngineError> {
    let info = model.node_info(id);
    let shape = info.as_ref().and_then(|info| info.shape());
    let declared = DeclaredInput {
        name: info.as_ref().and_then(|info| info.name()).unwrap_or("input"),
        data_type: match info.as_ref().and_then(|info| info.dtype()) {
            Some(ValueType::Tensor(rten::DataType::Float)) => Some(DataType::F32),
            Some(ValueType::Tensor(rten::DataType::UInt8)) => Some(DataType::U8),
            _ => None,
        },
        shape: shape.as_ref().map(|shape| shape.iter().map(declared_size).collect()),
    };
    declared.fix(file, options)
}

fn declared_size(dimension: &Dimension) -> DeclaredSize<'_> {
    match dimension {
        Dimension::Fixed(size) => DeclaredSize::Fixed(*size),
        Dimension::Symbolic(symbol) => DeclaredSize::Open(symbol),
    }
}

fn data_type(kind: rten::DataType) -> Option<DataType> {
    match kind {
        rten::DataType::Float => Some(DataType::F32),
        rten::DataType::UInt8 => Some(DataType::U8),
        rten::DataType::Int32 => Some(DataType::I32),
        _ => None,
    }
}

/// The outputs where the file fixes every size and type.
fn declared_outputs(model: &rten::Model) -> Option<Vec<TensorSpec>> {
    let spec = |&id: &NodeId| {
        let info = model.node_info(id)?;
        let ValueType::Tensor(kind) = info.dtype()? else { return None };
        let shape = info.shape()?.into_iter().map(|dimension| match dimension {
            Dimension::Fixed(size) => Some(size),
            Dimension::Symbolic(_) => None,
        });
        Some(TensorSpec {
            name: info.name()?.to_owned(),
            data_type: data_type(kind)?,
            shape: shape.collect::<Option<_>>()?,
        })
    };
    model.output_ids().iter().map(spec).collect()
}

impl fmt::Debug for RtenModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RtenModel").field("inputs", &self.inputs).field("outputs", &self.outputs).finish()
    }
}

/// What the engine seam shares between threads.
#[derive(Debug)]
pub(crate) struct SharedModel(pub(crate) Arc<RtenModel>);

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
        let pool = threads::pool(threads)?;
        Ok(Box::new(RtenSession::new(Arc::clone(&self.0), pool)))
    }
}
