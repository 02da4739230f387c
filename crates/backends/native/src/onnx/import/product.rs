//! Products of matrices.

use super::super::site::{Imported, Refusal, Site, bad};
use crate::graph::ValueId;
use crate::ops::{Binary, MatMul, Op};
use crate::tensor::ElementType;

/// A vector is a row on the left and a column on the right, and its axis does not come back.
pub(in super::super) fn matmul(site: &mut Site<'_>) -> Imported {
    let (a, b) = (site.input(0)?, site.input(1)?);
    let (shape_a, shape_b) = (site.shape(a), site.shape(b));
    let left = match *shape_a.as_slice() {
        [k] => site.reshape(a, [1, k])?,
        _ => a,
    };
    let right = match *shape_b.as_slice() {
        [k] => site.reshape(b, [k, 1])?,
        _ => b,
    };
    let made = site.add(Op::MatMul(MatMul), &[left, right])?;
    let mut shape = site.shape(made);
    if shape_a.len() == 1 {
        shape.remove(shape.len() - 2);
    }
    if shape_b.len() == 1 {
        shape.pop();
    }
    Ok(vec![site.reshape(made, shape)?])
}

/// `alpha * a * b + beta * c`, each of both transposed where it is asked for.
pub(in super::super) fn gemm(site: &mut Site<'_>) -> Imported {
    let (a, b) = (site.input(0)?, site.input(1)?);
    let a = oriented(site, a, "transA")?;
    let mut b = oriented(site, b, "transB")?;
    let alpha = site.float("alpha", 1.0);
    // On the side that is constant, if one is.
    let is_folded = site.graph.constant(b).is_some();
    if is_folded {
        b = times(site, b, alpha)?;
    }
    let mut made = site.add(Op::MatMul(MatMul), &[a, b])?;
    if !is_folded {
        made = times(site, made, alpha)?;
    }
    let Some(c) = site.optional(2) else { return Ok(vec![made]) };
    let beta = site.float("beta", 1.0);
    let c = times(site, c, beta)?;
    let sum = site.add(Op::Binary(Binary::Add), &[made, c])?;
    match site.shape(sum) == site.shape(made) {
        true => Ok(vec![sum]),
        false => bad(format!("c {:?} does not broadcast to {:?}", site.shape(c), site.shape(made))),
    }
}

fn oriented(site: &mut Site<'_>, id: ValueId, flag: &str) -> Result<ValueId, Refusal> {
    match site.shape(id).len() {
        2 if site.flag(flag, false) => site.transpose(id, vec![1, 0]),
        2 => Ok(id),
        _ => bad(format!("{} is no matrix", site.tensor_type(id))),
    }
}

fn times(site: &mut Site<'_>, id: ValueId, factor: f32) -> Result<ValueId, Refusal> {
    if factor == 1.0 {
        return Ok(id);
    }
    let factor = site.scalar(ElementType::F32, factor);
    site.add(Op::Binary(Binary::Mul), &[id, factor])
}
