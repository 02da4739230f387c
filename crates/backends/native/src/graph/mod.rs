//! A network as a list of operators in the order they run, every shape known and every constant computed.
//!
//! An importer or a pass adds operators through [`Graph::add`], which works out the types of what they make, and makes it
//! at once where all it is made of is constant. So nothing that does not depend on an input is left for a run.
//!
//! What is not here: the file a network came from, and where tensors lie in memory.

use std::sync::Arc;

use crate::ops::{Op, Operator};
use crate::strided::RANK_MAX;
use crate::tensor::{Tensor, TensorType};

/// A tensor of the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct ValueId(pub(crate) usize);

/// What is known of a tensor.
#[derive(Clone, Debug)]
pub(crate) struct Value {
    /// The file's name for it, or one made from its operator's.
    pub(crate) name: String,
    pub(crate) tensor_type: TensorType,
    /// Its elements, where they do not depend on an input.
    pub(crate) constant: Option<Arc<Tensor>>,
}

/// One operator and what it reads and writes.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    /// The file's name for it.
    pub(crate) name: String,
    pub(crate) op: Op,
    pub(crate) inputs: Vec<ValueId>,
    pub(crate) outputs: Vec<ValueId>,
}

/// A network. Nodes stand in an order in which they can run.
#[derive(Clone, Debug, Default)]
pub(crate) struct Graph {
    pub(crate) values: Vec<Value>,
    pub(crate) nodes: Vec<Node>,
    pub(crate) inputs: Vec<ValueId>,
    pub(crate) outputs: Vec<ValueId>,
    /// What folding has cost so far.
    folded: Folded,
}

/// Bytes of the constants that folding has made, and the operations that it took.
#[derive(Clone, Copy, Debug, Default)]
struct Folded {
    bytes: usize,
    operations: usize,
}

/// Tensors with more elements than this are refused: it is as much as an input may have.
const TENSOR_ELEMENTS_MAX: usize = 1 << 28;
/// What folding would make beyond this, all its constants together, is made in each run instead.
const FOLDED_BYTES_MAX: usize = 1 << 28;
/// As is what it would compute beyond this: a second or a few, whatever a file asks for.
const FOLDED_OPERATIONS_MAX: usize = 1 << 30;

impl Graph {
    pub(crate) fn tensor_type(&self, id: ValueId) -> &TensorType {
        &self.values[id.0].tensor_type
    }

    pub(crate) fn constant(&self, id: ValueId) -> Option<&Arc<Tensor>> {
        self.values[id.0].constant.as_ref()
    }

    /// A tensor that nothing makes yet: an input of the network.
    pub(crate) fn add_value(&mut self, name: impl Into<String>, tensor_type: TensorType) -> ValueId {
        self.values.push(Value { name: name.into(), tensor_type, constant: None });
        ValueId(self.values.len() - 1)
    }

    /// A tensor whose elements are known.
    pub(crate) fn add_constant(&mut self, name: impl Into<String>, tensor: Tensor) -> ValueId {
        let id = self.add_value(name, tensor.tensor_type());
        self.values[id.0].constant = Some(Arc::new(tensor));
        id
    }

    /// An operator at the end; what it makes. `name` is the file's name for the node.
    ///
    /// # Errors
    /// Where the operator cannot take such inputs, in a few words that follow "node NAME (OP):".
    pub(crate) fn add(&mut self, name: &str, op: Op, inputs: &[ValueId]) -> Result<Vec<ValueId>, String> {
        let input_types: Vec<_> = inputs.iter().map(|&id| self.tensor_type(id)).collect();
        let output_types = op.output_types(&input_types)?;
        let bytes = output_types.iter().map(checked_bytes).sum::<Result<usize, String>>()?;
        let operations = op.operations(&input_types, &output_types);
        let folded = Folded {
            bytes: self.folded.bytes.saturating_add(bytes),
            operations: self.folded.operations.saturating_add(operations),
        };
        let constants: Option<Vec<_>> = inputs.iter().map(|&id| self.constant(id).cloned()).collect();
        let outputs: Vec<_> =
            output_types.iter().map(|made| self.add_value(name.to_owned(), made.clone())).collect();
        match constants {
            Some(constants) if folded.are_within_limits() => {
                self.folded = folded;
                let views: Vec<_> = constants.iter().map(|tensor| tensor.view()).collect();
                let mut made: Vec<_> = output_types.iter().map(Tensor::zeros).collect();
                op.run(&views, &mut made.iter_mut().map(Tensor::view_mut).collect::<Vec<_>>());
                for (&id, tensor) in outputs.iter().zip(made) {
                    self.values[id.0].constant = Some(Arc::new(tensor));
                }
            }
            _ => {
                let node =
                    Node { name: name.to_owned(), op, inputs: inputs.to_vec(), outputs: outputs.clone() };
                self.nodes.push(node);
            }
        }
        Ok(outputs)
    }

    /// Lets go of the elements of constants that nothing reads, which folding has left behind.
    pub(crate) fn drop_unread_constants(&mut self) {
        let mut is_read = vec![false; self.values.len()];
        let read = self.nodes.iter().flat_map(|node| &node.inputs).chain(&self.outputs);
        read.for_each(|id| is_read[id.0] = true);
        for (value, is_read) in self.values.iter_mut().zip(is_read) {
            if !is_read {
                value.constant = None;
            }
        }
    }
}

impl Folded {
    fn are_within_limits(self) -> bool {
        self.bytes <= FOLDED_BYTES_MAX && self.operations <= FOLDED_OPERATIONS_MAX
    }
}

/// Bytes of a tensor whose sizes are within the limits.
fn checked_bytes(made: &TensorType) -> Result<usize, String> {
    if made.shape.len() > RANK_MAX {
        return Err(format!("makes a tensor of {} axes, more than {RANK_MAX}", made.shape.len()));
    }
    // An empty tensor may still have absurd sizes, which must multiply without overflowing.
    let elements = made.shape.iter().try_fold(1usize, |product, &size| product.checked_mul(size.max(1)));
    match elements {
        Some(elements) if elements <= TENSOR_ELEMENTS_MAX => Ok(made.elements() * made.element.bytes()),
        _ => Err(format!("makes {made}, more than {TENSOR_ELEMENTS_MAX} elements")),
    }
}
