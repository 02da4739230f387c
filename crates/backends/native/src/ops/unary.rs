//! Operators that take each element by itself.

/// A function of one element.
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
}
