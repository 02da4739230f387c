//! Functions of each element, of two tensors' elements, and of many.

use super::super::constants::{element_type, type_name};
use super::super::site::{Imported, Refusal, Site, bad, unclaimed};
use crate::graph::ValueId;
use crate::ops::{Binary, Cast, Op, Unary, Where};
use crate::tensor::ElementType;

pub(in super::super) fn unary(site: &mut Site<'_>, function: Unary) -> Imported {
    let input = site.input(0)?;
    Ok(vec![site.add(Op::Unary(function), &[input])?])
}

pub(in super::super) fn binary(site: &mut Site<'_>, function: Binary) -> Imported {
    let (a, b) = (site.input(0)?, site.input(1)?);
    Ok(vec![site.add(Op::Binary(function), &[a, b])?])
}

pub(in super::super) fn is_inf(site: &mut Site<'_>) -> Imported {
    let (positive, negative) = (site.flag("detect_positive", true), site.flag("detect_negative", true));
    unary(site, Unary::IsInf { positive, negative })
}

pub(in super::super) fn leaky_relu(site: &mut Site<'_>) -> Imported {
    let alpha = site.float("alpha", 0.01);
    unary(site, Unary::LeakyRelu { alpha })
}

pub(in super::super) fn hard_sigmoid(site: &mut Site<'_>) -> Imported {
    let (alpha, beta) = (site.float("alpha", 0.2), site.float("beta", 0.5));
    unary(site, Unary::HardSigmoid { alpha, beta })
}

pub(in super::super) fn elu(site: &mut Site<'_>) -> Imported {
    let alpha = site.float("alpha", 1.0);
    unary(site, Unary::Elu { alpha })
}

pub(in super::super) fn celu(site: &mut Site<'_>) -> Imported {
    let alpha = site.float("alpha", 1.0);
    unary(site, Unary::Celu { alpha })
}

pub(in super::super) fn selu(site: &mut Site<'_>) -> Imported {
    // The constants of the paper, as ONNX gives them.
    let (alpha, gamma) = (site.float("alpha", 1.673_263_2), site.float("gamma", 1.050_701));
    unary(site, Unary::Selu { alpha, gamma })
}

pub(in super::super) fn thresholded_relu(site: &mut Site<'_>) -> Imported {
    let alpha = site.float("alpha", 1.0);
    unary(site, Unary::ThresholdedRelu { alpha })
}

pub(in super::super) fn shrink(site: &mut Site<'_>) -> Imported {
    let (lambda, bias) = (site.float("lambd", 0.5), site.float("bias", 0.0));
    unary(site, Unary::Shrink { lambda, bias })
}

pub(in super::super) fn gelu(site: &mut Site<'_>) -> Imported {
    match site.text("approximate", "none") {
        "none" => unary(site, Unary::Gelu),
        "tanh" => unary(site, Unary::GeluTanh),
        other => bad(format!("approximate {other:?}")),
    }
}

/// `x * sigmoid(alpha * x)`
pub(in super::super) fn swish(site: &mut Site<'_>) -> Imported {
    let alpha = site.float("alpha", 1.0);
    if alpha == 1.0 {
        return unary(site, Unary::Silu);
    }
    let input = site.input(0)?;
    let alpha = site.scalar(ElementType::F32, alpha);
    let scaled = site.add(Op::Binary(Binary::Mul), &[input, alpha])?;
    let share = site.add(Op::Unary(Unary::Sigmoid), &[scaled])?;
    Ok(vec![site.add(Op::Binary(Binary::Mul), &[input, share])?])
}

