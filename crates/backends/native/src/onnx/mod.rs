//! From an ONNX file to a graph: one walk over its nodes, which ONNX has in an order in which they can run.
//!
//! Each node is looked up in one table, [`claims`], which says what we take and holds the function that makes operators
//! of ours of it. What only says how (axes, pads, sizes) must be constant and becomes fields; so every shape is known when
//! the walk ends. What is not here: how a graph is made fast, and what its operators compute.

mod claims;
mod constants;
#[cfg(test)]
mod hostile_tests;
mod import;
#[cfg(test)]
mod node_tests;
mod proto;
#[cfg(test)]
mod random_nodes;
mod site;
#[cfg(test)]
mod tests;
mod wire;

use std::collections::HashMap;

use ocelli_engine::{DeclaredInput, DeclaredSize, EngineError, EngineErrorKind, LoadOptions, ModelFile};
use ocelli_frame::{DataType, TensorSpec};

use self::claims::Claim;
use self::constants::ConstantError;
use self::site::{Refusal, Site};
use crate::graph::{Graph, ValueId};
use crate::ops::{Op, Reshape};
use crate::tensor::{ElementType, TensorType};

/// What is in a file.
#[derive(Clone, Debug)]
pub(crate) struct Imported {
    pub(crate) graph: Graph,
    /// In the file's order, as are the graph's own.
    pub(crate) inputs: Vec<TensorSpec>,
    pub(crate) outputs: Vec<TensorSpec>,
    pub(crate) metadata: Vec<(String, String)>,
}

/// Reads a file.
pub(crate) fn read(file: ModelFile<'_>, options: &LoadOptions) -> Result<Imported, EngineError> {
    let bytes = file.bytes()?;
    let model = proto::Model::read(&bytes).map_err(|error| {
        let hint = "is it a whole ONNX file? export or download it again";
        EngineError::new(EngineErrorKind::BadModel, format!("{file}: no ONNX model: {error}"), hint)
    })?;
    import(&file, &model, options)
}

/// Imports what a file says.
fn import(
    file: &ModelFile<'_>,
    model: &proto::Model<'_>,
    options: &LoadOptions,
) -> Result<Imported, EngineError> {
    let bad = |what: &str| {
        let hint = "is it a whole ONNX file? export or download it again";
        EngineError::new(EngineErrorKind::BadModel, format!("{file}: {what}"), hint)
    };
    let graph = model.graph.as_ref().ok_or_else(|| bad("no ONNX model: it has no graph"))?;
    // A network all of another domain's operators names none; its first node is refused then.
    let opset = model.opsets.iter().find(|(domain, _)| matches!(*domain, "" | "ai.onnx"));
    let opset = opset.map_or(0, |&(_, version)| version);

    let mut walk = Walk { file, opset, graph: Graph::default(), ids: HashMap::new(), inputs: Vec::new() };
    walk.constants(graph)?;
    walk.network_inputs(graph, options)?;
    for node in &graph.nodes {
        walk.node(node)?;
    }
    let outputs = walk.network_outputs(graph)?;
    walk.graph.drop_unread_constants();
    let metadata = model.metadata.iter().map(|&(key, value)| (key.to_owned(), value.to_owned())).collect();
    Ok(Imported { graph: walk.graph, inputs: walk.inputs, outputs, metadata })
}

/// The walk so far.
struct Walk<'a> {
    file: &'a ModelFile<'a>,
    opset: i64,
    graph: Graph,
    /// The file's names for what is there already.
    ids: HashMap<&'a str, ValueId>,
    inputs: Vec<TensorSpec>,
}

const UNSUPPORTED_HINT: &str =
    "the native backend lacks this: try --backend rten, or export the model without it";
const BROKEN_HINT: &str = "the model contradicts itself: export it again";

impl<'a> Walk<'a> {
    fn error(&self, kind: EngineErrorKind, what: impl AsRef<str>, hint: &str) -> EngineError {
        EngineError::new(kind, format!("{}: {}", self.file, what.as_ref()), hint)
    }

    fn bad(&self, what: impl AsRef<str>) -> EngineError {
        self.error(EngineErrorKind::BadModel, what, BROKEN_HINT)
    }

    fn constants(&mut self, graph: &'a proto::Graph<'a>) -> Result<(), EngineError> {
        for proto in &graph.initializers {
            let tensor = constants::read(proto).map_err(|error| match error {
                ConstantError::Unsupported(what) => {
                    let what = format!("constant \"{}\": {what}", proto.name);
                    self.error(EngineErrorKind::UnsupportedOperator, what, UNSUPPORTED_HINT)
                }
                ConstantError::Bad(what) => self.bad(format!("constant \"{}\": {what}", proto.name)),
            })?;
            let id = self.graph.add_constant(proto.name, tensor);
            self.ids.insert(proto.name, id);
        }
        Ok(())
    }

