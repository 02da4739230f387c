//! Tensors that a file holds, as tensors of ours.

use super::proto::TensorProto;
use crate::strided::RANK_MAX;
use crate::tensor::{Data, ElementType, Tensor};

/// The element type by ONNX's number, where we have it.
pub(super) fn element_type(number: i64) -> Option<ElementType> {
    match number {
        1 => Some(ElementType::F32),
        2 => Some(ElementType::U8),
        3 => Some(ElementType::I8),
        6 => Some(ElementType::I32),
        7 => Some(ElementType::I64),
        9 => Some(ElementType::Bool),
        _ => None,
    }
}

/// ONNX's own name for an element type, whether we have it or not.
pub(super) fn type_name(number: i64) -> String {
    let names = [
        "undefined",
        "float",
        "uint8",
        "int8",
        "uint16",
        "int16",
        "int32",
        "int64",
        "string",
        "bool",
        "float16",
        "double",
        "uint32",
        "uint64",
        "complex64",
        "complex128",
        "bfloat16",
    ];
    let name = usize::try_from(number).ok().and_then(|number| names.get(number));
    name.map_or_else(|| format!("type {number} of onnx.proto"), |name| (*name).to_owned())
}

/// Why a tensor cannot be read, in a few words that follow its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ConstantError {
    /// Its element type, or where its elements are.
    Unsupported(String),
    /// It contradicts itself.
    Bad(String),
}

/// Reads a tensor. No more memory than the file's own bytes hold elements for.
pub(super) fn read(proto: &TensorProto<'_>) -> Result<Tensor, ConstantError> {
    let element = element_type(proto.data_type)
        .ok_or_else(|| ConstantError::Unsupported(format!("elements of {}", type_name(proto.data_type))))?;
    if proto.is_external {
        return Err(ConstantError::Unsupported("its elements are in another file".to_owned()));
    }
    let sizes = proto.shape.iter().map(|&size| usize::try_from(size).ok());
    let shape: Option<Vec<usize>> = sizes.collect();
    let count = |shape: &Vec<usize>| shape.iter().try_fold(1usize, |all, &size| all.checked_mul(size));
    let Some((shape, count)) = shape.and_then(|shape| count(&shape).map(|count| (shape, count))) else {
        return Err(ConstantError::Bad(format!("an absurd shape {:?}", proto.shape)));
    };
    if shape.len() > RANK_MAX {
        return Err(ConstantError::Bad(format!("{} axes, more than {RANK_MAX}", shape.len())));
    }
    let found = match proto.raw {
        Some(raw) if raw.len() % element.bytes() == 0 => raw.len() / element.bytes(),
        Some(raw) => return Err(ConstantError::Bad(format!("{} bytes of {element}", raw.len()))),
        None if element == ElementType::F32 => proto.floats.len(),
        None => proto.integers.len(),
    };
    if found != count {
        return Err(ConstantError::Bad(format!("{found} elements for a shape {shape:?}")));
    }
    Ok(Tensor { shape, data: data(element, proto) })
}

fn data(element: ElementType, proto: &TensorProto<'_>) -> Data {
    let integers = &proto.integers;
    match (proto.raw, element) {
        (Some(raw), ElementType::F32) => Data::F32(each(raw, f32::from_le_bytes)),
        (Some(raw), ElementType::I64) => Data::I64(each(raw, i64::from_le_bytes)),
        (Some(raw), ElementType::I32) => Data::I32(each(raw, i32::from_le_bytes)),
        (Some(raw), ElementType::I8) => Data::I8(each(raw, i8::from_le_bytes)),
        (Some(raw), ElementType::U8) => Data::U8(raw.to_vec()),
        (Some(raw), ElementType::Bool) => Data::Bool(raw.iter().map(|&byte| byte != 0).collect()),
        (None, ElementType::F32) => Data::F32(proto.floats.clone()),
        (None, ElementType::I64) => Data::I64(integers.clone()),
        (None, ElementType::I32) => Data::I32(integers.iter().map(|&n| n as i32).collect()),
        (None, ElementType::I8) => Data::I8(integers.iter().map(|&n| n as i8).collect()),
        (None, ElementType::U8) => Data::U8(integers.iter().map(|&n| n as u8).collect()),
        (None, ElementType::Bool) => Data::Bool(integers.iter().map(|&n| n != 0).collect()),
    }
}

fn each<const N: usize, T>(raw: &[u8], read: impl Fn([u8; N]) -> T) -> Vec<T> {
    raw.as_chunks().0.iter().map(|&bytes| read(bytes)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_come_from_bytes_or_from_lists() {
        let raw = [0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0];
        let shape = vec![2];
        let mut proto = TensorProto { shape, data_type: 1, raw: Some(&raw), ..TensorProto::default() };
        assert_eq!(read(&proto).unwrap().data, Data::F32(vec![1.0, -2.0]));
        proto.raw = None;
        proto.floats = vec![3.0, 4.0];
        assert_eq!(read(&proto).unwrap().data, Data::F32(vec![3.0, 4.0]));
        proto.data_type = 3;
        proto.integers = vec![-1, 127];
        assert_eq!(read(&proto).unwrap().data, Data::I8(vec![-1, 127]));
    }

    #[test]
    fn contradictions_are_errors() {
        let raw = [0; 6];
        let proto = |shape: &[i64], data_type| TensorProto {
            shape: shape.to_vec(),
            data_type,
            raw: Some(&raw),
            ..TensorProto::default()
        };
        for (shape, data_type) in [
            (&[3][..], 1),
            (&[7], 2),
            (&[-6], 2),
            (&[i64::MAX, i64::MAX], 2),
            (&[6, 1, 1, 1, 1, 1, 1, 1, 1], 2),
        ] {
            assert!(matches!(read(&proto(shape, data_type)), Err(ConstantError::Bad(_))), "{shape:?}");
        }
        assert!(matches!(read(&proto(&[3], 10)), Err(ConstantError::Unsupported(_))));
        assert!(read(&proto(&[6], 2)).is_ok());
    }
}
