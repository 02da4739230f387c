//! Where one node is imported: what it says, and the graph it goes to.

use super::constants::{self, ConstantError};
use super::proto::{Attribute, Node};
use crate::graph::{Graph, ValueId};
use crate::ops::{Op, Reshape, Transpose};
use crate::tensor::{Data, ElementType, Tensor, TensorType};

/// Larger numbers in attributes (kernels, strides, pads) are refused: sums and products of two stay within a `usize`.
const NUMBER_MAX: i64 = 1 << 28;

/// Why a node is refused, in a few words that follow "node NAME (OPERATOR):".
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// It is outside of what the table of claims says.
    Unclaimed(String),
    /// It contradicts itself or its inputs.
    Bad(String),
}

impl From<String> for Refusal {
    fn from(what: String) -> Self {
        Self::Bad(what)
    }
}

/// What an import function makes: the node's outputs, as many as the node asks for.
pub(super) type Imported = Result<Vec<ValueId>, Refusal>;

/// A node and its surroundings.
pub(super) struct Site<'a> {
    pub(super) graph: &'a mut Graph,
    pub(super) node: &'a Node<'a>,
    /// The node's name, or its first output's where it has none.
    pub(super) name: &'a str,
    pub(super) opset: i64,
    /// `None` for inputs that are left out.
    pub(super) inputs: Vec<Option<ValueId>>,
}

/// A form that no claim covers.
pub(super) fn unclaimed<T>(what: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal::Unclaimed(what.into()))
}

/// Something that contradicts itself.
pub(super) fn bad<T>(what: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal::Bad(what.into()))
}

// --- Inputs ---------------------------------------------------------------------------------------------------------

impl Site<'_> {
    /// An input that may be left out.
    pub(super) fn optional(&self, index: usize) -> Option<ValueId> {
        self.inputs.get(index).copied().flatten()
    }

    /// An input that must be there.
    pub(super) fn input(&self, index: usize) -> Result<ValueId, Refusal> {
        self.optional(index).ok_or_else(|| Refusal::Bad(format!("has no input {index}")))
    }

    pub(super) fn tensor_type(&self, id: ValueId) -> &TensorType {
        self.graph.tensor_type(id)
    }

    pub(super) fn shape(&self, id: ValueId) -> Vec<usize> {
        self.graph.tensor_type(id).shape.clone()
    }

    pub(super) fn element(&self, id: ValueId) -> ElementType {
        self.graph.tensor_type(id).element
    }

    /// An input that only says how, as a tensor: it must not depend on the network's inputs.
    fn decided(&self, index: usize) -> Result<Option<&Tensor>, Refusal> {
        let Some(id) = self.optional(index) else { return Ok(None) };
        match self.graph.constant(id) {
            Some(tensor) => Ok(Some(tensor)),
            None => unclaimed(format!("input {index} is computed in each run, not constant")),
        }
    }

    /// Whole numbers that an input says, where it is there.
    pub(super) fn integers(&self, index: usize) -> Result<Option<Vec<i64>>, Refusal> {
        let Some(tensor) = self.decided(index)? else { return Ok(None) };
        match &tensor.data {
            Data::I64(data) => Ok(Some(data.clone())),
            Data::I32(data) => Ok(Some(data.iter().map(|&n| n.into()).collect())),
            _ => bad(format!("input {index} is {}, not whole numbers", tensor.tensor_type())),
        }
    }

    /// One whole number that an input says, where it is there.
    pub(super) fn integer(&self, index: usize) -> Result<Option<i64>, Refusal> {
        match self.integers(index)?.as_deref() {
            None => Ok(None),
            Some(&[number]) => Ok(Some(number)),
            Some(numbers) => bad(format!("input {index} has {} numbers, not one", numbers.len())),
        }
    }

    /// Numbers that an input says, where it is there.
    pub(super) fn floats(&self, index: usize) -> Result<Option<Vec<f32>>, Refusal> {
        let Some(tensor) = self.decided(index)? else { return Ok(None) };
        match tensor.as_f32() {
            Some(data) => Ok(Some(data.to_vec())),
            None => bad(format!("input {index} is {}, not f32", tensor.tensor_type())),
        }
    }
}

// --- Attributes -----------------------------------------------------------------------------------------------------

impl<'a> Site<'a> {
    pub(super) fn attribute(&self, name: &str) -> Option<&'a Attribute<'a>> {
        self.node.attributes.iter().find(|attribute| attribute.name == name)
    }

    pub(super) fn int(&self, name: &str, default: i64) -> i64 {
        self.attribute(name).and_then(|attribute| attribute.integer).unwrap_or(default)
    }

    /// A switch: 0 or 1.
    pub(super) fn flag(&self, name: &str, default: bool) -> bool {
        self.int(name, default.into()) != 0
    }

