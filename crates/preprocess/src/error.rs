//! What a frame, a tensor or an input format can be refused for.

use std::fmt;

use ocelli_frame::{DataType, PixelFormat, Size};

/// Why a frame did not become a tensor. Nothing has been written.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PreprocessError {
    /// The tensor's element type is not the input format's.
    TensorType {
        /// The input format's.
        wanted: DataType,
        /// The tensor's.
        given: &'static str,
    },
    /// The tensor's length is not the input format's.
    TensorLength {
        /// `3 * width * height` of the input format.
        wanted: usize,
        /// The tensor's.
        given: usize,
        /// Width and height of the input format.
        model: Size,
    },
    /// A side of the picture or of the input format is 0.
    Empty {
        /// The frame's picture.
        source: Size,
        /// The input format's.
        model: Size,
    },
    /// There is no kernel that reads this.
    PixelFormat(PixelFormat),
    /// There is no kernel that writes this.
    DataType(DataType),
}

impl PreprocessError {
    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::TensorType { .. } | Self::TensorLength { .. } => {
                "take size and data type of the input format from the model's own input tensor"
            }
            Self::Empty { .. } => "frames and models need pictures of at least one pixel",
            Self::PixelFormat(_) => "ask the source for I420, NV12, YUYV, RGB24, BGR24 or GREY",
            Self::DataType(_) => "use a model whose input is f32 or u8",
        }
    }
}

impl fmt::Display for PreprocessError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TensorType { wanted, given } => {
                write!(f, "the input format wants a tensor of {wanted}, and was given one of {given}")
            }
            Self::TensorLength { wanted, given, model } => {
                write!(f, "an input of 3x{model} wants a tensor of {wanted} elements, and was given {given}")
            }
            Self::Empty { source, model } => write!(f, "cannot fit a picture of {source} into {model}"),
            Self::PixelFormat(format) => write!(f, "cannot read {format} frames"),
            Self::DataType(data_type) => write!(f, "cannot write tensors of {data_type}"),
        }
    }
}

impl std::error::Error for PreprocessError {}
