//! The answers: operators, threads, sessions beside each other.

use std::thread;

use ocelli_engine::{Backend, LoadOptions, ModelFile, Threads};
use ocelli_frame::{DataType, TensorMut};

use super::{run, session};
use crate::onnx::{Attribute, Axis, FLOAT, UINT8};
use crate::{OnnxModel, TestFolder};

pub(super) fn check(backend: &dyn Backend) {
    convolution_with_bias_and_relu(backend);
    transposed_output_is_dense(backend);
    bytes_go_in_as_bytes(backend);
    open_axes_are_fixed_at_load(backend);
    metadata_and_specs_come_through(backend);
    bytes_load_as_a_file_does(backend);
    threads_do_not_change_the_answer(backend);
    sessions_do_not_share_memory(backend);
}

/// A 3x3 kernel of ones over a 3x3 picture of 1..=9, padded by one: sums of neighbourhoods, minus 20, cut at 0.
fn convolution() -> OnnxModel {
    let square = [Axis::Fixed(1), Axis::Fixed(1), Axis::Fixed(3), Axis::Fixed(3)];
    OnnxModel::new(13)
        .input("x", FLOAT, &square)
        .output("y", FLOAT, &square)
        .floats("w", &[1, 1, 3, 3], &[1.0; 9])
        .floats("b", &[1], &[-20.0])
        .node("Conv", &["x", "w", "b"], "c", &SAME_PADDING)
        .node("Relu", &["c"], "y", &[])
}

/// Strides and dilations are written out, as every exporter does: rten wants them although ONNX makes them optional.
const SAME_PADDING: [(&str, Attribute<'_>); 3] = [
    ("pads", Attribute::Ints(&[1, 1, 1, 1])),
    ("strides", Attribute::Ints(&[1, 1])),
    ("dilations", Attribute::Ints(&[1, 1])),
];

const PICTURE: [f32; 9] = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0];
const CONVOLVED: [f32; 9] = [0.0, 1.0, 0.0, 7.0, 25.0, 13.0, 4.0, 19.0, 8.0];

fn convolution_with_bias_and_relu(backend: &dyn Backend) {
    let mut session = session(backend, &convolution(), 1);
    assert_eq!(run(&mut *session, &PICTURE), CONVOLVED, "convolution");
    assert_eq!(run(&mut *session, &[0.0; 9]), [0.0; 9], "a second run sees the new input");
    assert_eq!(run(&mut *session, &PICTURE), CONVOLVED, "and a third the first again");
}

fn transposed_output_is_dense(backend: &dyn Backend) {
    let model = OnnxModel::new(13)
        .input("x", FLOAT, &[Axis::Fixed(1), Axis::Fixed(2), Axis::Fixed(3)])
        .output("y", FLOAT, &[Axis::Fixed(1), Axis::Fixed(3), Axis::Fixed(2)])
        .node("Transpose", &["x"], "y", &[("perm", Attribute::Ints(&[0, 2, 1]))]);
    let transposed = run(&mut *session(backend, &model, 1), &PICTURE[..6]);
    assert_eq!(transposed, [1.0, 4.0, 2.0, 5.0, 3.0, 6.0], "row-major after a transpose");
}

fn bytes_go_in_as_bytes(backend: &dyn Backend) {
    let model = OnnxModel::new(13)
        .input("x", UINT8, &[Axis::Fixed(1), Axis::Fixed(3)])
        .output("y", FLOAT, &[Axis::Fixed(1), Axis::Fixed(3)])
        .floats("half", &[1], &[0.5])
        .node("Cast", &["x"], "f", &[("to", Attribute::Int(FLOAT as i64))])
        .node("Mul", &["f", "half"], "y", &[]);
    let mut session = session(backend, &model, 1);
    match session.input(0) {
        TensorMut::U8(memory) => memory.copy_from_slice(&[0, 3, 255]),
        other => panic!("a u8 input, not {other:?}"),
    }
    session.run().expect("a run");
    assert_eq!(session.output(0).as_f32().expect("f32"), [0.0, 1.5, 127.5], "bytes are not signed");
}

