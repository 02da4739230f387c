//! Functions of one element, on vectors.
//!
//! Exponentials: `exp(x) = 2^(x / ln 2)`, the whole part into the exponent, the rest, from -1/2 to 1/2, by a polynomial
//! of degree 6 (the minimax one of Cephes' `exp2f`; relative error under 3e-7). Everything else is made of it.

use super::simd::Simd;
use crate::ops::Unary;

/// A function of each lane.
pub(crate) trait Function: Copy {
    fn apply<S: Simd>(self, simd: S, x: S::Vector) -> S::Vector;
}

/// `x` itself.
#[derive(Clone, Copy)]
pub(crate) struct Identity;
/// `max(x, 0)`
#[derive(Clone, Copy)]
pub(crate) struct Relu;
/// `x` where positive, else `alpha * x`, for `alpha` up to 1.
#[derive(Clone, Copy)]
pub(crate) struct LeakyRelu {
    pub(crate) alpha: f32,
}
/// `min(max(x, min), max)`
#[derive(Clone, Copy)]
pub(crate) struct Clip {
    pub(crate) min: f32,
    pub(crate) max: f32,
}
/// `1 / (1 + exp(-x))`
#[derive(Clone, Copy)]
pub(crate) struct Sigmoid;
/// `x / (1 + exp(-x))`
#[derive(Clone, Copy)]
pub(crate) struct Silu;
/// `clip(alpha * x + beta, 0, 1)`
#[derive(Clone, Copy)]
pub(crate) struct HardSigmoid {
    pub(crate) alpha: f32,
    pub(crate) beta: f32,
}
/// `x * clip(x / 6 + 1 / 2, 0, 1)`
#[derive(Clone, Copy)]
pub(crate) struct HardSwish;
/// `tanh(x)`
#[derive(Clone, Copy)]
pub(crate) struct Tanh;
/// `sqrt(x)`
#[derive(Clone, Copy)]
pub(crate) struct Sqrt;
/// `exp(x)` for `x` up to 87.
#[derive(Clone, Copy)]
pub(crate) struct Exp;

impl Function for Identity {
    #[inline(always)]
    fn apply<S: Simd>(self, _: S, x: S::Vector) -> S::Vector {
        x
    }
}

impl Function for Relu {
    #[inline(always)]
    fn apply<S: Simd>(self, simd: S, x: S::Vector) -> S::Vector {
        simd.max(simd.splat(0.0), x)
    }
}

impl Function for LeakyRelu {
    #[inline(always)]
    fn apply<S: Simd>(self, simd: S, x: S::Vector) -> S::Vector {
        simd.max(simd.mul(x, simd.splat(self.alpha)), x)
    }
}

impl Function for Clip {
    #[inline(always)]
    fn apply<S: Simd>(self, simd: S, x: S::Vector) -> S::Vector {
        simd.min(simd.splat(self.max), simd.max(simd.splat(self.min), x))
    }
}

impl Function for Sigmoid {
    #[inline(always)]
    fn apply<S: Simd>(self, simd: S, x: S::Vector) -> S::Vector {
        simd.reciprocal(one_and_exp_of_negative(simd, x))
    }
}

impl Function for Silu {
    #[inline(always)]
    fn apply<S: Simd>(self, simd: S, x: S::Vector) -> S::Vector {
        simd.mul(x, simd.reciprocal(one_and_exp_of_negative(simd, x)))
    }
}

impl Function for HardSigmoid {
    #[inline(always)]
    fn apply<S: Simd>(self, simd: S, x: S::Vector) -> S::Vector {
        let line = simd.mul_add(x, simd.splat(self.alpha), simd.splat(self.beta));
        Clip { min: 0.0, max: 1.0 }.apply(simd, line)
    }
}

impl Function for HardSwish {
    #[inline(always)]
    fn apply<S: Simd>(self, simd: S, x: S::Vector) -> S::Vector {
        simd.mul(x, HardSigmoid { alpha: 1.0 / 6.0, beta: 0.5 }.apply(simd, x))
    }
}

