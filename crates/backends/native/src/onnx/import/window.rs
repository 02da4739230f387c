//! Windows that slide over pictures, for convolutions and pools: ONNX's attributes made plain, one spatial axis made two.

use super::super::site::{Refusal, Site, bad, size_of, unclaimed};
use crate::graph::ValueId;
use crate::ops::windows;

/// What the attributes of a window say; vertical first.
#[derive(Clone, Debug)]
pub(super) struct Window {
    pub(super) kernel: [usize; 2],
    pub(super) strides: [usize; 2],
    pub(super) dilations: [usize; 2],
    /// Top, left, bottom, right.
    pub(super) pads: [usize; 4],
    pub(super) padding: Padding,
}

/// Who decides on pads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Padding {
    /// `pads` does.
    Explicit,
    /// As many as keep the size over the stride; an odd one at the end.
    SameUpper,
    /// An odd one at the start.
    SameLower,
}

/// Pictures with two spatial axes, and how many they had.
pub(super) struct Pictures {
    pub(super) id: ValueId,
    /// Height and width.
    pub(super) size: [usize; 2],
    spatial_axes: usize,
}

impl Pictures {
    /// `[n, c, w]` becomes `[n, c, 1, w]`.
    pub(super) fn of(site: &mut Site<'_>, id: ValueId) -> Result<Self, Refusal> {
        match *site.shape(id).as_slice() {
            [n, c, w] => Ok(Self { id: site.reshape(id, [n, c, 1, w])?, size: [1, w], spatial_axes: 1 }),
            [_, _, h, w] => Ok(Self { id, size: [h, w], spatial_axes: 2 }),
            ref shape => unclaimed(format!("pictures {shape:?} with other than one or two spatial axes")),
        }
    }

    /// The way back, for what was made of them.
    pub(super) fn give_back(&self, site: &mut Site<'_>, made: ValueId) -> Result<ValueId, Refusal> {
        match *site.shape(made).as_slice() {
            [n, c, _, w] if self.spatial_axes == 1 => site.reshape(made, [n, c, w]),
            _ => Ok(made),
        }
    }
}

impl Window {
    /// Reads the attributes; `kernel` is that of the weights, where there are any.
    pub(super) fn read(
        site: &Site<'_>,
        pictures: &Pictures,
        kernel: Option<[usize; 2]>,
    ) -> Result<Self, Refusal> {
        let axes = pictures.spatial_axes;
        let kernel = match (pair(site, "kernel_shape", axes)?, kernel) {
            (Some(said), Some(kernel)) if said != kernel => {
                return bad(format!("kernel_shape {said:?} is not that of the weights, {kernel:?}"));
            }
            (Some(kernel), _) | (None, Some(kernel)) => kernel,
            (None, None) => return bad("has no kernel_shape"),
        };
        let strides = pair(site, "strides", axes)?.unwrap_or([1, 1]);
        let dilations = pair(site, "dilations", axes)?.unwrap_or([1, 1]);
        if [kernel, strides, dilations].concat().contains(&0) {
            return bad(format!("a kernel {kernel:?}, strides {strides:?} or dilations {dilations:?} of 0"));
        }
        let mut window = Self { kernel, strides, dilations, pads: [0; 4], padding: Padding::Explicit };
        match site.text("auto_pad", "NOTSET") {
            "NOTSET" => window.pads = pads(site, axes)?,
            "VALID" => {}
            "SAME_UPPER" => window.padding = Padding::SameUpper,
            "SAME_LOWER" => window.padding = Padding::SameLower,
            other => return bad(format!("auto_pad {other:?}")),
        }
        if window.padding != Padding::Explicit {
            for (axis, &size) in pictures.size.iter().enumerate() {
                let out = size.div_ceil(strides[axis]);
                let reach = out.saturating_sub(1) * strides[axis] + window.extent(axis);
                window.share(axis, reach.saturating_sub(size));
            }
        }
        Ok(window)
    }

    /// How far the kernel reaches along an axis, dilated.
    pub(super) fn extent(&self, axis: usize) -> usize {
        (self.kernel[axis] - 1) * self.dilations[axis] + 1
    }

    /// Shares pads among both ends of an axis.
    pub(super) fn share(&mut self, axis: usize, pads: usize) {
        let (less, more) = (pads / 2, pads - pads / 2);
        let (before, after) = if self.padding == Padding::SameLower { (more, less) } else { (less, more) };
        self.pads[axis] = before;
        self.pads[axis + 2] = after;
    }

    /// How many windows there are along an axis of this size.
    pub(super) fn count(&self, axis: usize, size: usize) -> Result<usize, Refusal> {
        let pads = [self.pads[axis], self.pads[axis + 2]];
        match windows(size, self.kernel[axis], self.strides[axis], self.dilations[axis], pads) {
            Some(count) => Ok(count),
            None => bad(format!("a kernel of {} does not fit into {size} pixels", self.kernel[axis])),
        }
    }
}

/// A list with one number for each spatial axis.
pub(super) fn pair(site: &Site<'_>, name: &str, axes: usize) -> Result<Option<[usize; 2]>, Refusal> {
    let Some(numbers) = site.ints(name) else { return Ok(None) };
    match (axes, numbers) {
        (1, &[along]) => Ok(Some([1, size_of(along)?])),
        (2, &[down, along]) => Ok(Some([size_of(down)?, size_of(along)?])),
        _ => bad(format!("{name} {numbers:?} for {axes} spatial axes")),
    }
}

fn pads(site: &Site<'_>, axes: usize) -> Result<[usize; 4], Refusal> {
    match (axes, site.ints("pads")) {
        (_, None) => Ok([0; 4]),
        (_, Some(pads)) if pads.iter().any(|&pad| pad < 0) => unclaimed(format!("negative pads {pads:?}")),
        (1, Some(&[left, right])) => Ok([0, size_of(left)?, 0, size_of(right)?]),
        (2, Some(&[top, left, bottom, right])) => {
            Ok([size_of(top)?, size_of(left)?, size_of(bottom)?, size_of(right)?])
        }
        (_, Some(pads)) => bad(format!("pads {pads:?} for {axes} spatial axes")),
    }
}
