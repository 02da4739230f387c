//! Softmax, and normalisations: taken apart into what the graph has.

use super::super::site::{Imported, Refusal, Site, axis_of, bad, size_of, unclaimed};
use crate::graph::ValueId;
use crate::ops::{Binary, Normalize, Op, Pool, PoolKind, Reduce, ReduceKind, Softmax, SoftmaxResult, Unary};
use crate::tensor::ElementType;

/// Until opset 12 over all axes from the given one on, as if they were one.
pub(in super::super) fn softmax(site: &mut Site<'_>, result: SoftmaxResult) -> Imported {
    let input = site.input(0)?;
    let shape = site.shape(input);
    if site.opset >= 13 {
        let axis = axis_of(site.int("axis", -1), shape.len())?;
        return Ok(vec![site.add(Op::Softmax(Softmax { axis, result }), &[input])?]);
    }
    let axis = axis_of(site.int("axis", 1), shape.len())?;
    let (outer, inner) = shape.split_at(axis);
    let matrix = site.reshape(input, [outer.iter().product(), inner.iter().product()])?;
    let made = site.add(Op::Softmax(Softmax { axis: 1, result }), &[matrix])?;
    Ok(vec![site.reshape(made, shape)?])
}

fn binary(site: &mut Site<'_>, function: Binary, a: ValueId, b: ValueId) -> Result<ValueId, Refusal> {
    site.add(Op::Binary(function), &[a, b])
}

/// One number for each channel, where the channels' axis is the second of `rank`.
fn per_channel(site: &mut Site<'_>, id: ValueId, rank: usize) -> Result<ValueId, Refusal> {
    let channels = site.tensor_type(id).elements();
    let mut shape = vec![1; rank.saturating_sub(1)];
    shape[..1].fill(channels);
    site.reshape(id, shape)
}

/// A product and a sum with a number for each channel.
pub(in super::super) fn batch(site: &mut Site<'_>) -> Imported {
    if site.flag("training_mode", false) {
        return unclaimed("in training");
    }
    let [input, scale, bias, mean, variance] = [0, 1, 2, 3, 4].map(|index| site.input(index));
    let (input, scale, bias, mean, variance) = (input?, scale?, bias?, mean?, variance?);
    let rank = site.shape(input).len();
    if rank < 2 {
        return bad(format!("{} has no channels", site.tensor_type(input)));
    }
    let epsilon = site.float("epsilon", 1e-5);
    let epsilon = site.scalar(ElementType::F32, epsilon);
    let widened = binary(site, Binary::Add, variance, epsilon)?;
    let deviation = site.add(Op::Unary(Unary::Sqrt), &[widened])?;
    let factor = binary(site, Binary::Div, scale, deviation)?;
    let moved = binary(site, Binary::Mul, mean, factor)?;
    let offset = binary(site, Binary::Sub, bias, moved)?;
    let (factor, offset) = (per_channel(site, factor, rank)?, per_channel(site, offset, rank)?);
    scaled(site, input, factor, Some(offset))
}

/// `id * factor + offset`, both broadcast to it.
fn scaled(site: &mut Site<'_>, id: ValueId, factor: ValueId, offset: Option<ValueId>) -> Imported {
    let mut made = binary(site, Binary::Mul, id, factor)?;
    if let Some(offset) = offset {
        made = binary(site, Binary::Add, made, offset)?;
    }
    match site.shape(made) == site.shape(id) {
        true => Ok(vec![made]),
        false => bad(format!("scales do not broadcast to {}", site.tensor_type(id))),
    }
}

pub(in super::super) fn instance(site: &mut Site<'_>) -> Imported {
    let (input, scale, bias) = (site.input(0)?, site.input(1)?, site.input(2)?);
    let rank = site.shape(input).len();
    if rank < 2 {
        return bad(format!("{} has no channels", site.tensor_type(input)));
    }
    let op = Normalize { from_axis: 2, epsilon: site.float("epsilon", 1e-5) };
    let made = site.add(Op::Normalize(op), &[input])?;
    let (scale, bias) = (per_channel(site, scale, rank)?, per_channel(site, bias, rank)?);
    scaled(site, made, scale, Some(bias))
}

pub(in super::super) fn layer(site: &mut Site<'_>) -> Imported {
    let (input, scale) = (site.input(0)?, site.input(1)?);
    let from_axis = axis_of(site.int("axis", -1), site.shape(input).len())?;
    let op = Normalize { from_axis, epsilon: site.float("epsilon", 1e-5) };
    let made = site.add(Op::Normalize(op), &[input])?;
    let mut outputs = scaled(site, made, scale, site.optional(2))?;
    if site.node.outputs.iter().skip(1).any(|output| !output.is_empty()) {
        outputs.extend(mean_and_deviation(site, input, op)?);
    }
    Ok(outputs)
}

