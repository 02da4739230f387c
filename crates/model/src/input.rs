//! The input picture: what its shape says, and what a TOML file adds.

use ocelli_frame::{DataType, InputFormat, Size, TensorLayout, TensorSpec};

use crate::CardError;
use crate::card_file::InputTable;

/// The longest side of an input.
pub const SIDE_MAX: usize = 8192;

/// What the input's shape says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct InputShape {
    pub(crate) size: Size,
    layout: TensorLayout,
    data_type: DataType,
}

impl InputShape {
    /// One picture of three channels, f32 or u8, axes in either order; `layout` decides where both are possible.
    pub(crate) fn read(
        file_name: &str,
        inputs: &[TensorSpec],
        layout: Option<TensorLayout>,
    ) -> Result<Self, CardError> {
        let unusable = |found: String| {
            CardError::new(
                format!(
                    "{file_name}: the input must be one picture, 1x3xHxW or 1xHxWx3, f32 or u8, but {found}"
                ),
                "export the model with batch 1 and a fixed image size",
            )
        };
        let [input] = inputs else {
            return Err(unusable(match inputs {
                [] => "there is none".to_owned(),
                several => format!("there are {}: {}", several.len(), listed(several)),
            }));
        };
        let layout_wanted = |candidate| layout.is_none_or(|layout| layout == candidate);
        let (layout, height, width) = match *input.shape.as_slice() {
            [1, 3, height, width] if layout_wanted(TensorLayout::Nchw) => (TensorLayout::Nchw, height, width),
            [1, height, width, 3] if layout_wanted(TensorLayout::Nhwc) => (TensorLayout::Nhwc, height, width),
            _ => return Err(unusable(format!("it is {input}"))),
        };
        if !matches!(input.data_type, DataType::F32 | DataType::U8) {
            return Err(unusable(format!("it is {input}")));
        }
        if !(1..=SIDE_MAX).contains(&width) || !(1..=SIDE_MAX).contains(&height) {
            return Err(unusable(format!("it is {input}, and a side has 1 to {SIDE_MAX} pixels")));
        }
        let size = Size { width: width as u32, height: height as u32 };
        Ok(Self { size, layout, data_type: input.data_type })
    }

    /// The family's usual picture in this shape, with what the TOML file says laid over it.
    pub(crate) fn format(
        &self,
        usual: fn(Size) -> InputFormat,
        file_name: &str,
        told: &InputTable,
    ) -> Result<InputFormat, CardError> {
        let is_scaled = told.scale.is_some() || told.mean.is_some() || told.std.is_some();
        if self.data_type == DataType::U8 && is_scaled {
            return Err(CardError::new(
                format!("{file_name}: the input is u8: it takes the bytes as they are"),
                "take `scale`, `mean` and `std` out of the model's TOML file",
            ));
        }
        let usual = usual(self.size);
        Ok(InputFormat {
            size: self.size,
            layout: self.layout,
            data_type: self.data_type,
            channels: told.channels.map_or(usual.channels, Into::into),
            scale: told.scale.unwrap_or(usual.scale),
            mean: told.mean.unwrap_or(usual.mean),
            std: told.std.unwrap_or(usual.std),
            padding: told.padding.map_or(usual.padding, Into::into),
            pad_value: told.pad_value.unwrap_or(usual.pad_value),
        })
    }
}

/// Tensors for a message; a model with very many of them is cut short.
pub(crate) fn listed(tensors: &[TensorSpec]) -> String {
    const SHOWN: usize = 8;
    let shown: Vec<_> = tensors.iter().take(SHOWN).map(TensorSpec::to_string).collect();
    match tensors.len() {
        0 => "none".to_owned(),
        count if count > SHOWN => format!("{} and {} more", shown.join(", "), count - SHOWN),
        _ => shown.join(", "),
    }
}
