//! Small ONNX files, written by hand: enough of the format for a test to say exactly what is in a model.
//! Field numbers are those of `onnx.proto3`.

use std::fs;
use std::path::{Path, PathBuf};

/// Element types, by ONNX's own numbers.
pub const FLOAT: u64 = 1;
/// Unsigned bytes.
pub const UINT8: u64 = 2;
/// 64-bit integers.
pub const INT64: u64 = 7;

/// A model under construction. Names tie inputs, nodes, constants and outputs together.
#[derive(Clone, Debug)]
pub struct OnnxModel {
    graph: Message,
    metadata: Vec<(String, String)>,
    opset: u64,
}

/// One size of a shape.
#[derive(Clone, Copy, Debug)]
pub enum Axis<'a> {
    /// A number.
    Fixed(usize),
    /// A name instead of a number.
    Open(&'a str),
}

/// An attribute of a node.
#[derive(Clone, Copy, Debug)]
pub enum Attribute<'a> {
    /// A whole number.
    Int(i64),
    /// A list of whole numbers.
    Ints(&'a [i64]),
    /// A number.
    Float(f32),
    /// A text.
    Text(&'a str),
}

impl OnnxModel {
    /// An empty graph of this opset.
    pub fn new(opset: u64) -> Self {
        Self { graph: Message::default().text(2, "test"), metadata: Vec::new(), opset }
    }

    /// Declares an input.
    #[must_use]
    pub fn input(mut self, name: &str, element_type: u64, shape: &[Axis<'_>]) -> Self {
        self.graph = self.graph.message(11, value_info(name, element_type, shape));
        self
    }

    /// Declares an output.
    #[must_use]
    pub fn output(mut self, name: &str, element_type: u64, shape: &[Axis<'_>]) -> Self {
        self.graph = self.graph.message(12, value_info(name, element_type, shape));
        self
    }

    /// A constant of floats.
    #[must_use]
    pub fn floats(mut self, name: &str, shape: &[usize], values: &[f32]) -> Self {
        let raw: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        self.graph = self.graph.message(5, tensor(name, FLOAT, shape, &raw));
        self
    }

    /// A constant of 64-bit integers.
    #[must_use]
    pub fn integers(mut self, name: &str, shape: &[usize], values: &[i64]) -> Self {
        let raw: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        self.graph = self.graph.message(5, tensor(name, INT64, shape, &raw));
        self
    }

    /// A node, named after its output.
    #[must_use]
    pub fn node(
        mut self,
        operator: &str,
        inputs: &[&str],
        output: &str,
        attributes: &[(&str, Attribute<'_>)],
    ) -> Self {
        let mut node = Message::default();
        for input in inputs {
            node = node.text(1, input);
        }
        node = node.text(2, output).text(3, output).text(4, operator);
        for (name, value) in attributes {
            node = node.message(5, attribute(name, value));
        }
        self.graph = self.graph.message(1, node);
        self
    }

    /// A pair of the file's own metadata.
    #[must_use]
    pub fn metadata(mut self, key: &str, value: &str) -> Self {
        self.metadata.push((key.to_owned(), value.to_owned()));
        self
    }

    /// The file's bytes.
    pub fn bytes(&self) -> Vec<u8> {
        let mut model = Message::default()
            .number(1, 8)
            .text(2, "ocelli-testkit")
            .message(7, self.graph.clone())
            .message(8, Message::default().text(1, "").number(2, self.opset));
        for (key, value) in &self.metadata {
            model = model.message(14, Message::default().text(1, key).text(2, value));
        }
        model.0
    }

    /// Writes the file into `folder`.
    ///
    /// # Panics
    /// Where it cannot be written.
    pub fn write(&self, folder: &Path, name: &str) -> PathBuf {
        let path = folder.join(name);
        fs::write(&path, self.bytes()).expect("the test's folder can be written");
        path
    }
}

/// A detector without learned weights: a picture of `size` x `size` goes in, and the output `[1, channels, anchors]`
/// (YOLOv8's anchors for that size) is what `fill` says, whatever the picture.
pub fn constant_detector(size: usize, channels: usize, fill: impl Fn(usize, usize) -> f32) -> OnnxModel {
    let anchors: usize = [8, 16, 32].iter().map(|stride| (size / stride) * (size / stride)).sum();
    let values: Vec<f32> =
        (0..channels).flat_map(|c| (0..anchors).map(move |a| (c, a))).map(|(c, a)| fill(c, a)).collect();
    use Axis::Fixed;
    OnnxModel::new(13)
        .input("images", FLOAT, &[Fixed(1), Fixed(3), Fixed(size), Fixed(size)])
        .output("output0", FLOAT, &[Fixed(1), Fixed(channels), Fixed(anchors)])
        .floats("zero", &[1], &[0.0])
        .floats("head", &[1, channels, anchors], &values)
        .node("GlobalAveragePool", &["images"], "mean", &[])
        .node("ReduceMax", &["mean"], "brightest", &[("keepdims", Attribute::Int(0))])
        .node("Mul", &["brightest", "zero"], "nothing", &[])
        .node("Add", &["head", "nothing"], "output0", &[])
}

fn value_info(name: &str, element_type: u64, shape: &[Axis<'_>]) -> Message {
    let mut axes = Message::default();
    for axis in shape {
        axes = axes.message(
            1,
            match axis {
                Axis::Fixed(size) => Message::default().number(1, *size as u64),
                Axis::Open(name) => Message::default().text(2, name),
            },
        );
    }
    let tensor_type = Message::default().number(1, element_type).message(2, axes);
    Message::default().text(1, name).message(2, Message::default().message(1, tensor_type))
}

fn tensor(name: &str, element_type: u64, shape: &[usize], raw: &[u8]) -> Message {
    let mut message = Message::default();
    for &size in shape {
        message = message.number(1, size as u64);
    }
    message.number(2, element_type).text(8, name).bytes(9, raw)
}

fn attribute(name: &str, value: &Attribute<'_>) -> Message {
    let message = Message::default().text(1, name);
    match value {
        Attribute::Float(value) => message.float(2, *value).number(20, 1),
        Attribute::Int(value) => message.number(3, *value as u64).number(20, 2),
        Attribute::Text(value) => message.text(4, value).number(20, 3),
        Attribute::Ints(values) => {
            values.iter().fold(message, |message, &value| message.number(8, value as u64)).number(20, 7)
        }
    }
}

/// A protobuf message as it grows.
#[derive(Clone, Debug, Default)]
struct Message(Vec<u8>);

impl Message {
    fn number(mut self, field: u64, value: u64) -> Self {
        self.varint(field << 3);
        self.varint(value);
        self
    }

    fn float(mut self, field: u64, value: f32) -> Self {
        self.varint(field << 3 | 5);
        self.0.extend(value.to_le_bytes());
        self
    }

    fn bytes(mut self, field: u64, bytes: &[u8]) -> Self {
        self.varint(field << 3 | 2);
        self.varint(bytes.len() as u64);
        self.0.extend(bytes);
        self
    }

    fn text(self, field: u64, text: &str) -> Self {
        self.bytes(field, text.as_bytes())
    }

    fn message(self, field: u64, message: Self) -> Self {
        self.bytes(field, &message.0)
    }

    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }
}
