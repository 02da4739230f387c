//! Elements of one type made into those of another.

use super::number::Number;
use super::{Operator, expect_f32, one_type};
use crate::tensor::{ElementType, Elements, ElementsMut, TensorType, View, ViewMut, of_numbers_in};

/// Each element as the nearest one of another type: floats towards 0, integers by their low bits, anything but 0 is true.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cast {
    pub(crate) to: ElementType,
}

/// f32 to u8 or i8: `x / scale` to the nearest, halves to the even one, plus the zero point, within the type's limits.
/// Inputs: pictures, scales, zero points of the type; one each, or one for each place along the axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Quantize {
    pub(crate) axis: usize,
}

/// u8, i8 or i32 to f32: `(x - zero point) * scale`. Inputs as for [`Quantize`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Dequantize {
    pub(crate) axis: usize,
}

impl Operator for Cast {
    fn output_types(&self, inputs: &[&TensorType]) -> Result<Vec<TensorType>, String> {
        one_type(inputs, ElementType::ANY)?;
        Ok(vec![TensorType::new(self.to, inputs[0].shape.clone())])
    }

    fn run(&self, inputs: &[View<'_>], outputs: &mut [ViewMut<'_>]) {
        let to = &mut outputs[0].data;
        match inputs[0].data {
            // As the numbers 0 and 1.
            Elements::Bool(from) => cast(to, from, u8::from),
            _ => of_numbers_in!(inputs[0], |from| cast(to, from, |number| number)),
        }
    }
}

fn cast<T: Copy, N: Number>(to: &mut ElementsMut<'_>, from: &[T], number: impl Fn(T) -> N) {
    fn each<T: Copy, R>(to: &mut [R], from: &[T], of: impl Fn(T) -> R) {
        to.iter_mut().zip(from).for_each(|(to, &from)| *to = of(from));
    }
    match to {
        ElementsMut::F32(to) => each(to, from, |x| number(x).as_f32()),
        ElementsMut::I64(to) => each(to, from, |x| number(x).as_i64()),
        ElementsMut::I32(to) => each(to, from, |x| number(x).as_i64() as i32),
        ElementsMut::I8(to) => each(to, from, |x| number(x).as_i64() as i8),
        ElementsMut::U8(to) => each(to, from, |x| number(x).as_i64() as u8),
        ElementsMut::Bool(to) => each(to, from, |x| number(x) != N::default()),
    }
}

/// Scales and zero points fit the tensor and each other.
fn check_scales(
    input: &TensorType,
    scale: &TensorType,
    zero: &TensorType,
    axis: usize,
) -> Result<(), String> {
    one_type(&[scale], &[ElementType::F32])?;
    let fits =
        scale.elements() == 1 || scale.shape.len() == 1 && input.shape.get(axis) == scale.shape.first();
    if !fits || zero.elements() != scale.elements() {
        return Err(format!("scales {scale} and zero points {zero} do not fit {input} along axis {axis}"));
    }
    Ok(())
}

/// Which scale is that of an element: one for all, or one for each place along the axis.
struct Scales {
    count: usize,
    inner: usize,
}

impl Scales {
    fn new(shape: &[usize], axis: usize, scale: &View<'_>) -> Self {
        let count = scale.f32().len();
        Self { count, inner: shape.get(axis + 1..).map_or(1, |inner| inner.iter().product()) }
    }

    fn of(&self, element: usize) -> usize {
        if self.count == 1 { 0 } else { element / self.inner % self.count }
    }
}

impl Operator for Quantize {
    fn output_types(&self, inputs: &[&TensorType]) -> Result<Vec<TensorType>, String> {
        let [input, scale, zero] = inputs else {
            return Err(format!("wants 3 inputs, not {}", inputs.len()));
        };
        expect_f32(&[input, scale], 2)?;
        let element = one_type(&[zero], &[ElementType::U8, ElementType::I8])?;
        check_scales(input, scale, zero, self.axis)?;
        Ok(vec![TensorType::new(element, input.shape.clone())])
    }

    fn run(&self, inputs: &[View<'_>], outputs: &mut [ViewMut<'_>]) {
        let scales = Scales::new(inputs[0].shape, self.axis, &inputs[1]);
        let (from, scale) = (inputs[0].f32(), inputs[1].f32());
        let step = |n: usize, x: f32| (x / scale[scales.of(n)]).round_ties_even();
        match (&mut outputs[0].data, inputs[2].data) {
            (ElementsMut::U8(to), Elements::U8(zero)) => {
                for (n, (to, &x)) in to.iter_mut().zip(from).enumerate() {
                    *to = (step(n, x) + f32::from(zero[scales.of(n)])) as u8;
                }
            }
            (ElementsMut::I8(to), Elements::I8(zero)) => {
                for (n, (to, &x)) in to.iter_mut().zip(from).enumerate() {
                    *to = (step(n, x) + f32::from(zero[scales.of(n)])) as i8;
                }
            }
            _ => panic!("other types than were checked"),
        }
    }
}

impl Operator for Dequantize {
    fn output_types(&self, inputs: &[&TensorType]) -> Result<Vec<TensorType>, String> {
        let [input, scale, zero] = inputs else {
            return Err(format!("wants 3 inputs, not {}", inputs.len()));
        };
        one_type(&[input, zero], &[ElementType::U8, ElementType::I8, ElementType::I32])?;
        check_scales(input, scale, zero, self.axis)?;
        Ok(vec![TensorType::new(ElementType::F32, input.shape.clone())])
    }

    fn run(&self, inputs: &[View<'_>], outputs: &mut [ViewMut<'_>]) {
        let scales = Scales::new(inputs[0].shape, self.axis, &inputs[1]);
        let (scale, to) = (inputs[1].f32(), outputs[0].f32());
        match (inputs[0].data, inputs[2].data) {
            (Elements::U8(from), Elements::U8(zero)) => dequantize(to, from, scale, zero, &scales),
            (Elements::I8(from), Elements::I8(zero)) => dequantize(to, from, scale, zero, &scales),
            (Elements::I32(from), Elements::I32(zero)) => dequantize(to, from, scale, zero, &scales),
            _ => panic!("other types than were checked"),
        }
    }
}

fn dequantize<T: Number>(to: &mut [f32], from: &[T], scale: &[f32], zero: &[T], scales: &Scales) {
    for (n, (to, x)) in to.iter_mut().zip(from).enumerate() {
        let of = scales.of(n);
        *to = (x.as_i64() - zero[of].as_i64()) as f32 * scale[of];
    }
}
