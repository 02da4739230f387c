//! Elements looked up by indices, and pictures by positions.

use super::super::site::{Imported, Refusal, Site, axis_of, bad, size_of, unclaimed};
use crate::graph::ValueId;
use crate::ops::{self, Edges, GridSample, Op, Outside, SampleMode};
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

pub(in super::super) fn grid_sample(site: &mut Site<'_>) -> Imported {
    let (pictures, grid) = (site.input(0)?, site.input(1)?);
    if site.shape(pictures).len() != 4 {
        return unclaimed(format!("{} with other than two spatial axes", site.tensor_type(pictures)));
    }
    let mode = match site.text("mode", "linear") {
        "linear" | "bilinear" => SampleMode::Linear,
        "nearest" => SampleMode::Nearest,
        other => return unclaimed(format!("mode {other}")),
    };
    let outside = match site.text("padding_mode", "zeros") {
        "zeros" => Outside::Zeros,
        "border" => Outside::Border,
        "reflection" => Outside::Reflection,
        other => return bad(format!("padding_mode {other:?}")),
    };
    let edges = if site.flag("align_corners", false) { Edges::PixelCentres } else { Edges::PixelSides };
    Ok(vec![site.add(Op::GridSample(GridSample { mode, outside, edges }), &[pictures, grid])?])
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
