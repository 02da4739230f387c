//! What of `onnx.proto` a network is made of, borrowed from the file. Field numbers are that file's.
//!
//! Not read: documentation, shapes of what is between inputs and outputs (they are worked out), functions, training, and
//! graphs inside of attributes, which only control flow has.

use super::wire::{Field, Message, WireError};

/// `ModelProto`
#[derive(Debug, Default)]
pub(super) struct Model<'a> {
    /// Domain and version.
    pub(super) opsets: Vec<(&'a str, i64)>,
    pub(super) graph: Option<Graph<'a>>,
    pub(super) metadata: Vec<(&'a str, &'a str)>,
}

/// `GraphProto`
#[derive(Debug, Default)]
pub(super) struct Graph<'a> {
    pub(super) nodes: Vec<Node<'a>>,
    pub(super) initializers: Vec<TensorProto<'a>>,
    pub(super) inputs: Vec<ValueInfo<'a>>,
    pub(super) outputs: Vec<ValueInfo<'a>>,
}

/// `NodeProto`
#[derive(Clone, Debug, Default)]
pub(super) struct Node<'a> {
    pub(super) name: &'a str,
    pub(super) operator: &'a str,
    pub(super) domain: &'a str,
    /// Empty names for what is left out.
    pub(super) inputs: Vec<&'a str>,
    pub(super) outputs: Vec<&'a str>,
    pub(super) attributes: Vec<Attribute<'a>>,
}

/// `AttributeProto`
#[derive(Clone, Debug, Default)]
pub(super) struct Attribute<'a> {
    pub(super) name: &'a str,
    pub(super) float: Option<f32>,
    pub(super) integer: Option<i64>,
    pub(super) text: Option<&'a [u8]>,
    pub(super) tensor: Option<TensorProto<'a>>,
    pub(super) floats: Vec<f32>,
    pub(super) integers: Vec<i64>,
}

/// `TensorProto`
#[derive(Clone, Debug, Default)]
pub(super) struct TensorProto<'a> {
    pub(super) name: &'a str,
    pub(super) shape: Vec<i64>,
    /// By the numbers of `TensorProto.DataType`.
    pub(super) data_type: i64,
    /// Little-endian elements, where they are not in one of the lists.
    pub(super) raw: Option<&'a [u8]>,
    pub(super) floats: Vec<f32>,
    /// Of `int32_data` or `int64_data`.
    pub(super) integers: Vec<i64>,
    /// The elements are in another file.
    pub(super) is_external: bool,
}

/// `ValueInfoProto`
#[derive(Debug, Default)]
pub(super) struct ValueInfo<'a> {
    pub(super) name: &'a str,
    /// Where it is a tensor: its element type by number.
    pub(super) data_type: Option<i64>,
    /// Where it is a tensor with a shape.
    pub(super) shape: Option<Vec<Dimension<'a>>>,
}

/// `TensorShapeProto.Dimension`: a number, a name, or neither.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Dimension<'a> {
    pub(super) size: Option<i64>,
    pub(super) name: &'a str,
}

type Read<T> = Result<T, WireError>;

/// Each field of a message in turn.
fn each<'a>(mut message: Message<'a>, mut read: impl FnMut(Field<'a>) -> Read<()>) -> Read<()> {
    while let Some(field) = message.next_field()? {
        read(field)?;
    }
    Ok(())
}

impl<'a> Model<'a> {
    pub(super) fn read(file: &'a [u8]) -> Read<Self> {
        let mut model = Self::default();
        each(Message::new(file), |field| {
            match field.number {
                7 => model.graph = Some(Graph::read(field.message()?)?),
                8 => model.opsets.push(read_opset(field.message()?)?),
                14 => model.metadata.push(read_pair(field.message()?)?),
                _ => {}
            }
            Ok(())
        })?;
        Ok(model)
    }
}

fn read_opset(message: Message<'_>) -> Read<(&str, i64)> {
    let (mut domain, mut version) = ("", 0);
    each(message, |field| {
        match field.number {
            1 => domain = field.text()?,
            2 => version = field.integer()?,
            _ => {}
        }
        Ok(())
    })?;
    Ok((domain, version))
}

