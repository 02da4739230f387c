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
mod cast;
mod conv;
mod gather;
mod grid_sample;
mod matmul;
mod moves;
mod number;
mod pad;
mod pool;
mod reduce;
mod resize;
mod select;
mod softmax;
mod unary;

pub(crate) use self::binary::{Binary, broadcast_shape};
pub(crate) use self::cast::{Cast, Dequantize, Quantize};
pub(crate) use self::conv::{Conv, ConvTranspose, Epilogue, Residual, windows};
pub(crate) use self::gather::{Gather, GatherElements, GatherNd};
pub(crate) use self::grid_sample::{Edges, GridSample, Outside, SampleMode};
pub(crate) use self::matmul::MatMul;
pub(crate) use self::moves::{Concat, Expand, Slice, Transpose};
pub(crate) use self::pad::{Pad, PadMode};
pub(crate) use self::pool::{Pool, PoolKind};
pub(crate) use self::reduce::{ArgReduce, Extreme, OfEquals, Reduce, ReduceKind, TopK};
pub(crate) use self::resize::{Coordinates, Resize, ResizeMode, Rounding, neighbours};
pub(crate) use self::select::{CumSum, Direction, OwnElement, Where};
pub(crate) use self::softmax::{Normalize, Softmax, SoftmaxMean, SoftmaxResult};
pub(crate) use self::unary::Unary;

use crate::tensor::{ElementType, TensorType, View, ViewMut, of_one_type};

/// One operator, decided.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Op {
    /// Two-dimensional convolution: pictures, weights, biases, and what its epilogue adds.
    Conv(Conv),
    /// Its transpose: pictures, weights, biases.
    ConvTranspose(ConvTranspose),
    /// The product of matrices.
    MatMul(MatMul),
    /// The largest or the mean of each window.
    Pool(Pool),
    /// Another size, by nearest neighbour or linearly.
    Resize(Resize),
    /// Each element by itself.
    Unary(Unary),
    /// Elements of two tensors, broadcast against each other.
    Binary(Binary),
    /// One of two tensors: condition, where true, where false.
    Where(Where),
    /// Another element type.
    Cast(Cast),
    /// f32 to small integers: tensor, scales, zero points.
    Quantize(Quantize),
    /// Small integers to f32: tensor, scales, zero points.
    Dequantize(Dequantize),
    /// Shares of a sum along an axis.
    Softmax(Softmax),
    /// The mean of some numbers under a softmax along an axis.
    SoftmaxMean(SoftmaxMean),
    /// No mean, and a variance of 1.
    Normalize(Normalize),
    /// Many elements to one, the reduced axes kept with a size of 1.
    Reduce(Reduce),
    /// The place of the largest or smallest, its axis kept with a size of 1.
    ArgReduce(ArgReduce),
    /// The largest or smallest, and their places.
    TopK(TopK),
    /// Sums that run along an axis.
    CumSum(CumSum),
    /// The same elements in another shape, which is given.
    Reshape(Reshape),
    /// The same elements with their axes in another order.
    Transpose(Transpose),
    /// A part, any steps.
    Slice(Slice),
    /// Tensors one behind the other.
    Concat(Concat),
    /// Repeated to a larger shape.
    Expand(Expand),
    /// Elements added around: tensor, and the scalar it is padded with.
    Pad(Pad),
    /// Slices along an axis, by index: data, indices.
    Gather(Gather),
    /// Elements along an axis, by index: data, indices.
    GatherElements(GatherElements),
    /// Slices by indices of several axes: data, indices.
    GatherNd(GatherNd),
    /// Pictures where a grid says: pictures, grid.
    GridSample(GridSample),
}

/// What every operator can say.
pub(crate) trait Operator {
    /// What it makes of inputs of these types.
    ///
    /// # Errors
    /// Where it cannot take them, in a few words that follow "node NAME (OP):".
    fn output_types(&self, inputs: &[&TensorType]) -> Result<Vec<TensorType>, String>;