/// Limits that are known are one function; those that are computed, and those of integers, are two of two tensors.
pub(in super::super) fn clip(site: &mut Site<'_>) -> Imported {
    let input = site.input(0)?;
    let limits = [site.optional(1), site.optional(2)];
    let known = |limit: Option<ValueId>| limit.is_none_or(|limit| site.graph.constant(limit).is_some());
    if site.element(input) == ElementType::F32 && limits.into_iter().all(known) {
        let limit = |index: usize, name: &str, none: f32| match site.floats(index)?.as_deref() {
            None => Ok(site.float(name, none)),
            Some(&[limit]) => Ok(limit),
            Some(limits) => bad(format!("a limit of {} numbers", limits.len())),
        };
        let (min, max) = (limit(1, "min", f32::NEG_INFINITY)?, limit(2, "max", f32::INFINITY)?);
        if min.is_nan() || max.is_nan() {
            return bad("a limit that is no number");
        }
        return unary(site, Unary::Clip { min, max });
    }
    let mut made = input;
    for (limit, function) in limits.into_iter().zip([Binary::Max, Binary::Min]) {
        if let Some(limit) = limit {
            made = site.add(Op::Binary(function), &[made, limit])?;
        }
    }
    match site.shape(made) == site.shape(input) {
        true => Ok(vec![made]),
        false => bad("limits that are no scalars"),
    }
}

fn cast_to(site: &mut Site<'_>, input: ValueId, to: ElementType) -> Result<ValueId, Refusal> {
    if site.element(input) == to {
        return Ok(input);
    }
    site.add(Op::Cast(Cast { to }), &[input])
}

pub(in super::super) fn cast(site: &mut Site<'_>) -> Imported {
    let number = site.int("to", 0);
    let Some(to) = element_type(number) else {
        return unclaimed(format!("a cast to {}", type_name(number)));
    };
    let input = site.input(0)?;
    Ok(vec![cast_to(site, input, to)?])
}

pub(in super::super) fn cast_like(site: &mut Site<'_>) -> Imported {
    let (input, like) = (site.input(0)?, site.input(1)?);
    let to = site.element(like);
    Ok(vec![cast_to(site, input, to)?])
}

/// The exponent may be of another type than the base, which the result is of.
pub(in super::super) fn pow(site: &mut Site<'_>) -> Imported {
    let (base, exponent) = (site.input(0)?, site.input(1)?);
    let (own, other) = (site.element(base), site.element(exponent));
    // Floats where there are any: an integer to the power of a half.
    let common = if other == ElementType::F32 { other } else { own };
    let (base, exponent) = (cast_to(site, base, common)?, cast_to(site, exponent, common)?);
    let made = site.add(Op::Binary(Binary::Pow), &[base, exponent])?;
    Ok(vec![cast_to(site, made, own)?])
}

pub(in super::super) fn modulo(site: &mut Site<'_>) -> Imported {
    let function = if site.flag("fmod", false) { Binary::Fmod } else { Binary::Mod };
    binary(site, function)
}

/// The slope broadcasts to the input, not the other way round.
pub(in super::super) fn prelu(site: &mut Site<'_>) -> Imported {
    let made = binary(site, Binary::PRelu)?;
    match site.shape(made[0]) == site.shape(site.input(0)?) {
        true => Ok(made),
        false => bad("a slope that does not broadcast to the input"),
    }
}

/// A function of two applied to any number.
pub(in super::super) fn chain(site: &mut Site<'_>, function: Binary) -> Imported {
    let mut made = site.input(0)?;
    for index in 1..site.inputs.len() {
        let next = site.input(index)?;
        made = site.add(Op::Binary(function), &[made, next])?;
    }
    Ok(vec![made])
}

pub(in super::super) fn mean(site: &mut Site<'_>) -> Imported {
    let sum = chain(site, Binary::Add)?[0];
    let count = site.scalar(ElementType::F32, site.inputs.len() as f32);
    Ok(vec![site.add(Op::Binary(Binary::Div), &[sum, count])?])
}

pub(in super::super) fn select(site: &mut Site<'_>) -> Imported {
    let inputs = [site.input(0)?, site.input(1)?, site.input(2)?];
    Ok(vec![site.add(Op::Where(Where), &inputs)?])
}