fn read_pair(message: Message<'_>) -> Read<(&str, &str)> {
    let (mut key, mut value) = ("", "");
    each(message, |field| {
        match field.number {
            1 => key = field.text()?,
            2 => value = field.text()?,
            _ => {}
        }
        Ok(())
    })?;
    Ok((key, value))
}

impl<'a> Graph<'a> {
    fn read(message: Message<'a>) -> Read<Self> {
        let mut graph = Self::default();
        each(message, |field| {
            match field.number {
                1 => graph.nodes.push(Node::read(field.message()?)?),
                5 => graph.initializers.push(TensorProto::read(field.message()?)?),
                11 => graph.inputs.push(ValueInfo::read(field.message()?)?),
                12 => graph.outputs.push(ValueInfo::read(field.message()?)?),
                _ => {}
            }
            Ok(())
        })?;
        Ok(graph)
    }
}

impl<'a> Node<'a> {
    fn read(message: Message<'a>) -> Read<Self> {
        let mut node = Self::default();
        each(message, |field| {
            match field.number {
                1 => node.inputs.push(field.text()?),
                2 => node.outputs.push(field.text()?),
                3 => node.name = field.text()?,
                4 => node.operator = field.text()?,
                5 => node.attributes.push(Attribute::read(field.message()?)?),
                7 => node.domain = field.text()?,
                _ => {}
            }
            Ok(())
        })?;
        Ok(node)
    }
}

impl<'a> Attribute<'a> {
    fn read(message: Message<'a>) -> Read<Self> {
        let mut attribute = Self::default();
        each(message, |field| {
            match field.number {
                1 => attribute.name = field.text()?,
                2 => attribute.float = Some(field.float()?),
                3 => attribute.integer = Some(field.integer()?),
                4 => attribute.text = Some(field.bytes()?),
                5 => attribute.tensor = Some(TensorProto::read(field.message()?)?),
                7 => field.floats(&mut attribute.floats)?,
                8 => field.integers(&mut attribute.integers)?,
                _ => {}
            }
            Ok(())
        })?;
        Ok(attribute)
    }
}

impl<'a> TensorProto<'a> {
    /// The tensor that is all of a file, as in ONNX's test data.
    #[cfg(test)]
    pub(super) fn read_file(file: &'a [u8]) -> Read<Self> {
        Self::read(Message::new(file))
    }

    fn read(message: Message<'a>) -> Read<Self> {
        let mut tensor = Self::default();
        each(message, |field| {
            match field.number {
                1 => field.integers(&mut tensor.shape)?,
                2 => tensor.data_type = field.integer()?,
                4 => field.floats(&mut tensor.floats)?,
                5 | 7 => field.integers(&mut tensor.integers)?,
                8 => tensor.name = field.text()?,
                9 => tensor.raw = Some(field.bytes()?),
                14 => tensor.is_external = field.integer()? == 1,
                _ => {}
            }
            Ok(())
        })?;
        Ok(tensor)
    }
}

impl<'a> ValueInfo<'a> {
    fn read(message: Message<'a>) -> Read<Self> {
        let mut value = Self::default();
        each(message, |field| {
            match field.number {
                1 => value.name = field.text()?,
                2 => each(field.message()?, |field| match field.number {
                    1 => value.read_tensor_type(field.message()?),
                    _ => Ok(()),
                })?,
                _ => {}
            }
            Ok(())
        })?;
        Ok(value)
    }

    fn read_tensor_type(&mut self, message: Message<'a>) -> Read<()> {
        each(message, |field| {
            match field.number {
                1 => self.data_type = Some(field.integer()?),
                2 => {
                    let mut shape = Vec::new();
                    each(field.message()?, |field| {
                        if field.number == 1 {
                            shape.push(Dimension::read(field.message()?)?);
                        }
                        Ok(())
                    })?;
                    self.shape = Some(shape);
                }
                _ => {}
            }
            Ok(())
        })
    }
}

impl<'a> Dimension<'a> {
    fn read(message: Message<'a>) -> Read<Self> {
        let mut dimension = Self::default();
        each(message, |field| {
            match field.number {
                1 => dimension.size = Some(field.integer()?),
                2 => dimension.name = field.text()?,
                _ => {}
            }
            Ok(())
        })?;
        Ok(dimension)
    }
}
