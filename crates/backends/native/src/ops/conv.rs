//! Two-dimensional convolution, with what may follow it in the same pass.

use super::{Operator, Unary};
use crate::tensor::{ElementType, Elements, ElementsMut, TensorType, View, ViewMut};

/// Convolution of `[n, c, h, w]` with weights `[m, c / groups, kh, kw]` and biases `[m]`, which are always there; and a
/// residual `[n, m, oh, ow]` where the epilogue wants one. Vertical comes first in each pair.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Conv {
    pub(crate) strides: [usize; 2],
    pub(crate) dilations: [usize; 2],
    /// Zeros around the picture: top, left, bottom, right.
    pub(crate) pads: [usize; 4],
    pub(crate) groups: usize,
    pub(crate) epilogue: Epilogue,
}

/// What is done to each sum before it is stored: `activation(sum + residual)`, or `activation(sum) + residual`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Epilogue {
    pub(crate) activation: Option<Unary>,
    pub(crate) residual: Option<Residual>,
}

/// Where a residual is added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Residual {
    BeforeActivation,
    AfterActivation,
}