/// What was taken off and multiplied with: the mean, and one over the deviation.
fn mean_and_deviation(site: &mut Site<'_>, input: ValueId, op: Normalize) -> Result<[ValueId; 2], Refusal> {
    let axes: Vec<_> = (op.from_axis..site.shape(input).len()).collect();
    let mean = |axes| Op::Reduce(Reduce { kind: ReduceKind::Mean, axes });
    let middle = site.add(mean(axes.clone()), &[input])?;
    let apart = binary(site, Binary::Sub, input, middle)?;
    let squared = binary(site, Binary::Mul, apart, apart)?;
    let variance = site.add(mean(axes), &[squared])?;
    let epsilon = site.scalar(ElementType::F32, op.epsilon);
    let widened = binary(site, Binary::Add, variance, epsilon)?;
    let deviation = site.add(Op::Unary(Unary::Sqrt), &[widened])?;
    Ok([middle, site.add(Op::Unary(Unary::Reciprocal), &[deviation])?])
}

/// Scales are one a group before opset 21, one a channel from there on.
pub(in super::super) fn group(site: &mut Site<'_>) -> Imported {
    let (input, scale, bias) = (site.input(0)?, site.input(1)?, site.input(2)?);
    let shape = site.shape(input);
    let groups = size_of(site.int("num_groups", 0))?;
    let (&[n, c, ..], true) = (shape.as_slice(), groups > 0) else {
        return bad(format!("{groups} groups of {}", site.tensor_type(input)));
    };
    if c % groups != 0 || c == 0 || n == 0 {
        return bad(format!("{c} channels in {groups} groups"));
    }
    let each = site.tensor_type(input).elements() / n / groups;
    let grouped = site.reshape(input, [n, groups, each])?;
    let op = Normalize { from_axis: 2, epsilon: site.float("epsilon", 1e-5) };
    let made = site.add(Op::Normalize(op), &[grouped])?;
    if site.opset < 21 {
        let (scale, bias) = (per_channel(site, scale, 3)?, per_channel(site, bias, 3)?);
        let made = scaled(site, made, scale, Some(bias))?[0];
        return Ok(vec![site.reshape(made, shape)?]);
    }
    let rank = shape.len();
    let made = site.reshape(made, shape)?;
    let (scale, bias) = (per_channel(site, scale, rank)?, per_channel(site, bias, rank)?);
    scaled(site, made, scale, Some(bias))
}

/// `x / sqrt(mean(x^2) + epsilon) * scale`
pub(in super::super) fn rms(site: &mut Site<'_>) -> Imported {
    let (input, scale) = (site.input(0)?, site.input(1)?);
    let rank = site.shape(input).len();
    let axes = (axis_of(site.int("axis", -1), rank)?..rank).collect();
    let squared = binary(site, Binary::Mul, input, input)?;
    let mean = site.add(Op::Reduce(Reduce { kind: ReduceKind::Mean, axes }), &[squared])?;
    let epsilon = site.float("epsilon", 1e-5);
    let epsilon = site.scalar(ElementType::F32, epsilon);
    let widened = binary(site, Binary::Add, mean, epsilon)?;
    let root = site.add(Op::Unary(Unary::Sqrt), &[widened])?;
    let made = binary(site, Binary::Div, input, root)?;
    scaled(site, made, scale, None)
}

/// `x / (bias + alpha / size * sum of x^2 over the channels around it)^beta`. Squares are pooled as pictures with a channel
/// in each row and all pixels beside each other.
pub(in super::super) fn across_channels(site: &mut Site<'_>) -> Imported {
    let input = site.input(0)?;
    let shape = site.shape(input);
    let size = size_of(site.int("size", 0))?;
    let (&[n, c, ..], true) = (shape.as_slice(), size > 0) else {
        return bad(format!("{size} channels of {}", site.tensor_type(input)));
    };
    if n == 0 || c == 0 {
        return bad(format!("{} has no channels", site.tensor_type(input)));
    }
    if size > 2 * c {
        return unclaimed("a window of more than twice the channels");
    }
    let pixels = site.tensor_type(input).elements() / n / c;
    let squared = binary(site, Binary::Mul, input, input)?;
    let rows = site.reshape(squared, [n, 1, c, pixels])?;
    let pool = Pool {
        kind: PoolKind::Average { counts_padding: true },
        kernel: [size, 1],
        strides: [1, 1],
        dilations: [1, 1],
        pads: [(size - 1) / 2, 0, size / 2, 0],
        output: [c, pixels],
    };
    let mean = site.add(Op::Pool(pool), &[rows])?;
    let mean = site.reshape(mean, shape)?;
    let [alpha, beta, bias] = [("alpha", 1e-4), ("beta", 0.75), ("bias", 1.0)].map(|(name, default)| {
        let value = site.float(name, default);
        site.scalar(ElementType::F32, value)
    });
    let weighted = binary(site, Binary::Mul, mean, alpha)?;
    let widened = binary(site, Binary::Add, weighted, bias)?;
    let divisor = binary(site, Binary::Pow, widened, beta)?;
    Ok(vec![binary(site, Binary::Div, input, divisor)?])
}
