//! Operators that files spell with several.

use super::edit::makers;
use crate::graph::{Graph, ValueId};
use crate::ops::{Binary, Op, Pool, PoolKind, Reduce, ReduceKind, Unary};

/// Makes each pattern the one operator that it spells. What it was made of is left to whoever else reads it.
pub(super) fn spell_out(graph: &mut Graph) {
    let makers = makers(graph);
    for index in 0..graph.nodes.len() {
        gate(graph, &makers, index);
        mean_of_pictures(graph, index);
    }
}

/// `x * sigmoid(x)` is a SiLU, `x * hard_sigmoid(x)` a hard swish.
fn gate(graph: &mut Graph, makers: &[Option<usize>], index: usize) {
    let node = &graph.nodes[index];
    let (Op::Binary(Binary::Mul), &[a, b]) = (&node.op, node.inputs.as_slice()) else { return };
    let gated = |x: ValueId, gate: ValueId| {
        let maker = &graph.nodes[makers[gate.0]?];
        let Op::Unary(unary) = maker.op else { return None };
        (maker.inputs == [x]).then_some(())?;
        match unary {
            Unary::Sigmoid => Some((x, Unary::Silu)),
            Unary::HardSigmoid { alpha, beta } if (alpha - 1.0 / 6.0).abs() < 1e-6 && beta == 0.5 => {
                Some((x, Unary::HardSwish))
            }
            _ => None,
        }
    };
    if let Some((x, unary)) = gated(a, b).or_else(|| gated(b, a)) {
        graph.nodes[index].op = Op::Unary(unary);
        graph.nodes[index].inputs = vec![x];
    }
}

/// The mean over height and width is a pool.
fn mean_of_pictures(graph: &mut Graph, index: usize) {
    let node = &graph.nodes[index];
    let Op::Reduce(Reduce { kind: ReduceKind::Mean, axes }) = &node.op else { return };
    let &[_, _, height, width] = graph.tensor_type(node.inputs[0]).shape.as_slice() else { return };
    if axes == &[2, 3] && height * width > 0 {
        graph.nodes[index].op = Op::Pool(Pool {
            kind: PoolKind::Average { counts_padding: false },
            kernel: [height, width],
            strides: [1, 1],
            dilations: [1, 1],
            pads: [0; 4],
            output: [1, 1],
        });
    }
}
