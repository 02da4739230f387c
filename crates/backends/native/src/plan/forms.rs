//! Which tensors are pictures in blocks of 16 channels, and which of them lie inside others.
//!
//! Whatever a convolution makes is in blocks, and so is what can stay so: pools, resizes, elementwise operators, parts and
//! unions of channels between blocks. The rest is dense. A union's members are made where they will lie in it, a part is
//! read where it lies in its whole: neither costs a step. A tensor that has a place in one union already is copied into
//! the next.
//!
//! Each picture has the margin that the widest filter among the readers of its buffer reaches.

use super::PlanOptions;
use crate::graph::{Graph, Node, ValueId};
use crate::kernels::functions::is_vectorized;
use crate::kernels::simd::LANES;
use crate::ops::{Binary, Concat, Conv, ConvTranspose, Op, Resize, Slice};
use crate::steps::WinogradStep;
use crate::tensor::ElementType;

/// What is decided of tensors and convolutions.
#[derive(Debug)]
pub(super) struct Forms {
    /// For each value whether it is in blocks.
    pub(super) is_blocked: Vec<bool>,
    /// For each value the value whose buffer it lies in, and from which channel on; itself, where it has its own.
    homes: Vec<(ValueId, usize)>,
    /// For each value that has its own buffer, the margin there.
    margins: Vec<usize>,
    /// For each node how it convolves, where it does.
    pub(super) convolutions: Vec<Option<Convolution>>,
}

/// How a convolution is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Convolution {
    /// Tiles over a picture in blocks.
    Tiles,
    /// Tiles over planes: few channels, of a dense tensor.
    Planes,
    /// Each channel by itself.
    Depthwise,
    /// Winograd's patches.
    Winograd,
}

/// More channels than this are worth being put into blocks.
const PLANES_MAX: usize = 12;

pub(super) fn decide(graph: &Graph, options: &PlanOptions) -> Forms {
    let values = graph.values.len();
    let mut forms = Forms {
        is_blocked: vec![false; values],
        homes: (0..values).map(|value| (ValueId(value), 0)).collect(),
        margins: vec![0; values],
        convolutions: vec![None; graph.nodes.len()],
    };
    for node in &graph.nodes {
        if makes_blocks(graph, &forms, node) {
            forms.is_blocked[node.outputs[0].0] = true;
        }
    }
    for node in &graph.nodes {
        match &node.op {
            _ if !forms.is_blocked[node.outputs[0].0] => {}
            Op::Slice(slice) => forms.homes[node.outputs[0].0] = (node.inputs[0], slice.starts[1]),
            Op::Concat(_) => house_members(graph, &mut forms, node),
            _ => {}
        }
    }
    let mut winograd_left = options.winograd_bytes;
    for (index, node) in graph.nodes.iter().enumerate() {
        if let Op::Conv(conv) = &node.op
            && forms.is_blocked[node.outputs[0].0]
        {
            let convolution = convolution(graph, &forms, node, conv, &mut winograd_left);
            forms.convolutions[index] = Some(convolution);
            if convolution != Convolution::Planes {
                let margin = reach(graph, node, conv, convolution);
                let home = forms.home(node.inputs[0]).0;
                forms.margins[home.0] = forms.margins[home.0].max(margin);
            }
        }
    }
    forms
}

impl Forms {
    /// The value in whose buffer this one lies, and from which channel on.
    pub(super) fn home(&self, value: ValueId) -> (ValueId, usize) {
        let (home, first) = self.homes[value.0];
        if home == value {
            return (value, 0);
        }
        let (outer, before) = self.home(home);
        (outer, before + first)
    }

    /// The margin of the buffer that a value lies in.
    pub(super) fn margin(&self, value: ValueId) -> usize {
        self.margins[self.home(value).0.0]
    }
}

/// Whether what a node makes is in blocks.
fn makes_blocks(graph: &Graph, forms: &Forms, node: &Node) -> bool {
    let &[made] = node.outputs.as_slice() else { return false };
    let made = graph.tensor_type(made);
    if made.element != ElementType::F32 || made.shape.len() != 4 || made.shape.contains(&0) {
        return false;
    }
    let is_blocked = |value: &ValueId| forms.is_blocked[value.0];
    let shape = |value: &ValueId| graph.tensor_type(*value).shape.as_slice();
    match &node.op {
        Op::Conv(conv) => {
            let is_constant = node.inputs[1..3].iter().all(|value| graph.constant(*value).is_some());
            is_constant && groups_are_whole(conv, shape(&node.inputs[1]))
        }
        Op::ConvTranspose(conv) => {
            let is_constant = node.inputs[1..3].iter().all(|value| graph.constant(*value).is_some());
            is_constant && windows_do_not_overlap(conv, shape(&node.inputs[0]), shape(&node.inputs[1]))
        }
        Op::Pool(_) => is_blocked(&node.inputs[0]),
        Op::Resize(Resize { sizes, .. }) => {
            is_blocked(&node.inputs[0]) && sizes[..2] == shape(&node.inputs[0])[..2]
        }
        Op::Unary(unary) => is_vectorized(*unary) && is_blocked(&node.inputs[0]),
        Op::Binary(Binary::Add | Binary::Sub | Binary::Mul | Binary::Div | Binary::Min | Binary::Max) => {
            let fits = |value: &ValueId| {
                let own = shape(value);
                match graph.constant(*value) {
                    Some(_) => is_per_channel(own, made.shape[1]),
                    None => {
                        is_blocked(value)
                            && (own == made.shape || own == [made.shape[0], made.shape[1], 1, 1])
                    }
                }
            };
            let is_whole = |value: &ValueId| is_blocked(value) && shape(value) == made.shape;
            node.inputs.iter().all(fits) && node.inputs.iter().any(is_whole)
        }
        Op::Concat(Concat { axis: 1 }) => {
            let ends_blocks = |value: &ValueId| shape(value)[1].is_multiple_of(LANES);
            let [members @ .., _] = node.inputs.as_slice() else { return false };
            node.inputs.iter().all(is_blocked) && members.iter().all(ends_blocks)
        }
        Op::Slice(slice) => is_blocked(&node.inputs[0]) && cuts_between_blocks(slice, shape(&node.inputs[0])),
        _ => false,
    }
}

