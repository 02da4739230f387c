//! From a file to a model whose shapes are all fixed.

use std::fmt;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use ocelli_engine::{EngineError, EngineErrorKind, LoadOptions, Model, ModelFile, Session, Threads};
use ocelli_frame::{DataType, TensorSpec};
use rten::{Dimension, LoadErrorKind, ModelOptions, NodeId, ValueType};

use crate::session::RtenSession;
use crate::threads;

/// Larger files are refused before they are read.
const FILE_BYTES_MAX: u64 = 2 << 30;
/// Inputs with more elements than this are refused.
const INPUT_ELEMENTS_MAX: usize = 1 << 28;

/// A loaded model.
pub(crate) struct RtenModel {
    pub(crate) model: rten::Model,
    pub(crate) inputs: Vec<TensorSpec>,
    pub(crate) outputs: Vec<TensorSpec>,
    metadata: Vec<(String, String)>,
}

/// Reads a file. Output shapes that the file leaves open are learned from one run on zeros.
pub(crate) fn load(file: ModelFile<'_>, options: &LoadOptions) -> Result<RtenModel, EngineError> {
    let bytes = match file {
        ModelFile::Path(path) => read(path)?,
        ModelFile::Embedded { bytes, .. } => bytes.to_vec(),
    };
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

fn read(path: &Path) -> Result<Vec<u8>, EngineError> {
    let name = path.display();
    let io = |error: std::io::Error| {
        let hint = match error.kind() {
            std::io::ErrorKind::NotFound => "check the path given to --model",
            std::io::ErrorKind::IsADirectory => "--model wants an .onnx file, not a folder",
            _ => "check that the file can be read",
        };
        EngineError::new(EngineErrorKind::Io, format!("{name}: {error}"), hint)
    };
    let bytes = fs::metadata(path).map_err(io)?.len();
    if bytes == 0 {
        let hint = "the file is empty: export or download it again";
        return Err(EngineError::new(EngineErrorKind::BadModel, format!("{name}: 0 bytes long"), hint));
    }
    if bytes > FILE_BYTES_MAX {
        let message = format!("{name}: {bytes} bytes long, more than the {FILE_BYTES_MAX} allowed");
        return Err(EngineError::new(EngineErrorKind::BadModel, message, "is it an ONNX file?"));
    }
    fs::read(path).map_err(io)
}

/// Fixes an input's shape: an open first axis is the batch, 1; open axes of a picture are `input_size`.
fn input_spec(
    path: &dyn fmt::Display,
    model: &rten::Model,
    id: NodeId,
    options: &LoadOptions,
) -> Result<TensorSpec, EngineError> {
    let info = model.node_info(id);
    let name = info.as_ref().and_then(|info| info.name()).unwrap_or("input").to_owned();
    let unsupported = |what: String, hint: &str| {
        EngineError::new(EngineErrorKind::UnsupportedShape, format!("{path}: input {name}: {what}"), hint)
    };
    let data_type = match info.as_ref().and_then(|info| info.dtype()) {
        Some(ValueType::Tensor(rten::DataType::Float)) => Some(DataType::F32),
        Some(ValueType::Tensor(rten::DataType::UInt8)) => Some(DataType::U8),
        _ => None,
    }
    .ok_or_else(|| unsupported("not a tensor of f32 or u8".to_owned(), "export it with such an input"))?;
    let declared = info
        .and_then(|info| info.shape())
        .ok_or_else(|| unsupported("no shape".to_owned(), "export the model with input shapes"))?;
    let spatial = if matches!(declared.last(), Some(Dimension::Fixed(1 | 3))) { 1 } else { 2 };
    let mut shape = Vec::with_capacity(declared.len());
    for (axis, dimension) in declared.iter().enumerate() {
        let wanted = match (options.input_size, axis) {
            (Some((height, _)), axis) if declared.len() == 4 && axis == spatial => Some(height),
            (Some((_, width)), axis) if declared.len() == 4 && axis == spatial + 1 => Some(width),
            _ => None,
        };
        shape.push(match (dimension, wanted) {
            (Dimension::Fixed(size), Some(wanted)) if *size != wanted => {
                let what = format!("axis {axis} is fixed at {size}, not {wanted}");
                return Err(unsupported(what, "leave --imgsz out, or export the model at that size"));
            }
            (Dimension::Fixed(size), _) => *size,
            (Dimension::Symbolic(_), Some(wanted)) => wanted,
            (Dimension::Symbolic(_), None) if axis == 0 => 1,
            (Dimension::Symbolic(symbol), None) => {
                let what = format!("axis {axis} ({symbol}) has no fixed size");
                return Err(unsupported(what, "give it with --imgsz"));
            }
        });
    }
    let elements = shape.iter().try_fold(1usize, |product, &size| product.checked_mul(size));
    if elements.is_none_or(|elements| elements == 0 || elements > INPUT_ELEMENTS_MAX) {
        let what = format!("shape {shape:?} is empty or over {INPUT_ELEMENTS_MAX} elements");
        return Err(unsupported(what, "is it a vision model?"));
    }
    Ok(TensorSpec { name, data_type, shape })
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
