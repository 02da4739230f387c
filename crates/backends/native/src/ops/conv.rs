//! Two-dimensional convolution, with what may follow it in the same pass, and its transpose.

use super::{Operator, Unary, expect_f32};
use crate::tensor::{ElementType, TensorType, View, ViewMut};

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

/// The transpose of a convolution: `[n, c, h, w]`, weights `[c, m / groups, kh, kw]`, biases `[m]`. Each pixel adds its
/// product with the kernel to the output; what falls outside of `output` is lost.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ConvTranspose {
    pub(crate) strides: [usize; 2],
    pub(crate) dilations: [usize; 2],
    /// Rows above the output and columns left of it that are cut off.
    pub(crate) pads: [usize; 2],
    pub(crate) groups: usize,
    /// Height and width.
    pub(crate) output: [usize; 2],
}

/// How many windows of a kernel fit along an axis; `None` where not one does.
pub(crate) fn windows(
    size: usize,
    kernel: usize,
    stride: usize,
    dilation: usize,
    pads: [usize; 2],
) -> Option<usize> {
    let padded = size.checked_add(pads[0])?.checked_add(pads[1])?;
    let extent = kernel.checked_sub(1)?.checked_mul(dilation)?.checked_add(1)?;
    Some(padded.checked_sub(extent)?.checked_div(stride)? + 1)
}

impl Conv {
    /// How many pixels of padding its windows reach into: above and left, the more of both, and below and right. Of
    /// pictures of `input`, which become `output`: height and width.
    pub(crate) fn reach(&self, input: [usize; 2], kernel: [usize; 2], output: [usize; 2]) -> [usize; 2] {
        let after = |axis: usize| {
            let last = (output[axis] - 1) * self.strides[axis] + (kernel[axis] - 1) * self.dilations[axis];
            (last + 1).saturating_sub(input[axis] + self.pads[axis])
        };
        [self.pads[0].max(self.pads[1]), after(0).max(after(1))]
    }

    fn output_shape(&self, x: &[usize], w: &[usize]) -> Result<Vec<usize>, String> {
        let (&[n, c, height, width], &[m, taken, kh, kw]) = (x, w) else {
            return Err(format!("pictures {x:?} and weights {w:?} are not both 4-dimensional"));
        };
        if self.groups == 0 || taken.checked_mul(self.groups) != Some(c) || m % self.groups != 0 {
            return Err(format!("pictures {x:?} and weights {w:?} do not fit in {} groups", self.groups));
        }
        let [top, left, bottom, right] = self.pads;
        let high = windows(height, kh, self.strides[0], self.dilations[0], [top, bottom]);
        let wide = windows(width, kw, self.strides[1], self.dilations[1], [left, right]);
        match (high, wide) {
            (Some(high), Some(wide)) => Ok(vec![n, m, high, wide]),
            _ => Err(format!("a kernel of {kh}x{kw} does not fit into {height}x{width}")),
        }
    }
}

impl Operator for Conv {
    fn output_types(&self, inputs: &[&TensorType]) -> Result<Vec<TensorType>, String> {
        expect_f32(inputs, 3 + usize::from(self.epilogue.residual.is_some()))?;
        let shape = self.output_shape(&inputs[0].shape, &inputs[1].shape)?;
        if inputs[2].shape != [shape[1]] {
            return Err(format!("biases {:?} are not [{}]", inputs[2].shape, shape[1]));
        }
        if inputs.get(3).is_some_and(|residual| residual.shape != shape) {
            return Err(format!("a residual {:?} is not {shape:?}", inputs[3].shape));
        }
        Ok(vec![TensorType::new(ElementType::F32, shape)])
    }

    fn operations(&self, inputs: &[&TensorType], outputs: &[TensorType]) -> usize {
        let each: usize = inputs[1].shape[1..].iter().product();
        outputs[0].elements().saturating_mul(each)
    }

    fn run(&self, inputs: &[View<'_>], outputs: &mut [ViewMut<'_>]) {
        let shape = outputs[0].shape;
        let (&[_, m, high, wide], &[_, c, height, width]) = (shape, inputs[0].shape) else { return };
        let taken = c / self.groups;
        let taps = inputs[1].shape[2] * inputs[1].shape[3];
        let (x, w, biases) = (inputs[0].f32(), inputs[1].f32(), inputs[2].f32());
        if m == 0 || high * wide == 0 {
            return;
        }
        for (map, plane) in outputs[0].f32().chunks_exact_mut(high * wide).enumerate() {
            let (picture, channel) = (map / m, map % m);
            plane.fill(biases[channel]);
            let first = picture * c + channel / (m / self.groups) * taken;
            for n in 0..taken {
                let from = &x[(first + n) * height * width..][..height * width];
                let kernel = &w[(channel * taken + n) * taps..][..taps];
                self.add_plane(plane, wide, from, [height, width], kernel, inputs[1].shape[3]);
            }
            let residual = inputs.get(3).map(|residual| &residual.f32()[map * high * wide..]);
            self.epilogue.apply(plane, residual);
        }
    }
}

