//! Operators that take each element by itself.

use super::number::Number;
use super::{Operator, one_type};
use crate::tensor::{ElementType, ElementsMut, TensorType, View, ViewMut, of_numbers};

/// A function of one element; of no number it is none. All are of f32 but [`Unary::Abs`], [`Unary::Neg`] and [`Unary::Sign`], of any signed
/// number, and [`Unary::Not`], of bool; so are their results but that of [`Unary::IsNan`] and [`Unary::IsInf`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Unary {
    Relu,
    /// `x` where positive, else `alpha * x`.
    LeakyRelu {
        alpha: f32,
    },
    /// Limits; infinite where there is none.
    Clip {
        min: f32,
        max: f32,
    },
    Sigmoid,
    /// `x * sigmoid(x)`
    Silu,
    /// `clip(alpha * x + beta, 0, 1)`
    HardSigmoid {
        alpha: f32,
        beta: f32,
    },
    /// `x * clip(x / 6 + 1 / 2, 0, 1)`
    HardSwish,
    Tanh,
    Exp,
    Abs,
    Neg,
    Sign,
    Not,
    Sqrt,
    Reciprocal,
    Log,
    Floor,
    Ceil,
    /// To the nearest, halves to the even one.
    Round,
    Sin,
    Cos,
    Tan,
    Asin,
    Acos,
    Atan,
    Sinh,
    Cosh,
    Asinh,
    Acosh,
    Atanh,
    Erf,
    /// `x / 2 * (1 + erf(x / sqrt(2)))`
    Gelu,
    /// `x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 x^3)))`
    GeluTanh,
    /// `x` where positive, else `alpha * (exp(x) - 1)`.
    Elu {
        alpha: f32,
    },
    /// `x` where positive, else `alpha * (exp(x / alpha) - 1)`.
    Celu {
        alpha: f32,
    },
    /// `gamma * x` where positive, else `gamma * alpha * (exp(x) - 1)`.
    Selu {
        alpha: f32,
        gamma: f32,
    },
    /// `ln(1 + exp(x))`
    Softplus,
    /// `x / (1 + |x|)`
    Softsign,
    /// `x * tanh(softplus(x))`
    Mish,
    /// `x` where above alpha, else 0.
    ThresholdedRelu {
        alpha: f32,
    },
    /// `x + bias` below `-lambda`, `x - bias` above `lambda`, else 0.
    Shrink {
        lambda: f32,
        bias: f32,
    },
    IsNan,
    IsInf {
        positive: bool,
        negative: bool,
    },
}

impl Unary {
    /// Of one f32.
    pub(crate) fn of(self, x: f32) -> f32 {
        match self {
            Self::Relu => below_zero(x, |_| 0.0),
            Self::LeakyRelu { alpha } => below_zero(x, |x| alpha * x),
            Self::Clip { min, max } => x.larger(min).smaller(max),
            Self::Sigmoid => sigmoid(x),
            Self::Silu => x * sigmoid(x),
            Self::HardSigmoid { alpha, beta } => (alpha * x + beta).clamp(0.0, 1.0),
            Self::HardSwish => x * (x / 6.0 + 0.5).clamp(0.0, 1.0),
            Self::Tanh => x.tanh(),
            Self::Exp => x.exp(),
            Self::Abs => x.abs(),
            Self::Neg => -x,
            Self::Sign if x == 0.0 || x.is_nan() => x,
            Self::Sign => x.signum(),
            Self::Sqrt => x.sqrt(),
            Self::Reciprocal => x.recip(),
            Self::Log => x.ln(),
            Self::Floor => x.floor(),
            Self::Ceil => x.ceil(),
            Self::Round => x.round_ties_even(),
            Self::Sin => x.sin(),
            Self::Cos => x.cos(),
            Self::Tan => x.tan(),
            Self::Asin => x.asin(),
            Self::Acos => x.acos(),
            Self::Atan => x.atan(),
            Self::Sinh => x.sinh(),
            Self::Cosh => x.cosh(),
            Self::Asinh => x.asinh(),
            Self::Acosh => x.acosh(),
            Self::Atanh => x.atanh(),
            Self::Erf => erf(x),
            Self::Gelu => 0.5 * x * (1.0 + erf(x * std::f32::consts::FRAC_1_SQRT_2)),
            Self::GeluTanh => 0.5 * x * (1.0 + (GELU_FACTOR * (x + 0.044_715 * x * x * x)).tanh()),
            Self::Elu { alpha } => below_zero(x, |x| alpha * x.exp_m1()),
            Self::Celu { alpha } => below_zero(x, |x| alpha * (x / alpha).exp_m1()),
            Self::Selu { alpha, gamma } => gamma * below_zero(x, |x| alpha * x.exp_m1()),
            Self::Softplus => softplus(x),
            Self::Softsign => x / (1.0 + x.abs()),
            Self::Mish => x * softplus(x).tanh(),
            Self::ThresholdedRelu { alpha } if x > alpha => x,
            Self::ThresholdedRelu { .. } => 0.0,
            Self::Shrink { lambda, bias } if x < -lambda => x + bias,
            Self::Shrink { lambda, bias } if x > lambda => x - bias,
            Self::Shrink { .. } => 0.0,
            Self::Not | Self::IsNan | Self::IsInf { .. } => unreachable!("of bool, or makes it"),
        }
    }
}

