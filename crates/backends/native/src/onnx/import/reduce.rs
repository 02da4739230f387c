//! Many elements to one, and where they are.

use super::super::site::{Imported, Refusal, Site, axes_of, axis_of, bad, size_of};
use crate::graph::ValueId;
use crate::ops::{
    ArgReduce, Binary, CumSum, Direction, Extreme, OfEquals, Op, OwnElement, Reduce, ReduceKind, TopK, Unary,
};

/// What is reduced, and how its axes end.
struct Reduction {
    input: ValueId,
    axes: Vec<usize>,
    /// The output's shape: reduced axes stay with a size of 1, or go.
    shape: Vec<usize>,
}

impl Reduction {
    fn read(site: &Site<'_>) -> Result<Self, Refusal> {
        let input = site.input(0)?;
        let shape = site.shape(input);
        let axes = site.ints_or_input("axes", 1)?.unwrap_or_default();
        let axes = match axes.is_empty() && !site.flag("noop_with_empty_axes", false) {
            true => (0..shape.len()).collect(),
            false => axes_of(&axes, shape.len())?,
        };
        let keeps = site.flag("keepdims", true);
        let sizes = shape.iter().enumerate().filter_map(|(axis, &size)| match axes.contains(&axis) {
            true => keeps.then_some(1),
            false => Some(size),
        });
        let shape = sizes.collect();
        Ok(Self { input, axes, shape })
    }

    fn reduce(&self, site: &mut Site<'_>, kind: ReduceKind, id: ValueId) -> Result<ValueId, Refusal> {
        site.add(Op::Reduce(Reduce { kind, axes: self.axes.clone() }), &[id])
    }

    fn finish(&self, site: &mut Site<'_>, made: ValueId) -> Imported {
        Ok(vec![site.reshape(made, self.shape.clone())?])
    }
}

pub(in super::super) fn reduce(site: &mut Site<'_>, kind: ReduceKind) -> Imported {
    let reduction = Reduction::read(site)?;
    let made = reduction.reduce(site, kind, reduction.input)?;
    reduction.finish(site, made)
}

pub(in super::super) fn l1(site: &mut Site<'_>) -> Imported {
    let reduction = Reduction::read(site)?;
    let absolute = site.add(Op::Unary(Unary::Abs), &[reduction.input])?;
    let made = reduction.reduce(site, ReduceKind::Sum, absolute)?;
    reduction.finish(site, made)
}

fn squares(site: &mut Site<'_>, reduction: &Reduction) -> Result<ValueId, Refusal> {
    let squared = site.add(Op::Binary(Binary::Mul), &[reduction.input; 2])?;
    reduction.reduce(site, ReduceKind::Sum, squared)
}

pub(in super::super) fn l2(site: &mut Site<'_>) -> Imported {
    let reduction = Reduction::read(site)?;
    let sum = squares(site, &reduction)?;
    let made = site.add(Op::Unary(Unary::Sqrt), &[sum])?;
    reduction.finish(site, made)
}

pub(in super::super) fn sum_square(site: &mut Site<'_>) -> Imported {
    let reduction = Reduction::read(site)?;
    let made = squares(site, &reduction)?;
    reduction.finish(site, made)
}

pub(in super::super) fn log_sum(site: &mut Site<'_>) -> Imported {
    let reduction = Reduction::read(site)?;
    let sum = reduction.reduce(site, ReduceKind::Sum, reduction.input)?;
    let made = site.add(Op::Unary(Unary::Log), &[sum])?;
    reduction.finish(site, made)
}

/// About the largest element, so that no power is infinite; finite, so that it can be taken off.
pub(in super::super) fn log_sum_exp(site: &mut Site<'_>) -> Imported {
    let reduction = Reduction::read(site)?;
    let most = reduction.reduce(site, ReduceKind::Max, reduction.input)?;
    let most = site.add(Op::Unary(Unary::Clip { min: f32::MIN, max: f32::MAX }), &[most])?;
    let about = site.add(Op::Binary(Binary::Sub), &[reduction.input, most])?;
    let powers = site.add(Op::Unary(Unary::Exp), &[about])?;
    let sum = reduction.reduce(site, ReduceKind::Sum, powers)?;
    let logarithm = site.add(Op::Unary(Unary::Log), &[sum])?;
    let made = site.add(Op::Binary(Binary::Add), &[logarithm, most])?;
    reduction.finish(site, made)
}

pub(in super::super) fn arg(site: &mut Site<'_>, extreme: Extreme) -> Imported {
    let input = site.input(0)?;
    let mut shape = site.shape(input);
    let axis = axis_of(site.int("axis", 0), shape.len())?;
    let of_equals = if site.flag("select_last_index", false) { OfEquals::Last } else { OfEquals::First };
    let made = site.add(Op::ArgReduce(ArgReduce { extreme, axis, of_equals }), &[input])?;
    if !site.flag("keepdims", true) {
        shape.remove(axis);
        return Ok(vec![site.reshape(made, shape)?]);
    }
    Ok(vec![made])
}

pub(in super::super) fn top_k(site: &mut Site<'_>) -> Imported {
    let input = site.input(0)?;
    let axis = axis_of(site.int("axis", -1), site.shape(input).len())?;
    let count = if site.opset < 10 { Some(site.int("k", -1)) } else { site.integer(1)? };
    let Some(count) = count else { return bad("does not say how many") };
    let extreme = if site.flag("largest", true) { Extreme::Largest } else { Extreme::Smallest };
    let op = TopK { extreme, axis, count: size_of(count)? };
    Ok(site.graph.add(site.name, Op::TopK(op), &[input])?)
}

pub(in super::super) fn cum_sum(site: &mut Site<'_>) -> Imported {
    let input = site.input(0)?;
    let Some(axis) = site.integer(1)? else { return bad("has no axis") };
    let axis = axis_of(axis, site.shape(input).len())?;
    let own = if site.flag("exclusive", false) { OwnElement::Excluded } else { OwnElement::Included };
    let direction = if site.flag("reverse", false) { Direction::Backward } else { Direction::Forward };
    Ok(vec![site.add(Op::CumSum(CumSum { axis, own, direction }), &[input])?])
}