impl Conv {
    /// Adds one input map's share to one output map, a tap of the kernel at a time.
    fn add_plane(
        &self,
        plane: &mut [f32],
        wide: usize,
        from: &[f32],
        [height, width]: [usize; 2],
        kernel: &[f32],
        kw: usize,
    ) {
        for (tap, &weight) in kernel.iter().enumerate() {
            let (down, right) = (tap / kw * self.dilations[0], tap % kw * self.dilations[1]);
            // Columns of the output whose pixel for this tap lies in the picture.
            let start = self.pads[1].saturating_sub(right).div_ceil(self.strides[1]).min(wide);
            let end = (width + self.pads[1]).saturating_sub(right).div_ceil(self.strides[1]).min(wide);
            for (row, to) in plane.chunks_exact_mut(wide).enumerate() {
                let Some(y) = (row * self.strides[0] + down).checked_sub(self.pads[0]) else { continue };
                if y >= height || start >= end {
                    continue;
                }
                let from = &from[y * width + start * self.strides[1] + right - self.pads[1]..];
                let to = &mut to[start..end];
                if self.strides[1] == 1 {
                    to.iter_mut().zip(from).for_each(|(to, x)| *to += weight * x);
                } else {
                    let pixels = from.iter().step_by(self.strides[1]);
                    to.iter_mut().zip(pixels).for_each(|(to, x)| *to += weight * x);
                }
            }
        }
    }
}

impl Epilogue {
    /// What follows the sums of one map.
    fn apply(self, plane: &mut [f32], residual: Option<&[f32]>) {
        let add = |plane: &mut [f32]| {
            for (sum, other) in plane.iter_mut().zip(residual.into_iter().flatten()) {
                *sum += other;
            }
        };
        if self.residual == Some(Residual::BeforeActivation) {
            add(plane);
        }
        if let Some(activation) = self.activation {
            plane.iter_mut().for_each(|sum| *sum = activation.of(*sum));
        }
        if self.residual == Some(Residual::AfterActivation) {
            add(plane);
        }
    }
}

impl Operator for ConvTranspose {
    fn output_types(&self, inputs: &[&TensorType]) -> Result<Vec<TensorType>, String> {
        expect_f32(inputs, 3)?;
        let (x, w, biases) = (&inputs[0].shape, &inputs[1].shape, &inputs[2].shape);
        let (&[n, c, _, _], &[own, m, _, _]) = (x.as_slice(), w.as_slice()) else {
            return Err(format!("pictures {x:?} and weights {w:?} are not both 4-dimensional"));
        };
        let channels = m.checked_mul(self.groups);
        let (Some(channels), true) = (channels, c == own && self.groups > 0 && c % self.groups == 0) else {
            return Err(format!("pictures {x:?} and weights {w:?} do not fit in {} groups", self.groups));
        };
        if *biases != [channels] {
            return Err(format!("biases {biases:?} are not [{channels}]"));
        }
        Ok(vec![TensorType::new(ElementType::F32, [n, channels, self.output[0], self.output[1]])])
    }

    fn operations(&self, inputs: &[&TensorType], _: &[TensorType]) -> usize {
        let each: usize = inputs[1].shape[1..].iter().product();
        inputs[0].elements().saturating_mul(each)
    }

    fn run(&self, inputs: &[View<'_>], outputs: &mut [ViewMut<'_>]) {
        let (&[_, c, height, width], &[_, m, kh, kw]) = (inputs[0].shape, inputs[1].shape) else { return };
        let (x, w, biases) = (inputs[0].f32(), inputs[1].f32(), inputs[2].f32());
        let [high, wide] = self.output;
        let channels = m * self.groups;
        if high * wide == 0 || channels == 0 {
            return;
        }
        let taken = c / self.groups;
        for (map, plane) in outputs[0].f32().chunks_exact_mut(high * wide).enumerate() {
            let (picture, channel) = (map / channels, map % channels);
            plane.fill(biases[channel]);
            let (group, within) = (channel / m, channel % m);
            for n in group * taken..(group + 1) * taken {
                let from = &x[(picture * c + n) * height * width..][..height * width];
                for tap in 0..kh * kw {
                    let weight = w[(n * m + within) * kh * kw + tap];
                    self.add_tap(plane, from, width, weight, [tap / kw, tap % kw]);
                }
            }
        }
    }
}

impl ConvTranspose {
    /// Adds what one tap of the kernel makes of one input map.
    fn add_tap(&self, plane: &mut [f32], from: &[f32], width: usize, weight: f32, tap: [usize; 2]) {
        let [high, wide] = self.output;
        if width == 0 {
            return;
        }
        for (y, row) in from.chunks_exact(width).enumerate() {
            let down = (y * self.strides[0] + tap[0] * self.dilations[0]).checked_sub(self.pads[0]);
            let Some(down) = down.filter(|&down| down < high) else { continue };
            let to = &mut plane[down * wide..][..wide];
            for (x, pixel) in row.iter().enumerate() {
                let across = (x * self.strides[1] + tap[1] * self.dilations[1]).checked_sub(self.pads[1]);
                if let Some(to) = across.and_then(|across| to.get_mut(across)) {
                    *to += weight * pixel;
                }
            }
        }
    }
}
