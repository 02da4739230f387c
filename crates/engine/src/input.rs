//! The shape of an input, fixed at load.

use ocelli_frame::{DataType, TensorSpec};

use crate::{EngineError, EngineErrorKind, LoadOptions, ModelFile};

/// Inputs with more elements than this are refused.
const INPUT_ELEMENTS_MAX: usize = 1 << 28;

/// An input as a model's file declares it.
#[derive(Clone, Debug)]
pub struct DeclaredInput<'a> {
    /// Its name there.
    pub name: &'a str,
    /// Its element type, where the seam carries such.
    pub data_type: Option<DataType>,
    /// Its sizes, outermost first, where there are any.
    pub shape: Option<Vec<DeclaredSize<'a>>>,
}

/// One size of a declared shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeclaredSize<'a> {
    /// A number.
    Fixed(usize),
    /// A name instead of a number.
    Open(&'a str),
}

impl DeclaredInput<'_> {
    /// Fixes the shape: an open first axis is the batch, 1; open axes of a picture are `input_size`.
    ///
    /// # Errors
    /// An element type that the seam does not carry, an axis that stays open or is fixed at another size, a shape that
    /// is empty or too large.
    pub fn fix(self, file: &ModelFile<'_>, options: &LoadOptions) -> Result<TensorSpec, EngineError> {
        let unsupported = |what: String, hint: &str| {
            let message = format!("{file}: input {}: {what}", self.name);
            EngineError::new(EngineErrorKind::UnsupportedShape, message, hint)
        };
        let data_type = self.data_type.ok_or_else(|| {
            unsupported(
                "no tensor of a type that can go in".to_owned(),
                "export it with an input of f32 or u8",
            )
        })?;
        let declared = self
            .shape
            .ok_or_else(|| unsupported("no shape".to_owned(), "export the model with input shapes"))?;
        let spatial = if matches!(declared.last(), Some(DeclaredSize::Fixed(1 | 3))) { 1 } else { 2 };
        let mut shape = Vec::with_capacity(declared.len());
        for (axis, size) in declared.iter().enumerate() {
            let wanted = match (options.input_size, axis) {
                (Some((height, _)), axis) if declared.len() == 4 && axis == spatial => Some(height),
                (Some((_, width)), axis) if declared.len() == 4 && axis == spatial + 1 => Some(width),
                _ => None,
            };
            shape.push(match (size, wanted) {
                (DeclaredSize::Fixed(size), Some(wanted)) if *size != wanted => {
                    let what = format!("axis {axis} is fixed at {size}, not {wanted}");
                    return Err(unsupported(what, "leave --imgsz out, or export the model at that size"));
                }
                (DeclaredSize::Fixed(size), _) => *size,
                (DeclaredSize::Open(_), Some(wanted)) => wanted,
                (DeclaredSize::Open(_), None) if axis == 0 => 1,
                (DeclaredSize::Open(symbol), None) => {
                    let what = format!("axis {axis} ({symbol}) has no fixed size");
                    return Err(unsupported(what, "give it with --imgsz"));
                }
            });
        }
        let elements = shape.iter().try_fold(1usize, |product, &size| product.checked_mul(size));
        if elements.is_none_or(|elements| elements == 0 || elements > INPUT_ELEMENTS_MAX) {
            let what = format!("shape {shape:?} is empty or over {INPUT_ELEMENTS_MAX} elements");
            return Err(unsupported(what, "is it a vision model?"));
        }
        Ok(TensorSpec { name: self.name.to_owned(), data_type, shape })
    }
}