    /// About how many elements it touches or multiplies to make outputs of these types: what folding is limited by.
    fn operations(&self, inputs: &[&TensorType], outputs: &[TensorType]) -> usize {
        let read: usize = inputs.iter().map(|input| input.elements()).sum();
        outputs.iter().map(TensorType::elements).sum::<usize>() + read
    }

    /// Makes it: outputs of the types that [`Operator::output_types`] gives, each element written. Allocates nothing.
    fn run(&self, inputs: &[View<'_>], outputs: &mut [ViewMut<'_>]);
}

impl Op {
    /// The operator itself.
    fn operator(&self) -> &dyn Operator {
        match self {
            Self::Conv(op) => op,
            Self::ConvTranspose(op) => op,
            Self::MatMul(op) => op,
            Self::Pool(op) => op,
            Self::Resize(op) => op,
            Self::Unary(op) => op,
            Self::Binary(op) => op,
            Self::Where(op) => op,
            Self::Cast(op) => op,
            Self::Quantize(op) => op,
            Self::Dequantize(op) => op,
            Self::Softmax(op) => op,
            Self::SoftmaxMean(op) => op,
            Self::Normalize(op) => op,
            Self::Reduce(op) => op,
            Self::ArgReduce(op) => op,
            Self::TopK(op) => op,
            Self::CumSum(op) => op,
            Self::Reshape(op) => op,
            Self::Transpose(op) => op,
            Self::Slice(op) => op,
            Self::Concat(op) => op,
            Self::Expand(op) => op,
            Self::Pad(op) => op,
            Self::Gather(op) => op,
            Self::GatherElements(op) => op,
            Self::GatherNd(op) => op,
            Self::GridSample(op) => op,
        }
    }
}

impl Operator for Op {
    fn output_types(&self, inputs: &[&TensorType]) -> Result<Vec<TensorType>, String> {
        self.operator().output_types(inputs)
    }

    fn operations(&self, inputs: &[&TensorType], outputs: &[TensorType]) -> usize {
        self.operator().operations(inputs, outputs)
    }

    fn run(&self, inputs: &[View<'_>], outputs: &mut [ViewMut<'_>]) {
        self.operator().run(inputs, outputs);
    }
}

/// The same elements in another shape.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reshape {
    pub(crate) shape: Vec<usize>,
}

impl Operator for Reshape {
    fn output_types(&self, inputs: &[&TensorType]) -> Result<Vec<TensorType>, String> {
        let element = one_type(inputs, ElementType::ANY)?;
        let elements = self.shape.iter().try_fold(1usize, |product, &size| product.checked_mul(size));
        if inputs.len() != 1 || elements != Some(inputs[0].elements()) {
            return Err(format!("{} has not as many elements as {:?}", inputs[0], self.shape));
        }
        Ok(vec![TensorType::new(element, self.shape.clone())])
    }

    fn run(&self, inputs: &[View<'_>], outputs: &mut [ViewMut<'_>]) {
        let (input, output) = (&inputs[0], &mut outputs[0]);
        of_one_type!(output, [input], |to, [from]| to.copy_from_slice(from));
    }
}

/// The one type of all inputs, of which there is at least one.
fn one_type(inputs: &[&TensorType], allowed: &[ElementType]) -> Result<ElementType, String> {
    let Some((first, rest)) = inputs.split_first() else { return Err("has no input".to_owned()) };
    if let Some(other) = rest.iter().find(|other| other.element != first.element) {
        return Err(format!("inputs of {} and {}, not of one type", first.element, other.element));
    }
    if !allowed.contains(&first.element) {
        return Err(format!("an input of {}", first.element));
    }
    Ok(first.element)
}

/// So many inputs, all of f32.
fn expect_f32(inputs: &[&TensorType], count: usize) -> Result<(), String> {
    if inputs.len() != count {
        return Err(format!("wants {count} inputs, not {}", inputs.len()));
    }
    one_type(inputs, &[ElementType::F32]).map(drop)
}