    pub(super) fn float(&self, name: &str, default: f32) -> f32 {
        self.attribute(name).and_then(|attribute| attribute.float).unwrap_or(default)
    }

    pub(super) fn ints(&self, name: &str) -> Option<&'a [i64]> {
        self.attribute(name).map(|attribute| attribute.integers.as_slice())
    }

    pub(super) fn text(&self, name: &str, default: &'static str) -> &'a str {
        // What is no text is no word that anybody knows.
        let text =
            |attribute: &Attribute<'a>| str::from_utf8(attribute.text.unwrap_or_default()).unwrap_or("");
        self.attribute(name).map_or(default, text)
    }

    /// Whole numbers that older opsets say in an attribute and newer ones in an input.
    pub(super) fn ints_or_input(&self, name: &str, index: usize) -> Result<Option<Vec<i64>>, Refusal> {
        match self.ints(name) {
            Some(numbers) => Ok(Some(numbers.to_vec())),
            None => self.integers(index),
        }
    }

    /// A tensor in an attribute.
    pub(super) fn tensor(&self, name: &str) -> Result<Option<Tensor>, Refusal> {
        let Some(proto) = self.attribute(name).and_then(|attribute| attribute.tensor.as_ref()) else {
            return Ok(None);
        };
        match constants::read(proto) {
            Ok(tensor) => Ok(Some(tensor)),
            Err(ConstantError::Unsupported(what)) => unclaimed(format!("{name}: {what}")),
            Err(ConstantError::Bad(what)) => bad(format!("{name}: {what}")),
        }
    }
}

/// An axis of `rank`, counted from the end where it is negative.
pub(super) fn axis_of(axis: i64, rank: usize) -> Result<usize, Refusal> {
    let from_start = if axis < 0 { axis.saturating_add(rank as i64) } else { axis };
    match usize::try_from(from_start) {
        Ok(from_start) if from_start < rank => Ok(from_start),
        _ => bad(format!("there is no axis {axis} among {rank}")),
    }
}

/// Several axes, in rising order.
pub(super) fn axes_of(axes: &[i64], rank: usize) -> Result<Vec<usize>, Refusal> {
    let mut found = axes.iter().map(|&axis| axis_of(axis, rank)).collect::<Result<Vec<_>, _>>()?;
    found.sort_unstable();
    match found.windows(2).any(|pair| pair[0] == pair[1]) {
        true => bad(format!("axes {axes:?} name one twice")),
        false => Ok(found),
    }
}

/// A size, count or step: not negative, and nothing absurd.
pub(super) fn size_of(number: i64) -> Result<usize, Refusal> {
    match number {
        0..=NUMBER_MAX => Ok(number as usize),
        _ => bad(format!("{number} is no size")),
    }
}

// --- The graph ------------------------------------------------------------------------------------------------------

impl Site<'_> {
    /// Adds an operator with one output.
    pub(super) fn add(&mut self, op: Op, inputs: &[ValueId]) -> Result<ValueId, Refusal> {
        Ok(self.graph.add(self.name, op, inputs)?[0])
    }

    /// A constant of ours.
    pub(super) fn constant(&mut self, shape: impl Into<Vec<usize>>, data: Data) -> ValueId {
        self.graph.add_constant(self.name, Tensor { shape: shape.into(), data })
    }

    /// One number as a scalar of this type.
    pub(super) fn scalar(&mut self, element: ElementType, number: f32) -> ValueId {
        let data = match element {
            ElementType::F32 => Data::F32(vec![number]),
            ElementType::I64 => Data::I64(vec![number as i64]),
            ElementType::I32 => Data::I32(vec![number as i32]),
            ElementType::I8 => Data::I8(vec![number as i8]),
            ElementType::U8 => Data::U8(vec![number as u8]),
            ElementType::Bool => Data::Bool(vec![number != 0.0]),
        };
        self.constant([], data)
    }

    /// The same elements in another shape; the same tensor where it is its own.
    pub(super) fn reshape(&mut self, id: ValueId, shape: impl Into<Vec<usize>>) -> Result<ValueId, Refusal> {
        let shape = shape.into();
        if self.tensor_type(id).shape == shape {
            return Ok(id);
        }
        self.add(Op::Reshape(Reshape { shape }), &[id])
    }

    /// The axes in another order; the same tensor where it is their own.
    pub(super) fn transpose(&mut self, id: ValueId, order: Vec<usize>) -> Result<ValueId, Refusal> {
        if order.iter().copied().eq(0..order.len()) && order.len() == self.tensor_type(id).shape.len() {
            return Ok(id);
        }
        self.add(Op::Transpose(Transpose { order }), &[id])
    }
}
