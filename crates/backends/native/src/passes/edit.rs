//! Who makes and who reads each tensor, and the removal of what nobody reads.

use crate::graph::{Graph, Node, ValueId};

/// For each value the node that makes it.
pub(crate) fn makers(graph: &Graph) -> Vec<Option<usize>> {
    let mut makers = vec![None; graph.values.len()];
    for (index, node) in graph.nodes.iter().enumerate() {
        for output in &node.outputs {
            makers[output.0] = Some(index);
        }
    }
    makers
}

/// For each value how often it is read; an output of the network is read once more.
pub(crate) fn readings(graph: &Graph) -> Vec<usize> {
    let mut readings = vec![0; graph.values.len()];
    let read = graph.nodes.iter().flat_map(|node| &node.inputs).chain(&graph.outputs);
    read.for_each(|value| readings[value.0] += 1);
    readings
}

/// The one node that reads a value which is read once, and by no other than nodes.
pub(super) fn only_reader(graph: &Graph, readings: &[usize], value: ValueId) -> Option<usize> {
    if readings[value.0] != 1 {
        return None;
    }
    graph.nodes.iter().position(|node| node.inputs.contains(&value))
}

/// Takes out nodes whose outputs are read by nobody, and those that only they read.
pub(super) fn remove_unread(graph: &mut Graph) {
    let mut is_read = vec![false; graph.values.len()];
    graph.outputs.iter().for_each(|value| is_read[value.0] = true);
    let mut kept: Vec<Node> = Vec::with_capacity(graph.nodes.len());
    for node in std::mem::take(&mut graph.nodes).into_iter().rev() {
        if node.outputs.iter().any(|value| is_read[value.0]) {
            node.inputs.iter().for_each(|value| is_read[value.0] = true);
            kept.push(node);
        }
    }
    kept.reverse();
    graph.nodes = kept;
}
