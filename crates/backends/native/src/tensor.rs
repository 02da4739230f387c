//! Elements, and tensors of them: dense and row-major, or borrowed so.

use std::fmt;

/// What a tensor is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum ElementType {
    F32,
    I64,
    I32,
    I8,
    U8,
    Bool,
}

impl ElementType {
    /// Numbers that have negatives.
    pub(crate) const SIGNED: &[Self] = &[Self::F32, Self::I64, Self::I32, Self::I8];
    pub(crate) const NUMBERS: &[Self] = &[Self::F32, Self::I64, Self::I32, Self::I8, Self::U8];
    /// What an index may be.
    pub(crate) const INDICES: &[Self] = &[Self::I64, Self::I32];
    pub(crate) const ANY: &[Self] = &[Self::F32, Self::I64, Self::I32, Self::I8, Self::U8, Self::Bool];

    /// Bytes of one element.
    pub(crate) fn bytes(self) -> usize {
        match self {
            Self::I64 => 8,
            Self::F32 | Self::I32 => 4,
            Self::I8 | Self::U8 | Self::Bool => 1,
        }
    }
}

impl fmt::Display for ElementType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::F32 => "f32",
            Self::I64 => "i64",
            Self::I32 => "i32",
            Self::I8 => "i8",
            Self::U8 => "u8",
            Self::Bool => "bool",
        })
    }
}

/// Element type and sizes, outermost first; no sizes for a scalar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TensorType {
    pub(crate) element: ElementType,
    pub(crate) shape: Vec<usize>,
}

impl TensorType {
    pub(crate) fn new(element: ElementType, shape: impl Into<Vec<usize>>) -> Self {
        Self { element, shape: shape.into() }
    }

    /// Elements in all.
    pub(crate) fn elements(&self) -> usize {
        self.shape.iter().product()
    }
}

impl fmt::Display for TensorType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{:?}", self.element, self.shape)
    }
}

/// Elements that are owned.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Data {
    F32(Vec<f32>),
    I64(Vec<i64>),
    I32(Vec<i32>),
    I8(Vec<i8>),
    U8(Vec<u8>),
    Bool(Vec<bool>),
}

/// A tensor that owns its elements: a constant.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Tensor {
    pub(crate) shape: Vec<usize>,
    pub(crate) data: Data,
}

