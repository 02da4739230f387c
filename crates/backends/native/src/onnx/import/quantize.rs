//! Small integers.

use super::super::constants::{element_type, type_name};
use super::super::site::{Imported, Refusal, Site, axis_of, unclaimed};
use crate::graph::ValueId;
use crate::ops::{Dequantize, Op, Quantize};
use crate::tensor::{ElementType, Tensor, TensorType};

pub(in super::super) fn quantize(site: &mut Site<'_>) -> Imported {
    let (input, scale) = (site.input(0)?, site.input(1)?);
    let axis = axis(site, input, scale)?;
    let zero = match (site.optional(2), site.int("output_dtype", 0)) {
        (Some(zero), _) => zero,
        (None, 0) => zeros(site, scale, ElementType::U8),
        (None, number) => match element_type(number) {
            Some(element) => zeros(site, scale, element),
            None => return unclaimed(format!("to {}", type_name(number))),
        },
    };
    let to = site.element(zero);
    if !matches!(to, ElementType::U8 | ElementType::I8) {
        return unclaimed(format!("to {to}"));
    }
    Ok(vec![site.add(Op::Quantize(Quantize { axis }), &[input, scale, zero])?])
}

pub(in super::super) fn dequantize(site: &mut Site<'_>) -> Imported {
    let (input, scale) = (site.input(0)?, site.input(1)?);
    if !matches!(site.int("output_dtype", 0), 0 | 1) {
        return unclaimed("to another type than f32");
    }
    let axis = axis(site, input, scale)?;
    let zero = match site.optional(2) {
        Some(zero) => zero,
        None => zeros(site, scale, site.element(input)),
    };
    Ok(vec![site.add(Op::Dequantize(Dequantize { axis }), &[input, scale, zero])?])
}

/// The axis that scales are along; it means nothing where there is one for all.
fn axis(site: &Site<'_>, input: ValueId, scale: ValueId) -> Result<usize, Refusal> {
    if site.int("block_size", 0) != 0 {
        return unclaimed("in blocks");
    }
    match site.tensor_type(scale).elements() {
        1 => Ok(0),
        _ => axis_of(site.int("axis", 1), site.shape(input).len()),
    }
}

fn zeros(site: &mut Site<'_>, like: ValueId, element: ElementType) -> ValueId {
    let zeros = Tensor::zeros(&TensorType::new(element, site.shape(like)));
    site.graph.add_constant(site.name, zeros)
}
