//! Convolutions.

use super::super::site::{Imported, Refusal, Site, bad, size_of};
use super::window::{Padding, Pictures, Window, pair};
use crate::graph::ValueId;
use crate::ops::{self, Epilogue, Op};
use crate::tensor::Data;

pub(in super::super) fn conv(site: &mut Site<'_>) -> Imported {
    let pictures = site.input(0)?;
    let pictures = Pictures::of(site, pictures)?;
    let weights = weights(site)?;
    let window = Window::read(site, &pictures, Some(weights.kernel))?;
    let bias = bias(site, weights.shape[0])?;
    let op = ops::Conv {
        strides: window.strides,
        dilations: window.dilations,
        pads: window.pads,
        groups: size_of(site.int("group", 1))?,
        epilogue: Epilogue::default(),
    };
    let made = site.add(Op::Conv(op), &[pictures.id, weights.id, bias])?;
    Ok(vec![pictures.give_back(site, made)?])
}

pub(in super::super) fn conv_transpose(site: &mut Site<'_>) -> Imported {
    let pictures = site.input(0)?;
    let pictures = Pictures::of(site, pictures)?;
    let weights = weights(site)?;
    let mut window = Window::read(site, &pictures, Some(weights.kernel))?;
    let groups = size_of(site.int("group", 1))?;
    let axes = site.shape(site.input(0)?).len() - 2;
    let added = pair(site, "output_padding", axes)?.unwrap_or([0, 0]);
    // For one spatial axis the other has a size of 1, which `pair` says.
    let added = if axes == 1 { [0, added[1]] } else { added };
    let wanted = pair(site, "output_shape", axes)?;
    let mut output = [0; 2];
    for axis in 0..2 {
        // All that the kernel reaches, of which pads cut off at both ends.
        let steps = pictures.size[axis].saturating_sub(1) * window.strides[axis];
        let whole = steps + window.extent(axis) + added[axis];
        let same = pictures.size[axis] * window.strides[axis];
        let wanted = wanted.map(|wanted| wanted[axis]);
        output[axis] = match (wanted, window.padding) {
            (Some(wanted), _) => wanted,
            (None, Padding::SameUpper | Padding::SameLower) => same,
            (None, Padding::Explicit) => {
                let pads = window.pads[axis] + window.pads[axis + 2];
                whole.checked_sub(pads).ok_or_else(|| Refusal::Bad(format!("pads {:?}", window.pads)))?
            }
        };
        if wanted.is_some() || window.padding != Padding::Explicit {
            window.share_of_transpose(axis, whole.saturating_sub(output[axis]));
        }
    }
    let bias = bias(site, weights.shape[1].saturating_mul(groups))?;
    let op = ops::ConvTranspose {
        strides: window.strides,
        dilations: window.dilations,
        pads: [window.pads[0], window.pads[1]],
        groups,
        output,
    };
    let made = site.add(Op::ConvTranspose(op), &[pictures.id, weights.id, bias])?;
    Ok(vec![pictures.give_back(site, made)?])
}

impl Window {
    /// Shares what is cut off: ONNX has the odd one at the start but for `SAME_UPPER`.
    fn share_of_transpose(&mut self, axis: usize, pads: usize) {
        let less = pads / 2;
        let before = if self.padding == Padding::SameUpper { less } else { pads - less };
        self.pads[axis] = before;
        self.pads[axis + 2] = pads - before;
    }
}

struct Weights {
    id: ValueId,
    /// With two spatial axes.
    shape: [usize; 4],
    kernel: [usize; 2],
}

fn weights(site: &mut Site<'_>) -> Result<Weights, Refusal> {
    let id = site.input(1)?;
    let shape = match *site.shape(id).as_slice() {
        [m, c, w] => [m, c, 1, w],
        [m, c, h, w] => [m, c, h, w],
        ref shape => return bad(format!("weights {shape:?} do not fit the pictures")),
    };
    let id = site.reshape(id, shape)?;
    Ok(Weights { id, shape, kernel: [shape[2], shape[3]] })
}

/// The biases, or zeros where there are none.
fn bias(site: &mut Site<'_>, channels: usize) -> Result<ValueId, Refusal> {
    match site.optional(2) {
        Some(bias) => Ok(bias),
        // As many as there are weights, or none.
        None if channels <= site.tensor_type(site.input(1)?).elements() => {
            Ok(site.constant([channels], Data::F32(vec![0.0; channels])))
        }
        None => bad(format!("weights without elements for {channels} channels")),
    }
}