    /// Inputs that are no constants: older files list those among the inputs too.
    fn network_inputs(
        &mut self,
        graph: &'a proto::Graph<'a>,
        options: &LoadOptions,
    ) -> Result<(), EngineError> {
        for input in graph.inputs.iter().filter(|input| !input.name.is_empty()) {
            if self.ids.contains_key(input.name) {
                continue;
            }
            let declared = DeclaredInput {
                name: input.name,
                data_type: input.data_type.and_then(constants::element_type).map(data_type),
                shape: input.shape.as_ref().map(|shape| shape.iter().map(declared_size).collect()),
            };
            let spec = declared.fix(self.file, options)?;
            let element = input.data_type.and_then(constants::element_type).unwrap_or(ElementType::F32);
            let id = self.graph.add_value(input.name, TensorType::new(element, spec.shape.clone()));
            self.graph.inputs.push(id);
            self.ids.insert(input.name, id);
            self.inputs.push(spec);
        }
        Ok(())
    }

    fn node(&mut self, node: &'a proto::Node<'a>) -> Result<(), EngineError> {
        let name = match node.name {
            "" => node.outputs.first().copied().unwrap_or(""),
            name => name,
        };
        let made_before = self.graph.values.len();
        let outputs = self.import(node, name).map_err(|refusal| match refusal {
            Refusal::Unclaimed(what) => {
                let what = format!("node \"{name}\" ({}, opset {}): {what}", node.operator, self.opset);
                self.error(EngineErrorKind::UnsupportedOperator, what, UNSUPPORTED_HINT)
            }
            Refusal::Bad(what) => self.bad(format!("node \"{name}\" ({}): {what}", node.operator)),
        })?;
        for (&output, id) in node.outputs.iter().zip(outputs) {
            if id.0 >= made_before {
                output.clone_into(&mut self.graph.values[id.0].name);
            }
            if !output.is_empty() {
                self.ids.insert(output, id);
            }
        }
        Ok(())
    }

    fn import(&mut self, node: &'a proto::Node<'a>, name: &'a str) -> site::Imported {
        let claim = Claim::of(node, self.opset)?;
        let mut inputs = Vec::with_capacity(node.inputs.len());
        for &input in &node.inputs {
            inputs.push(match (input, self.ids.get(input)) {
                ("", _) => None,
                (_, Some(&id)) => Some(id),
                (_, None) => return site::bad(format!("nothing makes its input \"{input}\" before it")),
            });
        }
        let mut site = Site { graph: &mut self.graph, node, name, opset: self.opset, inputs };
        claim.check_types(&site)?;
        let outputs = (claim.import)(&mut site).map_err(|refusal| claim.with_limits(refusal))?;
        match node.outputs.iter().rposition(|output| !output.is_empty()) {
            Some(last) if last >= outputs.len() => {
                Err(claim.with_limits(Refusal::Unclaimed(format!("output {last}"))))
            }
            _ => Ok(outputs),
        }
    }

    /// Each output of the network is made by a node of its own, or is constant.
    fn network_outputs(&mut self, graph: &'a proto::Graph<'a>) -> Result<Vec<TensorSpec>, EngineError> {
        if graph.outputs.is_empty() {
            return Err(self.bad("it has no outputs"));
        }
        let mut specs = Vec::with_capacity(graph.outputs.len());
        for output in &graph.outputs {
            let Some(&id) = self.ids.get(output.name) else {
                return Err(self.bad(format!("output {}: nothing makes it", output.name)));
            };
            let TensorType { element, shape } = self.graph.tensor_type(id).clone();
            let is_taken = self.graph.inputs.contains(&id) || self.graph.outputs.contains(&id);
            let id = if is_taken && self.graph.constant(id).is_none() {
                let copied =
                    self.graph.add(output.name, Op::Reshape(Reshape { shape: shape.clone() }), &[id]);
                copied.map_err(|what| self.bad(format!("output {}: {what}", output.name)))?[0]
            } else {
                id
            };
            self.graph.outputs.push(id);
            specs.push(TensorSpec { name: output.name.to_owned(), data_type: data_type(element), shape });
        }
        Ok(specs)
    }
}

fn declared_size<'a>(dimension: &proto::Dimension<'a>) -> DeclaredSize<'a> {
    match dimension.size.map(usize::try_from) {
        Some(Ok(size)) => DeclaredSize::Fixed(size),
        _ => DeclaredSize::Open(dimension.name),
    }
}

/// An element type as the seam calls it.
fn data_type(element: ElementType) -> DataType {
    match element {
        ElementType::F32 => DataType::F32,
        ElementType::I64 => DataType::I64,
        ElementType::I32 => DataType::I32,
        ElementType::I8 => DataType::I8,
        ElementType::U8 => DataType::U8,
        ElementType::Bool => DataType::Bool,
    }
}
