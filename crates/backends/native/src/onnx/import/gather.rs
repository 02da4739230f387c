//! Elements looked up by indices.

use super::super::site::{Imported, Refusal, Site, axis_of, bad, size_of};
use crate::graph::ValueId;
use crate::ops::{self, Op};
use crate::tensor::Data;

pub(in super::super) fn gather(site: &mut Site<'_>) -> Imported {
    let (data, indices) = (site.input(0)?, site.input(1)?);
    let shape = site.shape(data);
    let axis = axis_of(site.int("axis", 0), shape.len())?;
    check_indices(site, indices, |_| shape[axis])?;
    Ok(vec![site.add(Op::Gather(ops::Gather { axis }), &[data, indices])?])
}

pub(in super::super) fn gather_elements(site: &mut Site<'_>) -> Imported {
    let (data, indices) = (site.input(0)?, site.input(1)?);
    let shape = site.shape(data);
    let axis = axis_of(site.int("axis", 0), shape.len())?;
    check_indices(site, indices, |_| shape[axis])?;
    Ok(vec![site.add(Op::GatherElements(ops::GatherElements { axis }), &[data, indices])?])
}

pub(in super::super) fn gather_nd(site: &mut Site<'_>) -> Imported {
    let (data, indices) = (site.input(0)?, site.input(1)?);
    let shape = site.shape(data);
    let batch_axes = size_of(site.int("batch_dims", 0))?;
    if let Some(&depth) = site.shape(indices).last().filter(|&&depth| depth > 0) {
        // An axis that is not there is refused with the types.
        check_indices(site, indices, |n| *shape.get(batch_axes + n % depth).unwrap_or(&usize::MAX))?;
    }
    Ok(vec![site.add(Op::GatherNd(ops::GatherNd { batch_axes }), &[data, indices])?])
}

/// Indices that are known lie inside; `size` is that of the axis which the n-th one is of.
fn check_indices(site: &Site<'_>, indices: ValueId, size: impl Fn(usize) -> usize) -> Result<(), Refusal> {
    let Some(tensor) = site.graph.constant(indices) else { return Ok(()) };
    let is_inside = |(n, index): (usize, i64)| {
        let size = i64::try_from(size(n)).unwrap_or(i64::MAX);
        (-size..size).contains(&index)
    };
    let are_inside = match &tensor.data {
        Data::I64(data) => data.iter().copied().enumerate().all(is_inside),
        Data::I32(data) => data.iter().map(|&index| index.into()).enumerate().all(is_inside),
        _ => true,
    };
    if are_inside { Ok(()) } else { bad("an index outside of its axis") }
}
