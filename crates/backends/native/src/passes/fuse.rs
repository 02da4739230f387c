//! Convolutions take in what follows them: factors and terms of each channel into weights and biases, an activation and a
//! residual into the epilogue.

use super::edit::{only_reader, readings};
use crate::graph::{Graph, ValueId};
use crate::kernels::functions::is_vectorized;
use crate::ops::{Binary, Conv, Op, Residual};
use crate::tensor::{Data, Tensor};

/// Each convolution takes in one operator after the other, as long as it alone is read by it.
pub(super) fn into_convolutions(graph: &mut Graph) {
    let mut readings = readings(graph);
    let mut index = 0;
    while index < graph.nodes.len() {
        match take_in(graph, &readings, index) {
            Some(reader) => {
                // The convolution moves to where what it took in stood: all it reads is made by then.
                let mut node = graph.nodes.remove(index);
                let taken = &graph.nodes[reader - 1];
                readings[node.outputs[0].0] = 0;
                node.outputs.clone_from(&taken.outputs);
                graph.nodes[reader - 1] = node;
            }
            None => index += 1,
        }
    }
}

/// Changes the convolution at `index` to do what its only reader does; which that is.
fn take_in(graph: &mut Graph, readings: &[usize], index: usize) -> Option<usize> {
    let Op::Conv(conv) = graph.nodes[index].op.clone() else { return None };
    let made = graph.nodes[index].outputs[0];
    let reader = only_reader(graph, readings, made)?;
    match (&graph.nodes[reader].op, graph.nodes[reader].inputs.as_slice()) {
        (&Op::Unary(unary), _) if is_vectorized(unary) => {
            let is_free = conv.epilogue.activation.is_none()
                && conv.epilogue.residual != Some(Residual::AfterActivation);
            is_free.then(|| epilogue(graph, index).activation = Some(unary))?;
        }
        (&Op::Binary(binary), &[a, b]) => {
            let other = if a == made { b } else { a };
            match graph.constant(other).cloned() {
                Some(constant) => scale(graph, index, &conv, binary, a == made, &constant)?,
                None if binary == Binary::Add => add_residual(graph, index, &conv, other)?,
                None => return None,
            }
        }
        _ => return None,
    }
    Some(reader)
}

fn epilogue(graph: &mut Graph, index: usize) -> &mut crate::ops::Epilogue {
    match &mut graph.nodes[index].op {
        Op::Conv(conv) => &mut conv.epilogue,
        other => unreachable!("{other:?} is no convolution"),
    }
}

/// `conv + other`, where `other` is a tensor of the same shape that the run makes.
fn add_residual(graph: &mut Graph, index: usize, conv: &Conv, other: ValueId) -> Option<()> {
    let made = graph.nodes[index].outputs[0];
    let fits = conv.epilogue.residual.is_none() && graph.tensor_type(other) == graph.tensor_type(made);
    (fits && other != made).then_some(())?;
    epilogue(graph, index).residual = Some(match conv.epilogue.activation {
        Some(_) => Residual::AfterActivation,
        None => Residual::BeforeActivation,
    });
    graph.nodes[index].inputs.push(other);
    Some(())
}

/// `conv ∘ constant`, with one number for each channel or one for all.
fn scale(
    graph: &mut Graph,
    index: usize,
    conv: &Conv,
    binary: Binary,
    conv_is_first: bool,
    constant: &Tensor,
) -> Option<()> {
    let is_bare = conv.epilogue == crate::ops::Epilogue::default();
    let [_, weights, biases] = graph.nodes[index].inputs.as_slice() else { return None };
    let (weights, biases) = (graph.constant(*weights)?.clone(), graph.constant(*biases)?.clone());
    let channels = biases.shape[0];
    let numbers = per_channel(constant, channels)?;
    is_bare.then_some(())?;
    // conv * factor + term, for each number.
    let line = |number: f32| match (binary, conv_is_first) {
        (Binary::Mul, _) => Some((number, 0.0)),
        (Binary::Div, true) => Some((1.0 / number, 0.0)),
        (Binary::Add, _) => Some((1.0, number)),
        (Binary::Sub, true) => Some((1.0, -number)),
        (Binary::Sub, false) => Some((-1.0, number)),
        _ => None,
    };
    let lines = numbers.into_iter().map(line).collect::<Option<Vec<_>>>()?;
    let own = weights.as_f32()?.len() / channels;
    let scaled = weights.as_f32()?.chunks_exact(own).zip(&lines);
    let scaled = scaled.flat_map(|(filter, (factor, _))| filter.iter().map(move |weight| weight * factor));
    let scaled = Tensor { shape: weights.shape.clone(), data: Data::F32(scaled.collect()) };
    let moved = biases.as_f32()?.iter().zip(&lines).map(|(bias, (factor, term))| bias * factor + term);
    let moved = Tensor { shape: biases.shape.clone(), data: Data::F32(moved.collect()) };
    let name = graph.nodes[index].name.clone();
    graph.nodes[index].inputs[1] = graph.add_constant(format!("{name} weights"), scaled);
    graph.nodes[index].inputs[2] = graph.add_constant(format!("{name} biases"), moved);
    Some(())
}

/// A number for each channel, where that is what broadcasting `constant` against `[n, channels, h, w]` gives.
fn per_channel(constant: &Tensor, channels: usize) -> Option<Vec<f32>> {
    let numbers = constant.as_f32()?;
    if let [number] = numbers {
        return (constant.shape.len() <= 4).then(|| vec![*number; channels]);
    }
    let shape = match constant.shape.as_slice() {
        [1, rest @ ..] if rest.len() == 3 => rest,
        shape => shape,
    };
    (shape == [channels, 1, 1]).then(|| numbers.to_vec())
}
