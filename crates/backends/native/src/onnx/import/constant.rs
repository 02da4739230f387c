//! What depends on no element of an input.

use super::super::site::{Imported, Site, bad, size_of, unclaimed};
use crate::ops::{Binary, Cast, CumSum, Direction, Expand, Op, OwnElement};
use crate::tensor::{Data, ElementType, Tensor};

pub(in super::super) fn constant(site: &mut Site<'_>) -> Imported {
    if let Some(tensor) = site.tensor("value")? {
        return Ok(vec![site.graph.add_constant(site.name, tensor)]);
    }
    let Some(attribute) = site.node.attributes.first() else { return bad("has no value") };
    let (shape, data) = match attribute.name {
        "value_float" => (vec![], Data::F32(vec![attribute.float.unwrap_or_default()])),
        "value_floats" => (vec![attribute.floats.len()], Data::F32(attribute.floats.clone())),
        "value_int" => (vec![], Data::I64(vec![attribute.integer.unwrap_or_default()])),
        "value_ints" => (vec![attribute.integers.len()], Data::I64(attribute.integers.clone())),
        _ => return bad("has no value"),
    };
    Ok(vec![site.constant(shape, data)])
}

/// One element, expanded: so the limits on what is folded hold of it too.
pub(in super::super) fn of_shape(site: &mut Site<'_>) -> Imported {
    let Some(shape) = site.integers(0)? else { return bad("has no shape") };
    let shape = shape.into_iter().map(size_of).collect::<Result<Vec<_>, _>>()?;
    let value = match site.tensor("value")? {
        Some(Tensor { shape, data }) if shape.iter().product::<usize>() == 1 => site.constant([], data),
        Some(tensor) => return bad(format!("a value {}", tensor.tensor_type())),
        None => site.scalar(ElementType::F32, 0.0),
    };
    Ok(vec![site.add(Op::Expand(Expand { shape }), &[value])?])
}

pub(in super::super) fn shape(site: &mut Site<'_>) -> Imported {
    let shape = site.shape(site.input(0)?);
    let rank = shape.len() as i64;
    let at = |axis: i64| (if axis < 0 { axis.saturating_add(rank) } else { axis }).clamp(0, rank) as usize;
    let (start, end) = (at(site.int("start", 0)), at(site.int("end", rank)));
    let sizes: Vec<_> = shape[start.min(end)..end].iter().map(|&size| size as i64).collect();
    Ok(vec![site.constant([sizes.len()], Data::I64(sizes))])
}

pub(in super::super) fn size(site: &mut Site<'_>) -> Imported {
    let elements = site.tensor_type(site.input(0)?).elements();
    Ok(vec![site.constant([], Data::I64(vec![elements as i64]))])
}

/// `start + n * delta`, where `n` is a sum of ones: so the limits on what is folded hold of it too.
pub(in super::super) fn range(site: &mut Site<'_>) -> Imported {
    let [start, limit, delta] = [site.input(0)?, site.input(1)?, site.input(2)?];
    let element = site.element(start);
    let numbers = match element {
        ElementType::F32 => {
            let mut numbers = [0.0; 3];
            for (index, number) in numbers.iter_mut().enumerate() {
                *number =
                    site.floats(index)?.and_then(|said| said.first().copied()).unwrap_or(f32::NAN).into();
            }
            numbers
        }
        ElementType::I64 | ElementType::I32 => {
            let mut numbers = [0.0; 3];
            for (index, number) in numbers.iter_mut().enumerate() {
                *number = site.integer(index)?.unwrap_or(0) as f64;
            }
            numbers
        }
        _ => return unclaimed(format!("a range of {element}")),
    };
    if site.element(limit) != element || site.element(delta) != element {
        return bad("start, limit and delta are not of one type");
    }
    let count = ((numbers[1] - numbers[0]) / numbers[2]).ceil();
    if !count.is_finite() {
        return bad(format!("from {} to {} by {}", numbers[0], numbers[1], numbers[2]));
    }
    let count = size_of(count.max(0.0) as i64)?;
    let one = site.scalar(ElementType::I64, 1.0);
    let ones = site.add(Op::Expand(Expand { shape: vec![count] }), &[one])?;
    let sum = CumSum { axis: 0, own: OwnElement::Excluded, direction: Direction::Forward };
    let places = site.add(Op::CumSum(sum), &[ones])?;
    let places = site.add(Op::Cast(Cast { to: element }), &[places])?;
    let (start, delta) = (site.reshape(start, [])?, site.reshape(delta, [])?);
    let steps = site.add(Op::Binary(Binary::Mul), &[places, delta])?;
    Ok(vec![site.add(Op::Binary(Binary::Add), &[steps, start])?])
}