fn open_axes_are_fixed_at_load(backend: &dyn Backend) {
    let folder = TestFolder::new("conformance");
    let open = [Axis::Open("batch"), Axis::Fixed(3), Axis::Open("height"), Axis::Open("width")];
    let path = OnnxModel::new(13)
        .input("x", FLOAT, &open)
        .output("y", FLOAT, &open)
        .node("Relu", &["x"], "y", &[])
        .write(folder.path(), "open.onnx");
    let options = LoadOptions { input_size: Some((4, 6)) };
    let model = backend.load(ModelFile::Path(&path), &options).expect("open axes with a size");
    assert_eq!(model.inputs()[0].shape, [1, 3, 4, 6], "open axes: input");
    assert_eq!(model.outputs()[0].shape, [1, 3, 4, 6], "open axes: output");
}

fn metadata_and_specs_come_through(backend: &dyn Backend) {
    let folder = TestFolder::new("conformance");
    let path = convolution().metadata("names", "{0: 'cat'}").write(folder.path(), "named.onnx");
    let model = backend.load(ModelFile::Path(&path), &LoadOptions::default()).expect("a model that loads");
    let names = ("names".to_owned(), "{0: 'cat'}".to_owned());
    assert!(model.metadata().contains(&names), "metadata: {:?}", model.metadata());
    let (input, output) = (&model.inputs()[0], &model.outputs()[0]);
    assert_eq!((input.name.as_str(), output.name.as_str()), ("x", "y"));
    assert_eq!((input.data_type, input.shape.as_slice()), (DataType::F32, &[1, 1, 3, 3][..]));
}

fn bytes_load_as_a_file_does(backend: &dyn Backend) {
    let bytes = convolution().metadata("names", "{0: 'cat'}").bytes();
    let file = ModelFile::Embedded { name: "in the program", bytes: &bytes };
    let model = backend.load(file, &LoadOptions::default()).expect("a model that loads from bytes");
    assert!(model.metadata().iter().any(|(key, _)| key == "names"), "bytes: metadata");
    let mut session = model.session(&Threads::unpinned(1)).expect("a session");
    assert_eq!(run(&mut *session, &PICTURE), CONVOLVED, "bytes: the answer");
}

fn threads_do_not_change_the_answer(backend: &dyn Backend) {
    let side = 33;
    let model = wide_convolution(side);
    let input: Vec<f32> = (0..3 * side * side).map(|n| ((n * 37) % 101) as f32 / 101.0 - 0.5).collect();
    let one = run(&mut *session(backend, &model, 1), &input);
    assert!(one.iter().any(|&value| value > 0.0), "an answer worth comparing");
    for threads in [2, 3] {
        let mut session = session(backend, &model, threads);
        for again in 0..2 {
            assert_eq!(run(&mut *session, &input), one, "{threads} threads, run {again}");
        }
    }
}

fn wide_convolution(side: usize) -> OnnxModel {
    let weights: Vec<f32> = (0..16 * 3 * 9).map(|n| ((n * 53) % 97) as f32 / 97.0 - 0.5).collect();
    let axes = |channels| [Axis::Fixed(1), Axis::Fixed(channels), Axis::Fixed(side), Axis::Fixed(side)];
    OnnxModel::new(13)
        .input("x", FLOAT, &axes(3))
        .output("y", FLOAT, &axes(16))
        .floats("w", &[16, 3, 3, 3], &weights)
        .node("Conv", &["x", "w"], "y", &SAME_PADDING)
}

fn sessions_do_not_share_memory(backend: &dyn Backend) {
    let folder = TestFolder::new("conformance");
    let path = convolution().write(folder.path(), "model.onnx");
    let model = backend.load(ModelFile::Path(&path), &LoadOptions::default()).expect("a model that loads");
    thread::scope(|scope| {
        for scale in 1..=2 {
            let model = &model;
            scope.spawn(move || {
                let mut session = model.session(&Threads::unpinned(1)).expect("a session");
                let input = PICTURE.map(|value| value * scale as f32);
                let first = run(&mut *session, &input);
                for _ in 0..50 {
                    assert_eq!(run(&mut *session, &input), first, "sessions side by side");
                }
            });
        }
    });
}
