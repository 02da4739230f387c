//! Operators of two tensors, element by element, broadcast against each other.

use super::number::Number;
use super::{Operator, one_type};
use crate::strided::{self, Walk};
use crate::tensor::{ElementType, Elements, ElementsMut, TensorType, View, ViewMut, of_numbers};

/// A function of two elements of one type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Binary {
    /// Sums of integers wrap around, as do differences and products.
    Add,
    Sub,
    Mul,
    /// Of integers towards 0; by 0 it is 0.
    Div,
    Pow,
    Min,
    Max,
    /// The remainder, with the sign of the divisor; of integers by 0 it is 0.
    Mod,
    /// The remainder, with the sign of the dividend.
    Fmod,
    /// The first where positive, else the product of both.
    PRelu,
    And,
    Or,
    Xor,
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Binary {
    fn compares(self) -> bool {
        use Binary::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual};
        matches!(self, Equal | Less | LessOrEqual | Greater | GreaterOrEqual)
    }
}

impl Operator for Binary {
    fn output_types(&self, inputs: &[&TensorType]) -> Result<Vec<TensorType>, String> {
        let [a, b] = inputs else { return Err(format!("wants 2 inputs, not {}", inputs.len())) };
        let allowed = match self {
            Self::And | Self::Or | Self::Xor => &[ElementType::Bool],
            Self::Equal => ElementType::ANY,
            Self::PRelu => &[ElementType::F32],
            _ => ElementType::NUMBERS,
        };
        let element = one_type(inputs, allowed)?;
        let shape = broadcast_shape(&a.shape, &b.shape)?;
        Ok(vec![TensorType::new(if self.compares() { ElementType::Bool } else { element }, shape)])
    }

    fn run(&self, inputs: &[View<'_>], outputs: &mut [ViewMut<'_>]) {
        let (a, b, output) = (&inputs[0], &inputs[1], &mut outputs[0]);
        let walk = Walk::new(output.shape, [a, b].map(|input| strided::broadcast(input.shape, output.shape)));
        if self.compares() {
            let output = output.bool();
            match (a.data, b.data) {
                (Elements::F32(a), Elements::F32(b)) => self.compare(&walk, output, a, b),
                (Elements::I64(a), Elements::I64(b)) => self.compare(&walk, output, a, b),
                (Elements::I32(a), Elements::I32(b)) => self.compare(&walk, output, a, b),
                (Elements::I8(a), Elements::I8(b)) => self.compare(&walk, output, a, b),
                (Elements::U8(a), Elements::U8(b)) => self.compare(&walk, output, a, b),
                (Elements::Bool(a), Elements::Bool(b)) => self.compare(&walk, output, a, b),
                _ => panic!("two types where one was checked"),
            }
        } else if let ElementsMut::Bool(output) = &mut output.data {
            let of: fn(bool, bool) -> bool = match self {
                Self::And => |a, b| a & b,
                Self::Or => |a, b| a | b,
                _ => |a, b| a ^ b,
            };
            each(&walk, output, a.bool(), b.bool(), of);
        } else {
            of_numbers!(output, [a, b], |to, [a, b]| self.calculate(&walk, to, a, b));
        }
    }
}

impl Binary {
    fn compare<T: Copy + PartialOrd>(self, walk: &Walk<2>, to: &mut [bool], a: &[T], b: &[T]) {
        match self {
            Self::Equal => each(walk, to, a, b, |a, b| a == b),
            Self::Less => each(walk, to, a, b, |a, b| a < b),
            Self::LessOrEqual => each(walk, to, a, b, |a, b| a <= b),
            Self::Greater => each(walk, to, a, b, |a, b| a > b),
            _ => each(walk, to, a, b, |a, b| a >= b),
        }
    }

    fn calculate<T: Number>(self, walk: &Walk<2>, to: &mut [T], a: &[T], b: &[T]) {
        match self {
            Self::Add => each(walk, to, a, b, T::plus),
            Self::Sub => each(walk, to, a, b, T::minus),
            Self::Mul => each(walk, to, a, b, T::times),
            Self::Div => each(walk, to, a, b, T::over),
            Self::Pow => each(walk, to, a, b, T::power),
            Self::Min => each(walk, to, a, b, T::smaller),
            Self::Max => each(walk, to, a, b, T::larger),
            Self::Mod => each(walk, to, a, b, T::modulo),
            Self::Fmod => each(walk, to, a, b, T::remainder),
            _ => each(walk, to, a, b, |a, b| if a < T::default() { a.times(b) } else { a }),
        }
    }
}

/// The shape that two come to, numpy's way.
pub(crate) fn broadcast_shape(a: &[usize], b: &[usize]) -> Result<Vec<usize>, String> {
    let rank = a.len().max(b.len());
    let size = |shape: &[usize], axis: usize| {
        (axis + shape.len()).checked_sub(rank).map_or(1, |own_axis| shape[own_axis])
    };
    let sizes = (0..rank).map(|axis| match (size(a, axis), size(b, axis)) {
        (1, size) | (size, 1) => Some(size),
        (a, b) => (a == b).then_some(a),
    });
    sizes.collect::<Option<_>>().ok_or_else(|| format!("shapes {a:?} and {b:?} do not broadcast"))
}

/// Each inner run in a loop of its own for the ways in which it can lie, so that the compiler vectorises it.
fn each<T: Copy, R>(walk: &Walk<2>, to: &mut [R], a: &[T], b: &[T], of: impl Fn(T, T) -> R) {
    let (length, strides) = walk.run();
    if length == 0 {
        return;
    }
    let mut rows = to.chunks_exact_mut(length);
    walk.for_each_run([0, 0], |[at_a, at_b]| {
        let Some(row) = rows.next() else { return };
        let (a, b) = (&a[at_a as usize..], &b[at_b as usize..]);
        match strides {
            [1, 1] => {
                for ((to, &a), &b) in row.iter_mut().zip(a).zip(b) {
                    *to = of(a, b);
                }
            }
            [1, 0] => row.iter_mut().zip(a).for_each(|(to, &a)| *to = of(a, b[0])),
            [0, 1] => row.iter_mut().zip(b).for_each(|(to, &b)| *to = of(a[0], b)),
            [step_a, step_b] => {
                for (n, to) in row.iter_mut().enumerate() {
                    *to = of(a[n * step_a as usize], b[n * step_b as usize]);
                }
            }
        }
    });
}
