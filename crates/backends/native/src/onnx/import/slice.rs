//! Parts of tensors, and tensors put together.

use super::super::site::{Imported, Refusal, Site, axes_of, axis_of, bad, size_of};
use crate::graph::ValueId;
use crate::ops::{Concat, Op, Pad, PadMode, Slice};

/// A part along some axes: all of the others.
struct Part(Slice);

impl Part {
    fn whole(shape: &[usize]) -> Self {
        Self(Slice { starts: vec![0; shape.len()], steps: vec![1; shape.len()], sizes: shape.to_vec() })
    }

    fn add(self, site: &mut Site<'_>, input: ValueId) -> Result<ValueId, Refusal> {
        match self.0.sizes == site.shape(input) && self.0.steps.iter().all(|&step| step == 1) {
            true => Ok(input),
            false => site.add(Op::Slice(self.0), &[input]),
        }
    }
}

pub(in super::super) fn slice(site: &mut Site<'_>) -> Imported {
    let input = site.input(0)?;
    let shape = site.shape(input);
    let (starts, ends) = (site.ints_or_input("starts", 1)?, site.ints_or_input("ends", 2)?);
    let (Some(starts), Some(ends)) = (starts, ends) else { return bad("has no starts or ends") };
    let axes = site.ints_or_input("axes", 3)?.unwrap_or_else(|| (0..starts.len() as i64).collect());
    let steps = site.integers(4)?.unwrap_or_else(|| vec![1; starts.len()]);
    if [ends.len(), axes.len(), steps.len()] != [starts.len(); 3] {
        return bad(format!("starts {starts:?}, ends {ends:?}, axes {axes:?}, steps {steps:?}"));
    }
    axes_of(&axes, shape.len())?;
    let mut part = Part::whole(&shape);
    for (n, &axis) in axes.iter().enumerate() {
        let axis = axis_of(axis, shape.len())?;
        let (start, count) = range(starts[n], ends[n], steps[n], shape[axis] as i64)?;
        part.0.starts[axis] = start;
        // A step that is never taken may be longer than anything.
        part.0.steps[axis] = if count > 1 { steps[n] as isize } else { 1 };
        part.0.sizes[axis] = count;
    }
    Ok(vec![part.add(site, input)?])
}

/// Where a range starts and how many it takes: numpy's rules, below 0 counts from the end, outside is cut off.
fn range(start: i64, end: i64, step: i64, size: i64) -> Result<(usize, usize), Refusal> {
    let from_start = |at: i64| if at < 0 { at.saturating_add(size) } else { at };
    let (lowest, highest) = if step > 0 { (0, size) } else { (-1, size - 1) };
    let start = from_start(start).clamp(lowest.max(0), highest.max(0));
    let end = from_start(end).clamp(lowest, highest.max(lowest));
    let count = match step {
        0 => return bad("a step of 0"),
        1.. => (end - start).max(0).checked_add(step - 1).map_or(1, |reach| reach / step),
        _ => match (start - end).max(0) {
            0 => 0,
            reach => (reach - 1) / step.saturating_neg() + 1,
        },
    };
    let count = if size == 0 || start == end { 0 } else { count };
    Ok((if count == 0 { 0 } else { start as usize }, count as usize))
}

/// A slice for each output.
pub(in super::super) fn split(site: &mut Site<'_>) -> Imported {
    let input = site.input(0)?;
    let shape = site.shape(input);
    let axis = axis_of(site.int("axis", 0), shape.len())?;
    let sizes = match site.ints_or_input("split", 1)? {
        Some(sizes) => sizes.into_iter().map(size_of).collect::<Result<Vec<_>, _>>()?,
        None => equal_parts(site, shape[axis])?,
    };
    if sizes.iter().sum::<usize>() != shape[axis] {
        return bad(format!("parts {sizes:?} of axis {axis} of {shape:?}"));
    }
    let mut outputs = Vec::with_capacity(sizes.len());
    let mut start = 0;
    for size in sizes {
        let mut part = Part::whole(&shape);
        part.0.starts[axis] = if size == 0 { 0 } else { start };
        part.0.sizes[axis] = size;
        outputs.push(part.add(site, input)?);
        start += size;
    }
    Ok(outputs)
}

