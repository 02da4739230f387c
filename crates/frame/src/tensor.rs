//! The shapes and element types that engines, preprocess and postprocess agree on.

use std::fmt;

/// Element types of tensors at the engine's seam.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DataType {
    /// 32-bit float.
    F32,
    /// Unsigned byte.
    U8,
    /// 32-bit signed integer.
    I32,
    /// 64-bit signed integer.
    I64,
    /// Signed byte.
    I8,
    /// True or false.
    Bool,
}

impl fmt::Display for DataType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::F32 => "f32",
            Self::U8 => "u8",
            Self::I32 => "i32",
            Self::I64 => "i64",
            Self::I8 => "i8",
            Self::Bool => "bool",
        })
    }
}

/// Name, element type and fixed shape of an input or output. Row-major and dense.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TensorSpec {
    /// The name in the model file.
    pub name: String,
    /// Element type.
    pub data_type: DataType,
    /// Sizes, outermost first.
    pub shape: Vec<usize>,
}

impl TensorSpec {
    /// Elements in all.
    pub fn elements(&self) -> usize {
        self.shape.iter().product()
    }
}

impl fmt::Display for TensorSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}{:?}", self.name, self.data_type, self.shape)
    }
}

/// An input to be written: dense, row-major elements.
#[derive(Debug)]
#[non_exhaustive]
pub enum TensorMut<'a> {
    /// 32-bit floats.
    F32(&'a mut [f32]),
    /// Bytes.
    U8(&'a mut [u8]),
    /// 32-bit signed integers.
    I32(&'a mut [i32]),
    /// 64-bit signed integers.
    I64(&'a mut [i64]),
    /// Signed bytes.
    I8(&'a mut [i8]),
    /// Truths.
    Bool(&'a mut [bool]),
}

/// An output to be read: dense, row-major elements.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum TensorView<'a> {
    /// 32-bit floats.
    F32(&'a [f32]),
    /// Bytes.
    U8(&'a [u8]),
    /// 32-bit signed integers.
    I32(&'a [i32]),
    /// 64-bit signed integers.
    I64(&'a [i64]),
    /// Signed bytes.
    I8(&'a [i8]),
    /// Truths.
    Bool(&'a [bool]),
}

impl<'a> TensorView<'a> {
    /// The elements where they are f32.
    pub fn as_f32(&self) -> Option<&'a [f32]> {
        match self {
            Self::F32(data) => Some(data),
            _ => None,
        }
    }
}
