//! The same elements in other shapes and orders, or repeated.

use super::super::site::{Imported, Refusal, Site, axes_of, axis_of, bad, size_of, unclaimed};
use crate::ops::{Expand, Op, broadcast_shape};

pub(in super::super) fn reshape(site: &mut Site<'_>) -> Imported {
    let input = site.input(0)?;
    let Some(wanted) = site.integers(1)? else { return bad("has no shape") };
    let own = site.shape(input);
    let keeps_zeros = site.flag("allowzero", false);
    let mut shape = Vec::with_capacity(wanted.len());
    let mut open = None;
    for (axis, &size) in wanted.iter().enumerate() {
        shape.push(match size {
            -1 if open.is_none() => {
                open = Some(axis);
                1
            }
            0 if !keeps_zeros => match own.get(axis) {
                Some(&size) => size,
                None => return bad(format!("shape {wanted:?} keeps an axis that {own:?} has not")),
            },
            size => size_of(size)?,
        });
    }
    if let Some(axis) = open {
        let rest = shape.iter().try_fold(1usize, |all, &size| all.checked_mul(size));
        let elements = site.tensor_type(input).elements();
        shape[axis] = match rest.and_then(|rest| elements.checked_div(rest)) {
            Some(size) => size,
            None => return bad(format!("shape {wanted:?} for {own:?}")),
        };
    }
    Ok(vec![site.reshape(input, shape)?])
}

pub(in super::super) fn flatten(site: &mut Site<'_>) -> Imported {
    let input = site.input(0)?;
    let shape = site.shape(input);
    // Behind the last axis is allowed too.
    let axis = match site.int("axis", 1) {
        axis if axis == shape.len() as i64 => shape.len(),
        axis => axis_of(axis, shape.len())?,
    };
    let (outer, inner) = shape.split_at(axis);
    Ok(vec![site.reshape(input, [outer.iter().product(), inner.iter().product()])?])
}

pub(in super::super) fn squeeze(site: &mut Site<'_>) -> Imported {
    let input = site.input(0)?;
    let shape = site.shape(input);
    let axes = match site.ints_or_input("axes", 1)? {
        Some(axes) => axes_of(&axes, shape.len())?,
        None => (0..shape.len()).filter(|&axis| shape[axis] == 1).collect(),
    };
    if let Some(&axis) = axes.iter().find(|&&axis| shape[axis] != 1) {
        return bad(format!("axis {axis} of {shape:?} cannot go"));
    }
    let left = (0..shape.len()).filter(|axis| !axes.contains(axis)).map(|axis| shape[axis]);
    let left: Vec<_> = left.collect();
    Ok(vec![site.reshape(input, left)?])
}

pub(in super::super) fn unsqueeze(site: &mut Site<'_>) -> Imported {
    let input = site.input(0)?;
    let Some(axes) = site.ints_or_input("axes", 1)? else { return bad("has no axes") };
    let mut shape = site.shape(input);
    for axis in axes_of(&axes, shape.len() + axes.len())? {
        shape.insert(axis, 1);
    }
    Ok(vec![site.reshape(input, shape)?])
}

/// Outside of training it does nothing.
pub(in super::super) fn dropout(site: &mut Site<'_>) -> Imported {
    if let Some(training) = site.optional(2) {
        let is_off = site.graph.constant(training).is_some_and(
            |tensor| matches!(&tensor.data, crate::tensor::Data::Bool(flags) if flags == &[false]),
        );
        if !is_off {
            return unclaimed("in training");
        }
    }
    super::same(site)
}

pub(in super::super) fn transpose(site: &mut Site<'_>) -> Imported {
    let input = site.input(0)?;
    let rank = site.shape(input).len();
    let order = match site.ints("perm") {
        Some(order) => order.iter().map(|&axis| axis_of(axis, rank)).collect::<Result<_, _>>()?,
        None => (0..rank).rev().collect(),
    };
    Ok(vec![site.transpose(input, order)?])
}

/// What both of these say: pictures, and the side of a block.
fn blocks(site: &Site<'_>) -> Result<([usize; 4], usize), Refusal> {
    let shape = site.shape(site.input(0)?);
    let block = size_of(site.int("blocksize", 0))?;
    match *shape.as_slice() {
        [n, c, h, w] if block > 0 => Ok(([n, c, h, w], block)),
        _ => bad(format!("blocks of {block} in {shape:?}")),
    }
}

pub(in super::super) fn depth_to_space(site: &mut Site<'_>) -> Imported {
    let ([n, c, h, w], block) = blocks(site)?;
    let depth = c / block / block;
    let (split, order) = match site.text("mode", "DCR") {
        "DCR" => ([n, block, block, depth, h, w], [0, 3, 4, 1, 5, 2]),
        "CRD" => ([n, depth, block, block, h, w], [0, 1, 4, 2, 5, 3]),
        other => return bad(format!("mode {other:?}")),
    };
    let input = site.input(0)?;
    let split = site.reshape(input, split)?;
    let turned = site.transpose(split, order.to_vec())?;
    Ok(vec![site.reshape(turned, [n, depth, h * block, w * block])?])
}

pub(in super::super) fn space_to_depth(site: &mut Site<'_>) -> Imported {
    let ([n, c, h, w], block) = blocks(site)?;
    let (high, wide) = (h / block, w / block);
    let order = match site.text("mode", "DCR") {
        "DCR" => [0, 3, 5, 1, 2, 4],
        "CRD" => [0, 1, 3, 5, 2, 4],
        other => return bad(format!("mode {other:?}")),
    };
    let input = site.input(0)?;
    let split = site.reshape(input, [n, c, high, block, wide, block])?;
    let turned = site.transpose(split, order.to_vec())?;
    Ok(vec![site.reshape(turned, [n, c * block * block, high, wide])?])
}

/// Broadcasts both ways: the shape may be smaller than the input's.
pub(in super::super) fn expand(site: &mut Site<'_>) -> Imported {
    let input = site.input(0)?;
    let Some(shape) = site.integers(1)? else { return bad("has no shape") };
    let shape = shape.into_iter().map(size_of).collect::<Result<Vec<_>, _>>()?;
    let shape = broadcast_shape(&site.shape(input), &shape)?;
    Ok(vec![site.add(Op::Expand(Expand { shape }), &[input])?])
}

/// Repeated along each axis: an axis of 1 put in front of it, expanded, and made one with it.
pub(in super::super) fn tile(site: &mut Site<'_>) -> Imported {
    let input = site.input(0)?;
    let Some(repeats) = site.integers(1)? else { return bad("has no repeats") };
    let own = site.shape(input);
    if repeats.len() != own.len() {
        return bad(format!("{} repeats for {own:?}", repeats.len()));
    }
    let (mut split, mut repeated, mut shape) = (Vec::new(), Vec::new(), Vec::new());
    for (&size, repeat) in own.iter().zip(repeats) {
        let repeat = size_of(repeat)?;
        if repeat != 1 {
            split.push(1);
            repeated.push(repeat);
        }
        // An axis of 1 needs no other one behind it.
        if repeat == 1 || size != 1 {
            split.push(size);
            repeated.push(size);
        }
        shape.push(size.saturating_mul(repeat));
    }
    let split = site.reshape(input, split)?;
    let repeated = site.add(Op::Expand(Expand { shape: repeated }), &[split])?;
    Ok(vec![site.reshape(repeated, shape)?])
}
