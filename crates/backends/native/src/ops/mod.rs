//! The operators: what each makes of its inputs, said once for types and once for numbers.
//!
//! An [`Op`] is decided: attributes, and inputs that only say how (axes, pads, scales), are read at import and are fields
//! here. What is left as inputs are tensors to compute on. Forms that ONNX has many of come down to one: a pool over
//! everything is a pool whose kernel is the picture, `Flatten` and `Squeeze` are a [`Op::Reshape`], a batch
//! normalisation is a product and a sum, one-dimensional convolution is two-dimensional with a height of 1.
//!
//! The numbers here are the oracle: plain loops over dense tensors, in the order that the definition gives. What runs
//! fast is elsewhere and is tested against these. Constants are folded by these too.

mod binary;
mod conv;
mod unary;

pub(crate) use self::binary::Binary;
pub(crate) use self::conv::{Conv, Epilogue, Residual};
pub(crate) use self::unary::Unary;

use crate::tensor::{TensorType, View, ViewMut};

/// One operator, decided.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Op {
    /// Two-dimensional convolution: pictures, weights, biases, and what its epilogue adds.
    Conv(Conv),
    /// Each element by itself.
    Unary(Unary),
    /// Elements of two tensors, broadcast against each other.
    Binary(Binary),
    /// The same elements in another shape, which is given.
    Reshape(Vec<usize>),
}

/// What every operator can say.
pub(crate) trait Operator {
    /// What it makes of inputs of these types.
    ///
    /// # Errors
    /// Where it cannot take them, in a few words that follow "node NAME (OP):".
    fn output_types(&self, inputs: &[&TensorType]) -> Result<Vec<TensorType>, String>;

    /// Makes it: outputs of the types that [`Operator::output_types`] gives, each element written. Allocates nothing.
    fn run(&self, inputs: &[View<'_>], outputs: &mut [ViewMut<'_>]);
}
