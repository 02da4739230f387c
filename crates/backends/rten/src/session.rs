//! One thread's way to run a model: its inputs, and the outputs of its last run.

use std::fmt;
use std::sync::Arc;

use ocelli_engine::{EngineError, EngineErrorKind, Session};
use ocelli_frame::{Aligned, DataType, TensorMut, TensorSpec, TensorView};
use rten::{RunOptions, ThreadPool, Value, ValueOrView};
use rten_tensor::prelude::*;

use crate::load::RtenModel;

/// Input and output memory, and the threads to run on.
pub(crate) struct RtenSession {
    model: Arc<RtenModel>,
    options: RunOptions,
    inputs: Vec<Elements>,
    outputs: Vec<Value>,
}

/// The elements of one input.
enum Elements {
    F32(Aligned<f32>),
    U8(Aligned<u8>),
}

impl RtenSession {
    pub(crate) fn new(model: Arc<RtenModel>, pool: Arc<ThreadPool>) -> Self {
        let inputs = model.inputs.iter().map(Elements::zeros).collect();
        let mut options = RunOptions::default();
        options.thread_pool = Some(pool);
        Self { model, options, inputs, outputs: Vec::new() }
    }

    /// Runs once on zeros, to learn the outputs' shapes.
    pub(crate) fn dry_run(
        path: &dyn fmt::Display,
        model: &RtenModel,
    ) -> Result<Vec<TensorSpec>, EngineError> {
        let inputs: Vec<_> = model.inputs.iter().map(Elements::zeros).collect();
        let outputs = run(model, &inputs, RunOptions::default())?;
        let specs = model.model.output_ids().iter().zip(&outputs).map(|(&id, value)| {
            let info = model.model.node_info(id);
            let name = info.and_then(|info| info.name().map(str::to_owned)).unwrap_or_default();
            let data_type = match value {
                Value::FloatTensor(_) => DataType::F32,
                Value::UInt8Tensor(_) => DataType::U8,
                Value::Int32Tensor(_) => DataType::I32,
                _ => {
                    let message = format!("{path}: output {name} is not a tensor of f32, u8 or i32");
                    let hint = "export the model with such outputs";
                    return Err(EngineError::new(EngineErrorKind::UnsupportedShape, message, hint));
                }
            };
            Ok(TensorSpec { name, data_type, shape: value.shape().to_vec() })
        });
        specs.collect()
    }
}

impl Session for RtenSession {
    fn input(&mut self, index: usize) -> TensorMut<'_> {
        match &mut self.inputs[index] {
            Elements::F32(data) => TensorMut::F32(data.as_mut_slice()),
            Elements::U8(data) => TensorMut::U8(data.as_mut_slice()),
        }
    }

    fn run(&mut self) -> Result<(), EngineError> {
        self.outputs = run(&self.model, &self.inputs, self.options.clone())?;
        for (value, spec) in self.outputs.iter_mut().zip(&self.model.outputs) {
            if value.shape().as_ref() != spec.shape.as_slice() {
                let message = format!("output {} came out as {:?}", spec, value.shape());
                let hint =
                    "the model's shapes depend on its input's values, which a fixed plan cannot follow";
                return Err(EngineError::new(EngineErrorKind::Run, message, hint));
            }
            // The seam promises dense outputs; rten may leave a transposed one strided.
            match value {
                Value::FloatTensor(tensor) if tensor.data().is_none() => *tensor = tensor.to_tensor(),
                Value::UInt8Tensor(tensor) if tensor.data().is_none() => *tensor = tensor.to_tensor(),
                Value::Int32Tensor(tensor) if tensor.data().is_none() => *tensor = tensor.to_tensor(),
                _ => {}
            }
        }
        Ok(())
    }

    fn output(&self, index: usize) -> TensorView<'_> {
        match &self.outputs[index] {
            Value::FloatTensor(tensor) => TensorView::F32(tensor.data().expect("made dense by run")),
            Value::UInt8Tensor(tensor) => TensorView::U8(tensor.data().expect("made dense by run")),
            Value::Int32Tensor(tensor) => TensorView::I32(tensor.data().expect("made dense by run")),
            _ => unreachable!("checked at load"),
        }
    }
}

fn run(model: &RtenModel, inputs: &[Elements], options: RunOptions) -> Result<Vec<Value>, EngineError> {
    let views = model.model.input_ids().iter().zip(&model.inputs).zip(inputs);
    let values = views.map(|((&id, spec), elements)| (id, elements.view(&spec.shape))).collect();
    model.model.run(values, model.model.output_ids(), Some(options)).map_err(|error| {
        let hint = "the model cannot run on this backend: try another, or export it again";
        EngineError::new(EngineErrorKind::Run, error.to_string(), hint)
    })
}

impl Elements {
    fn zeros(spec: &TensorSpec) -> Self {
        let count = spec.elements();
        match spec.data_type {
            DataType::U8 => Self::U8(Aligned::new(count)),
            _ => Self::F32(Aligned::new(count)),
        }
    }

    fn view(&self, shape: &[usize]) -> ValueOrView<'_> {
        match self {
            Self::F32(data) => rten_tensor::TensorView::from_data(shape, data.as_slice()).into(),
            Self::U8(data) => rten_tensor::TensorView::from_data(shape, data.as_slice()).into(),
        }
    }
}