/// `sqrt(2 / pi)`
const GELU_FACTOR: f32 = 0.797_884_6;

fn below_zero(x: f32, of: impl Fn(f32) -> f32) -> f32 {
    if x < 0.0 { of(x) } else { x }
}

fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + (-x).exp())
}

/// `ln(1 + exp(x))`, without infinities in between.
fn softplus(x: f32) -> f32 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}

/// Abramowitz and Stegun's 7.1.26 is off by 1.5e-7 at most, which is an f32's own step near 1; near 0, where that would
/// be many steps of so small a result, the series.
fn erf(x: f32) -> f32 {
    let x = f64::from(x);
    if x.abs() < 0.5 {
        // 2 / sqrt(pi) * sum of (-1)^n x^(2n+1) / (n! (2n+1)): nine terms leave less than 1e-12.
        let (mut power, mut sum) = (x, x);
        for n in 1..9 {
            power *= -x * x / f64::from(n);
            sum += power / f64::from(2 * n + 1);
        }
        return (std::f64::consts::FRAC_2_SQRT_PI * sum) as f32;
    }
    let t = 1.0 / (1.0 + 0.327_591_1 * x.abs());
    let polynomial = [1.061_405_429, -1.453_152_027, 1.421_413_741, -0.284_496_736, 0.254_829_592]
        .iter()
        .fold(0.0, |sum, coefficient| (sum + coefficient) * t);
    ((1.0 - polynomial * (-x * x).exp()) * x.signum()) as f32
}

impl Operator for Unary {
    fn output_types(&self, inputs: &[&TensorType]) -> Result<Vec<TensorType>, String> {
        let [input] = inputs else { return Err(format!("wants 1 input, not {}", inputs.len())) };
        let element = match self {
            Self::Not => one_type(inputs, &[ElementType::Bool])?,
            Self::Abs | Self::Neg | Self::Sign => one_type(inputs, ElementType::SIGNED)?,
            Self::IsNan | Self::IsInf { .. } => {
                one_type(inputs, &[ElementType::F32])?;
                ElementType::Bool
            }
            _ => one_type(inputs, &[ElementType::F32])?,
        };
        Ok(vec![TensorType::new(element, input.shape.clone())])
    }

    fn run(&self, inputs: &[View<'_>], outputs: &mut [ViewMut<'_>]) {
        let (input, output) = (&inputs[0], &mut outputs[0]);
        match *self {
            Self::IsNan => each(output.bool(), input.f32(), f32::is_nan),
            Self::IsInf { positive, negative } => each(output.bool(), input.f32(), |x| {
                x == f32::INFINITY && positive || x == f32::NEG_INFINITY && negative
            }),
            Self::Not => each(output.bool(), input.bool(), |x| !x),
            _ if matches!(output.data, ElementsMut::F32(_)) => {
                each(output.f32(), input.f32(), |x| self.of(x));
            }
            _ => of_numbers!(output, [input], |to, [from]| each(to, from, |x| of_integer(*self, x))),
        }
    }
}

fn each<T: Copy, R>(to: &mut [R], from: &[T], of: impl Fn(T) -> R) {
    for (to, &from) in to.iter_mut().zip(from) {
        *to = of(from);
    }
}

/// Of one integer.
fn of_integer<T: Number>(function: Unary, x: T) -> T {
    let zero = T::default();
    match function {
        Unary::Abs if x < zero => zero.minus(x),
        Unary::Abs => x,
        Unary::Neg => zero.minus(x),
        Unary::Sign if x < zero => zero.minus(T::ONE),
        Unary::Sign if x > zero => T::ONE,
        Unary::Sign => zero,
        _ => unreachable!("checked with the types"),
    }
}