/// One group, one channel a group, or groups of whole blocks.
fn groups_are_whole(conv: &Conv, weights: &[usize]) -> bool {
    let [made, taken] = [weights[0], weights[1]];
    conv.groups == 1
        || is_depthwise(conv, weights)
        || (taken.is_multiple_of(LANES) && (made / conv.groups).is_multiple_of(LANES))
}

/// A transposed convolution whose every output pixel is made of one input pixel.
fn windows_do_not_overlap(conv: &ConvTranspose, input: &[usize], weights: &[usize]) -> bool {
    let size = [0, 1].map(|axis| input[axis + 2] * conv.strides[axis]);
    conv.groups == 1
        && weights[2..] == conv.strides
        && conv.dilations == [1, 1]
        && conv.pads == [0, 0]
        && conv.output == size
}

fn is_depthwise(conv: &Conv, weights: &[usize]) -> bool {
    weights[1] == 1 && weights[0] == conv.groups
}

/// Whether broadcasting such a constant against `[n, channels, h, w]` gives one number a channel, or one for all.
fn is_per_channel(shape: &[usize], channels: usize) -> bool {
    let shape = if let [1, rest @ ..] = shape
        && rest.len() == 3
    {
        rest
    } else {
        shape
    };
    shape.len() <= 3 && (shape.iter().all(|&size| size == 1) || shape == [channels, 1, 1])
}

fn cuts_between_blocks(slice: &Slice, whole: &[usize]) -> bool {
    let is_whole = |axis: usize| slice.sizes[axis] == whole[axis];
    slice.steps.iter().all(|&step| step == 1)
        && slice.starts[1].is_multiple_of(LANES)
        && [0, 2, 3].into_iter().all(is_whole)
}

/// Gives the members of a union their places in it, as far as they have no other.
fn house_members(graph: &Graph, forms: &mut Forms, node: &Node) {
    let union = node.outputs[0];
    let channels = |value: ValueId| graph.tensor_type(value).shape[1];
    let firsts: Vec<_> = node
        .inputs
        .iter()
        .scan(0, |next, &member| {
            let first = *next;
            *next += channels(member);
            Some((member, first))
        })
        .collect();
    for &(member, first) in &firsts {
        let (home, within) = forms.home(member);
        // The member's whole would have to lie where its part will.
        let is_free = home != union && forms.homes[home.0] == (home, 0) && !graph.inputs.contains(&home);
        let Some(begin) = first.checked_sub(within).filter(|_| is_free) else { continue };
        let end = begin + channels(home);
        let is_aligned =
            begin.is_multiple_of(LANES) && (channels(home).is_multiple_of(LANES) || end == channels(union));
        // Whatever else of the union lies there must be the same whole, at the same place.
        let agrees = |&(other, other_first): &(ValueId, usize)| {
            let overlaps = other_first < end && begin < other_first + channels(other);
            !overlaps || (forms.home(other).0 == home && forms.home(other).1 + begin == other_first)
        };
        if is_aligned && end <= channels(union) && firsts.iter().all(agrees) {
            forms.homes[home.0] = (union, begin);
        }
    }
}

/// How to convolve.
fn convolution(
    graph: &Graph,
    forms: &Forms,
    node: &Node,
    conv: &Conv,
    winograd_left: &mut usize,
) -> Convolution {
    let weights = graph.tensor_type(node.inputs[1]).shape.as_slice();
    let &[made, taken, high, wide] = weights else { unreachable!("the weights of a picture's filter") };
    if !forms.is_blocked[node.inputs[0].0] && taken * conv.groups <= PLANES_MAX && conv.groups == 1 {
        return Convolution::Planes;
    }
    if is_depthwise(conv, weights) && conv.groups > 1 {
        return Convolution::Depthwise;
    }
    let weight_shape = [made, taken, high, wide];
    let bytes = WinogradStep::transformed_bytes(weight_shape);
    if WinogradStep::fits(conv, weight_shape)
        && bytes <= *winograd_left
        && WinogradStep::pays(weight_shape, graph.tensor_type(node.outputs[0]).shape.as_slice())
    {
        *winograd_left -= bytes;
        return Convolution::Winograd;
    }
    Convolution::Tiles
}

/// How far over the edges of its input a convolution reads, in pixels: what Winograd's patches reach behind, they know.
fn reach(graph: &Graph, node: &Node, conv: &Conv, convolution: Convolution) -> usize {
    let size = |value: ValueId| {
        let shape = &graph.tensor_type(value).shape;
        [shape[2], shape[3]]
    };
    let [before, after] = conv.reach(size(node.inputs[0]), size(node.inputs[1]), size(node.outputs[0]));
    if convolution == Convolution::Winograd { before } else { before.max(after) }
}