impl Function for Tanh {
    #[inline(always)]
    fn apply<S: Simd>(self, simd: S, x: S::Vector) -> S::Vector {
        // 2 sigmoid(2x) - 1 loses what is small; there, x - x^3/3 + 2 x^5/15 - 17 x^7/315.
        let two = simd.splat(2.0);
        let far = simd.sub(simd.mul(two, Sigmoid.apply(simd, simd.mul(two, x))), simd.splat(1.0));
        let limit = simd.splat(0.25);
        let near = simd.min(limit, simd.max(simd.splat(-0.25), x));
        let square = simd.mul(near, near);
        let mut series = simd.splat(-17.0 / 315.0);
        for coefficient in [2.0 / 15.0, -1.0 / 3.0, 1.0] {
            series = simd.mul_add(series, square, simd.splat(coefficient));
        }
        let small = simd.mul(near, series);
        // Beyond the limit the far form is the greater in size, within it both agree to 1e-6: their split is smooth.
        let beyond = simd.sub(x, near);
        let is_beyond = simd.min(simd.splat(1.0), simd.mul(simd.mul(beyond, beyond), simd.splat(1e30)));
        simd.mul_add(is_beyond, simd.sub(far, small), small)
    }
}

impl Function for Sqrt {
    #[inline(always)]
    fn apply<S: Simd>(self, simd: S, x: S::Vector) -> S::Vector {
        simd.sqrt(x)
    }
}

impl Function for Exp {
    #[inline(always)]
    fn apply<S: Simd>(self, simd: S, x: S::Vector) -> S::Vector {
        exp2(simd, simd.mul(x, simd.splat(std::f32::consts::LOG2_E)))
    }
}

/// `1 + exp(-x)`, at most 2^126.
#[inline(always)]
fn one_and_exp_of_negative<S: Simd>(simd: S, x: S::Vector) -> S::Vector {
    let power = exp2(simd, simd.mul(x, simd.splat(-std::f32::consts::LOG2_E)));
    simd.add(power, simd.splat(1.0))
}

/// `2^x`, for `x` limited to -126 ..= 126.
#[inline(always)]
fn exp2<S: Simd>(simd: S, x: S::Vector) -> S::Vector {
    let x = simd.min(simd.splat(126.0), simd.max(simd.splat(-126.0), x));
    let whole = simd.round(x);
    let rest = simd.sub(x, whole);
    let mut power = simd.splat(1.535_336_2e-4);
    for coefficient in [1.339_887_4e-3, 9.618_437e-3, 5.550_332_7e-2, 2.402_264_7e-1, 6.931_472e-1, 1.0] {
        power = simd.mul_add(power, rest, simd.splat(coefficient));
    }
    simd.scale_by_power_of_2(power, whole)
}

/// Whether a function has a vector form, [`with_function`]'s.
pub(crate) fn is_vectorized(unary: Unary) -> bool {
    match unary {
        Unary::Relu
        | Unary::Clip { .. }
        | Unary::Sigmoid
        | Unary::Silu
        | Unary::HardSigmoid { .. }
        | Unary::HardSwish
        | Unary::Sqrt
        | Unary::Tanh => true,
        Unary::LeakyRelu { alpha } => alpha <= 1.0,
        _ => false,
    }
}

/// Evaluates `$body` with `$function` bound to the [`Function`] that an `Option<Unary>` names: once for each, so that a
/// loop in `$body` has no choice inside.
macro_rules! with_function {
    ($unary:expr, $function:ident => $body:expr) => {{
        use $crate::kernels::functions as f;
        use $crate::ops::Unary;
        match $unary {
            None => {
                let $function = f::Identity;
                $body
            }
            Some(Unary::Relu) => {
                let $function = f::Relu;
                $body
            }
            Some(Unary::LeakyRelu { alpha }) => {
                let $function = f::LeakyRelu { alpha };
                $body
            }
            Some(Unary::Clip { min, max }) => {
                let $function = f::Clip { min, max };
                $body
            }
            Some(Unary::Sigmoid) => {
                let $function = f::Sigmoid;
                $body
            }
            Some(Unary::Silu) => {
                let $function = f::Silu;
                $body
            }
            Some(Unary::HardSigmoid { alpha, beta }) => {
                let $function = f::HardSigmoid { alpha, beta };
                $body
            }
            Some(Unary::HardSwish) => {
                let $function = f::HardSwish;
                $body
            }
            Some(Unary::Sqrt) => {
                let $function = f::Sqrt;
                $body
            }
            Some(Unary::Tanh) => {
                let $function = f::Tanh;
                $body
            }
            Some(other) => unreachable!("{other:?} has no vector form: the plan asks first"),
        }
    }};
}

pub(crate) use with_function;