/// Elements that somebody else owns.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Elements<'a> {
    F32(&'a [f32]),
    I64(&'a [i64]),
    I32(&'a [i32]),
    I8(&'a [i8]),
    U8(&'a [u8]),
    Bool(&'a [bool]),
}

/// Elements to be written.
#[derive(Debug)]
pub(crate) enum ElementsMut<'a> {
    F32(&'a mut [f32]),
    I64(&'a mut [i64]),
    I32(&'a mut [i32]),
    I8(&'a mut [i8]),
    U8(&'a mut [u8]),
    Bool(&'a mut [bool]),
}

/// An operator's input: dense and row-major.
#[derive(Clone, Copy, Debug)]
pub(crate) struct View<'a> {
    pub(crate) shape: &'a [usize],
    pub(crate) data: Elements<'a>,
}

/// An operator's output: dense and row-major. What it held before means nothing.
#[derive(Debug)]
pub(crate) struct ViewMut<'a> {
    pub(crate) shape: &'a [usize],
    pub(crate) data: ElementsMut<'a>,
}

impl Tensor {
    /// Zeros.
    pub(crate) fn zeros(of: &TensorType) -> Self {
        let count = of.elements();
        let data = match of.element {
            ElementType::F32 => Data::F32(vec![0.0; count]),
            ElementType::I64 => Data::I64(vec![0; count]),
            ElementType::I32 => Data::I32(vec![0; count]),
            ElementType::I8 => Data::I8(vec![0; count]),
            ElementType::U8 => Data::U8(vec![0; count]),
            ElementType::Bool => Data::Bool(vec![false; count]),
        };
        Self { shape: of.shape.clone(), data }
    }

    pub(crate) fn tensor_type(&self) -> TensorType {
        TensorType { element: self.view().element(), shape: self.shape.clone() }
    }

    pub(crate) fn view(&self) -> View<'_> {
        let data = match &self.data {
            Data::F32(data) => Elements::F32(data),
            Data::I64(data) => Elements::I64(data),
            Data::I32(data) => Elements::I32(data),
            Data::I8(data) => Elements::I8(data),
            Data::U8(data) => Elements::U8(data),
            Data::Bool(data) => Elements::Bool(data),
        };
        View { shape: &self.shape, data }
    }

    pub(crate) fn view_mut(&mut self) -> ViewMut<'_> {
        let data = match &mut self.data {
            Data::F32(data) => ElementsMut::F32(data),
            Data::I64(data) => ElementsMut::I64(data),
            Data::I32(data) => ElementsMut::I32(data),
            Data::I8(data) => ElementsMut::I8(data),
            Data::U8(data) => ElementsMut::U8(data),
            Data::Bool(data) => ElementsMut::Bool(data),
        };
        ViewMut { shape: &self.shape, data }
    }

    /// The elements where they are f32.
    pub(crate) fn as_f32(&self) -> Option<&[f32]> {
        match &self.data {
            Data::F32(data) => Some(data),
            _ => None,
        }
    }
}

impl<'a> View<'a> {
    pub(crate) fn element(&self) -> ElementType {
        match self.data {
            Elements::F32(_) => ElementType::F32,
            Elements::I64(_) => ElementType::I64,
            Elements::I32(_) => ElementType::I32,
            Elements::I8(_) => ElementType::I8,
            Elements::U8(_) => ElementType::U8,
            Elements::Bool(_) => ElementType::Bool,
        }
    }

    /// The elements of what is known to be f32.
    ///
    /// # Panics
    /// Where it is not: an operator's types are checked before it runs.
    pub(crate) fn f32(&self) -> &'a [f32] {
        match self.data {
            Elements::F32(data) => data,
            _ => panic!("{} where f32 was checked", self.element()),
        }
    }

    /// The elements of what is known to be bool.
    ///
    /// # Panics
    /// As [`View::f32`].
    pub(crate) fn bool(&self) -> &'a [bool] {
        match self.data {
            Elements::Bool(data) => data,
            _ => panic!("{} where bool was checked", self.element()),
        }
    }

    /// Element `at` of what is known to be integers: an index.
    ///
    /// # Panics
    /// As [`View::f32`].
    pub(crate) fn integer(&self, at: usize) -> i64 {
        match self.data {
            Elements::I64(data) => data[at],
            Elements::I32(data) => data[at].into(),
            _ => panic!("{} where i64 or i32 was checked", self.element()),
        }
    }
}

impl ViewMut<'_> {
    /// The elements of what is known to be f32.
    ///
    /// # Panics
    /// As [`View::f32`].
    pub(crate) fn f32(&mut self) -> &mut [f32] {
        match &mut self.data {
            ElementsMut::F32(data) => data,
            _ => panic!("another type where f32 was checked"),
        }
    }

    /// The elements of what is known to be i64.
    ///
    /// # Panics
    /// As [`View::f32`].
    pub(crate) fn i64(&mut self) -> &mut [i64] {
        match &mut self.data {
            ElementsMut::I64(data) => data,
            _ => panic!("another type where i64 was checked"),
        }
    }

    /// The elements of what is known to be bool.
    ///
    /// # Panics
    /// As [`View::f32`].
    pub(crate) fn bool(&mut self) -> &mut [bool] {
        match &mut self.data {
            ElementsMut::Bool(data) => data,
            _ => panic!("another type where bool was checked"),
        }
    }
}

/// Does the same with the elements of an output and of inputs of its type, whatever that is.
///
/// # Panics
/// Where the types differ: they are checked before an operator runs.
macro_rules! of_one_type {
    ($output:expr, $inputs:tt, |$to:ident, $froms:tt| $body:expr) => {
        $crate::tensor::match_type!($output, $inputs, |$to, $froms| $body, [F32 I64 I32 I8 U8 Bool])
    };
}

/// As [`of_one_type`], of numbers only.
macro_rules! of_numbers {
    ($output:expr, $inputs:tt, |$to:ident, $froms:tt| $body:expr) => {
        $crate::tensor::match_type!($output, $inputs, |$to, $froms| $body, [F32 I64 I32 I8 U8],
            _ => panic!("another type where numbers were checked"))
    };
}

/// Does the same with the elements of an input of numbers, whatever their type.
///
/// # Panics
/// Where they are no numbers.
macro_rules! of_numbers_in {
    ($input:expr, |$from:ident| $body:expr) => {
        match $input.data {
            $crate::tensor::Elements::F32($from) => $body,
            $crate::tensor::Elements::I64($from) => $body,
            $crate::tensor::Elements::I32($from) => $body,
            $crate::tensor::Elements::I8($from) => $body,
            $crate::tensor::Elements::U8($from) => $body,
            $crate::tensor::Elements::Bool(_) => panic!("bool where numbers were checked"),
        }
    };
}

macro_rules! match_type {
    ($output:expr, $inputs:tt, |$to:ident, $froms:tt| $body:expr, [$($name:ident)*] $(, $other:pat => $end:expr)?) => {
        match &mut $output.data {
            $($crate::tensor::ElementsMut::$name($to) => {
                $crate::tensor::match_type!(@inputs $name $inputs $froms);
                $body
            })*
            $($other => $end,)?
        }
    };
    (@inputs $name:ident [$($input:expr),*] [$($from:ident),*]) => {
        $(let $crate::tensor::Elements::$name($from) = $input.data else {
            panic!("{} where the output's type was checked", $input.element())
        };)*
    };
}
pub(crate) use {match_type, of_numbers, of_numbers_in, of_one_type};
