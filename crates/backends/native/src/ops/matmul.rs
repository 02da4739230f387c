//! The product of matrices.

use super::{Operator, broadcast_shape, expect_f32};
use crate::strided::{self, Walk};
use crate::tensor::{ElementType, TensorType, View, ViewMut};

/// `[.., m, k]` times `[.., k, n]`; the axes in front are broadcast against each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct MatMul;

impl Operator for MatMul {
    fn output_types(&self, inputs: &[&TensorType]) -> Result<Vec<TensorType>, String> {
        expect_f32(inputs, 2)?;
        let (a, b) = (&inputs[0].shape, &inputs[1].shape);
        let ([batch_a @ .., m, k], [batch_b @ .., own_k, n]) = (a.as_slice(), b.as_slice()) else {
            return Err(format!("{a:?} and {b:?} are not both matrices"));
        };
        if k != own_k {
            return Err(format!("{a:?} has {k} columns, {b:?} has {own_k} rows"));
        }
        let mut shape = broadcast_shape(batch_a, batch_b)?;
        shape.extend([m, n]);
        Ok(vec![TensorType::new(ElementType::F32, shape)])
    }

    fn operations(&self, inputs: &[&TensorType], outputs: &[TensorType]) -> usize {
        let k = inputs[0].shape.last().copied().unwrap_or(0);
        outputs[0].elements().saturating_mul(k)
    }

    fn run(&self, inputs: &[View<'_>], outputs: &mut [ViewMut<'_>]) {
        let [batch @ .., m, n] = outputs[0].shape else { return };
        let (&m, &n) = (m, n);
        let [batch_a @ .., _, k] = inputs[0].shape else { return };
        let (&k, batch_b) = (k, &inputs[1].shape[..inputs[1].shape.len() - 2]);
        let (a, b) = (inputs[0].f32(), inputs[1].f32());
        if m * n == 0 {
            return;
        }
        // One matrix is one step of the walk.
        let walk = Walk::new(batch, [batch_a, batch_b].map(|own| strided::broadcast(own, batch)));
        let (length, steps) = walk.run();
        let mut matrices = outputs[0].f32().chunks_exact_mut(m * n);
        walk.for_each_run([0, 0], |starts| {
            for step in 0..length {
                let [at_a, at_b] = [0, 1].map(|i| starts[i] as usize + step * steps[i] as usize);
                let Some(to) = matrices.next() else { return };
                product(to, &a[at_a * m * k..][..m * k], &b[at_b * k * n..][..k * n], [k, n]);
            }
        });
    }
}

/// Row by row: the rows of `b`, each times an element of `a`, added up.
fn product(to: &mut [f32], a: &[f32], b: &[f32], [k, n]: [usize; 2]) {
    for (row, to) in to.chunks_exact_mut(n).enumerate() {
        to.fill(0.0);
        for (factor, b) in a[row * k..][..k].iter().zip(b.chunks_exact(n)) {
            to.iter_mut().zip(b).for_each(|(to, b)| *to += factor * b);
        }
    }
}