/// As many as there are outputs; the last one is smaller where they do not fit.
fn equal_parts(site: &Site<'_>, size: usize) -> Result<Vec<usize>, Refusal> {
    let outputs = site.node.outputs.len();
    let count = size_of(site.int("num_outputs", outputs as i64))?;
    if count == 0 || count != outputs {
        return bad(format!("{count} parts for {outputs} outputs"));
    }
    let each = size.div_ceil(count);
    Ok((0..count).map(|n| size.saturating_sub(n * each).min(each)).collect())
}

pub(in super::super) fn concat(site: &mut Site<'_>) -> Imported {
    let inputs = (0..site.inputs.len()).map(|index| site.input(index)).collect::<Result<Vec<_>, _>>()?;
    let Some(axis) = site.attribute("axis").and_then(|axis| axis.integer) else { return bad("has no axis") };
    let axis = axis_of(axis, site.shape(site.input(0)?).len())?;
    match *inputs.as_slice() {
        [only] => Ok(vec![only]),
        _ => Ok(vec![site.add(Op::Concat(Concat { axis }), &inputs)?]),
    }
}

pub(in super::super) fn pad(site: &mut Site<'_>) -> Imported {
    let input = site.input(0)?;
    let shape = site.shape(input);
    let mode = match site.text("mode", "constant") {
        "constant" => PadMode::Constant,
        "edge" => PadMode::Edge,
        "reflect" => PadMode::Reflect,
        "wrap" => PadMode::Wrap,
        other => return bad(format!("mode {other:?}")),
    };
    let Some(pads) = site.ints_or_input("pads", 1)? else { return bad("has no pads") };
    let axes = match site.integers(3)? {
        Some(axes) => axes.iter().map(|&axis| axis_of(axis, shape.len())).collect::<Result<_, _>>()?,
        None => (0..shape.len()).collect::<Vec<_>>(),
    };
    if pads.len() != 2 * axes.len() {
        return bad(format!("{} pads for {} axes", pads.len(), axes.len()));
    }
    let (mut before, mut sizes) = (vec![0; shape.len()], shape.clone());
    for (n, &axis) in axes.iter().enumerate() {
        let [start, end] = [pads[n], pads[n + axes.len()]];
        for pad in [start, end] {
            size_of(pad.saturating_abs())?;
        }
        before[axis] = start as isize;
        sizes[axis] = size_of((sizes[axis] as i64 + start + end).max(0))?;
    }
    let value = match site.optional(2) {
        Some(value) => value,
        None => {
            let (element, value) = (site.element(input), site.float("value", 0.0));
            site.scalar(element, value)
        }
    };
    Ok(vec![site.add(Op::Pad(Pad { mode, before, sizes }), &[input, value])?])
}

#[cfg(test)]
mod tests {
    use super::range;

    #[test]
    fn ranges_are_numpys() {
        for (start, end, step, size, expected) in [
            (0, 5, 1, 5, (0, 5)),
            (1, 4, 2, 5, (1, 2)),
            (-3, i64::MAX, 1, 5, (2, 3)),
            (7, 9, 1, 5, (0, 0)),
            (3, 1, 1, 5, (0, 0)),
            (-1, i64::MIN, -1, 5, (4, 5)),
            (-1, 0, -2, 5, (4, 2)),
            (10, 1, -1, 5, (4, 3)),
            (0, 5, i64::MAX, 5, (0, 1)),
            (4, i64::MIN, i64::MIN, 5, (4, 1)),
            (0, 1, 1, 0, (0, 0)),
            (-1, -9, -1, 0, (0, 0)),
        ] {
            assert_eq!(range(start, end, step, size), Ok(expected), "{start}..{end} by {step} of {size}");
        }
        assert!(range(0, 1, 0, 5).is_err());
    }
}
