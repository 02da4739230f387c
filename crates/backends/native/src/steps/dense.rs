//! Operators on dense tensors as the oracle does them: for whatever has no faster step.

use std::sync::Arc;

use super::{BufferId, Memory, Step, Worker};
use crate::ops::{Op, Operator};
use crate::tensor::{ElementType, Elements, ElementsMut, Tensor, TensorType, View, ViewMut};

/// Operators have at most this many inputs or outputs, once unions are taken apart.
const OPERANDS_MAX: usize = 8;

/// A dense tensor of f32.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct DenseF32 {
    buffer: BufferId,
}

/// A dense tensor: a constant, or a buffer that a run fills.
#[derive(Clone, Debug)]
pub(crate) enum Dense {
    Constant(Arc<Tensor>),
    Buffer(BufferId, TensorType),
}

/// An operator, as the oracle does it, by one thread.
#[derive(Debug)]
pub(crate) struct OracleStep {
    op: Op,
    inputs: Vec<Dense>,
    outputs: Vec<(BufferId, TensorType)>,
}

impl Dense {
    pub(crate) fn shape(&self) -> &[usize] {
        match self {
            Self::Constant(tensor) => &tensor.shape,
            Self::Buffer(_, tensor_type) => &tensor_type.shape,
        }
    }

    /// The first element of a tensor of f32.
    pub(crate) fn f32(&self, memory: Memory<'_>) -> *const f32 {
        match self {
            Self::Constant(tensor) => tensor.as_f32().unwrap_or(&[]).as_ptr(),
            Self::Buffer(buffer, _) => memory.base(*buffer).cast_const().cast(),
        }
    }
}

impl DenseF32 {
    pub(crate) fn new(buffer: BufferId) -> Self {
        Self { buffer }
    }
}

impl Memory<'_> {
    pub(crate) fn f32(&self, dense: DenseF32) -> *mut f32 {
        self.base(dense.buffer).cast()
    }
}

impl OracleStep {
    /// # Panics
    /// Where there are more operands than any operator has.
    pub(crate) fn new(op: Op, inputs: Vec<Dense>, outputs: Vec<(BufferId, TensorType)>) -> Self {
        assert!(inputs.len() <= OPERANDS_MAX && outputs.len() <= OPERANDS_MAX, "too many operands");
        Self { op, inputs, outputs }
    }
}

impl Step for OracleStep {
    unsafe fn run(&self, memory: Memory<'_>, worker: Worker) {
        if worker.index != 0 {
            return;
        }
        let nothing = View { shape: &[], data: Elements::U8(&[]) };
        let mut inputs = [nothing; OPERANDS_MAX];
        for (view, input) in inputs.iter_mut().zip(&self.inputs) {
            *view = match input {
                Dense::Constant(tensor) => tensor.view(),
                // SAFETY: the plan made the buffer for this type, and a step before wrote it.
                Dense::Buffer(buffer, tensor_type) => unsafe { view_of(memory, *buffer, tensor_type) },
            };
        }
        let mut outputs: [ViewMut<'_>; OPERANDS_MAX] =
            std::array::from_fn(|_| ViewMut { shape: &[], data: ElementsMut::U8(&mut []) });
        for (view, (buffer, tensor_type)) in outputs.iter_mut().zip(&self.outputs) {
            // SAFETY: the plan made the buffer for this type; it lives with the inputs, so it overlaps none.
            *view = unsafe { view_mut_of(memory, *buffer, tensor_type) };
        }
        self.op.run(&inputs[..self.inputs.len()], &mut outputs[..self.outputs.len()]);
    }

    fn kernel(&self) -> &'static str {
        "oracle"
    }
}

/// # Safety
/// - The buffer holds such a tensor, and nobody writes it for as long as the view lives.
unsafe fn view_of<'a>(memory: Memory<'_>, buffer: BufferId, tensor_type: &'a TensorType) -> View<'a> {
    let (base, count) = (memory.base(buffer), tensor_type.elements());
    // SAFETY: as the caller promises; buffers begin at cache lines. Only what was written as bools is read as such.
    let data = unsafe {
        match tensor_type.element {
            ElementType::F32 => Elements::F32(std::slice::from_raw_parts(base.cast(), count)),
            ElementType::I64 => Elements::I64(std::slice::from_raw_parts(base.cast(), count)),
            ElementType::I32 => Elements::I32(std::slice::from_raw_parts(base.cast(), count)),
            ElementType::I8 => Elements::I8(std::slice::from_raw_parts(base.cast(), count)),
            ElementType::U8 => Elements::U8(std::slice::from_raw_parts(base.cast(), count)),
            ElementType::Bool => Elements::Bool(std::slice::from_raw_parts(base.cast(), count)),
        }
    };
    View { shape: &tensor_type.shape, data }
}

/// # Safety
/// - The buffer is made for such a tensor, and nobody else looks at it for as long as the view lives.
unsafe fn view_mut_of<'a>(memory: Memory<'_>, buffer: BufferId, tensor_type: &'a TensorType) -> ViewMut<'a> {
    let (base, count) = (memory.base(buffer), tensor_type.elements());
    // SAFETY: as the caller promises; buffers begin at cache lines. Bytes that are no bools are made so first.
    let data = unsafe {
        match tensor_type.element {
            ElementType::F32 => ElementsMut::F32(std::slice::from_raw_parts_mut(base.cast(), count)),
            ElementType::I64 => ElementsMut::I64(std::slice::from_raw_parts_mut(base.cast(), count)),
            ElementType::I32 => ElementsMut::I32(std::slice::from_raw_parts_mut(base.cast(), count)),
            ElementType::I8 => ElementsMut::I8(std::slice::from_raw_parts_mut(base.cast(), count)),
            ElementType::U8 => ElementsMut::U8(std::slice::from_raw_parts_mut(base.cast(), count)),
            ElementType::Bool => {
                base.write_bytes(0, count);
                ElementsMut::Bool(std::slice::from_raw_parts_mut(base.cast(), count))
            }
        }
    };
    ViewMut { shape: &tensor_type.shape, data }
}
