//! What ONNX's node tests do not have: forms of older opsets, and files that contradict themselves.

use ocelli_engine::{EngineError, EngineErrorKind, LoadOptions, ModelFile};
use ocelli_testkit::OnnxModel;
use ocelli_testkit::onnx::{Attribute, Axis, FLOAT, INT64};

use super::{Imported, read};
use crate::reference;
use crate::tensor::{Data, Tensor};

type Attributes<'a> = &'a [(&'a str, Attribute<'a>)];

fn load(model: &OnnxModel) -> Result<Imported, EngineError> {
    read(ModelFile::Embedded { name: "m.onnx", bytes: &model.bytes() }, &LoadOptions::default())
}

fn axes(shape: &[usize]) -> Vec<Axis<'static>> {
    shape.iter().map(|&size| Axis::Fixed(size)).collect()
}

/// One node of `x`, and of constants named `k0`, `k1` and so on.
fn node(
    opset: u64,
    shape: &[usize],
    operator: &str,
    inputs: &[&str],
    attributes: Attributes<'_>,
) -> OnnxModel {
    OnnxModel::new(opset)
        .input("x", FLOAT, &axes(shape))
        .output("y", FLOAT, &[])
        .node(operator, inputs, "y", attributes)
}

/// The first output for 0, 1, 2 and so on.
fn run(model: &OnnxModel) -> (Vec<usize>, Vec<f32>) {
    let imported = load(model).unwrap_or_else(|error| panic!("{error}"));
    let shape = imported.inputs[0].shape.clone();
    let numbers = (0..imported.inputs[0].elements()).map(|n| n as f32).collect();
    let made = reference::run(&imported.graph, &[Tensor { shape, data: Data::F32(numbers) }]);
    (made[0].shape.clone(), made[0].as_f32().expect("f32").to_vec())
}

#[test]
fn softmax_was_over_all_axes_behind() {
    let both = |opset| run(&node(opset, &[1, 2, 2], "Softmax", &["x"], &[("axis", Attribute::Int(1))])).1;
    let near = |made: Vec<f32>, expected: [f32; 4]| {
        let is_near = made.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-4);
        assert!(is_near, "{made:?} instead of {expected:?}");
    };
    near(both(11), [0.0321, 0.0871, 0.2369, 0.6439]);
    near(both(13), [0.1192, 0.1192, 0.8808, 0.8808]);
}

#[test]
fn what_is_an_input_now_was_an_attribute() {
    use Attribute::{Float, Int, Ints};
    type Case<'a> = (u64, &'a str, Attributes<'a>, &'a [usize], &'a [f32]);
    let cases: &[Case<'_>] = &[
        (
            9,
            "Slice",
            &[("starts", Ints(&[-2])), ("ends", Ints(&[9])), ("axes", Ints(&[2]))],
            &[1, 2, 2],
            &[1.0, 2.0, 4.0, 5.0],
        ),
        (9, "Clip", &[("min", Float(1.5)), ("max", Float(3.0))], &[1, 2, 3], &[1.5, 1.5, 2.0, 3.0, 3.0, 3.0]),
        (11, "Squeeze", &[("axes", Ints(&[0]))], &[2, 3], &[0.0, 1.0, 2.0, 3.0, 4.0, 5.0]),
        (11, "Unsqueeze", &[("axes", Ints(&[-1]))], &[1, 2, 3, 1], &[0.0, 1.0, 2.0, 3.0, 4.0, 5.0]),
        (11, "ReduceSum", &[("axes", Ints(&[-1])), ("keepdims", Int(0))], &[1, 2], &[3.0, 12.0]),
        (
            9,
            "Pad",
            &[("pads", Ints(&[0, 0, 1, 0, -1, 0])), ("value", Float(7.0))],
            &[1, 1, 4],
            &[7.0, 0.0, 1.0, 2.0],
        ),
        (9, "TopK", &[("k", Int(2))], &[1, 2, 2], &[2.0, 1.0, 5.0, 4.0]),
        (9, "Dropout", &[("ratio", Float(0.9))], &[1, 2, 3], &[0.0, 1.0, 2.0, 3.0, 4.0, 5.0]),
    ];
    for &(opset, operator, attributes, shape, numbers) in cases {
        let made = run(&node(opset, &[1, 2, 3], operator, &["x"], attributes));
        assert_eq!(made, (shape.to_vec(), numbers.to_vec()), "{operator} of opset {opset}");
    }
}

#[test]
fn upsampling_was_by_division() {
    let scales = |opset, operator, mode| {
        let attributes = [("mode", Attribute::Text(mode))];
        run(&node(opset, &[1, 1, 1, 2], operator, &["x", "k0"], &attributes).floats(
            "k0",
            &[4],
            &[1.0, 1.0, 2.0, 2.0],
        ))
        .1
    };
    assert_eq!(scales(9, "Upsample", "nearest"), [0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 1.0, 1.0]);
    assert_eq!(scales(10, "Resize", "linear"), [0.0, 0.5, 1.0, 1.0, 0.0, 0.5, 1.0, 1.0]);
}

#[test]
fn group_normalisation_had_a_scale_a_group() {
    let groups = [("num_groups", Attribute::Int(2))];
    let model = |opset, scales: &[f32]| {
        node(opset, &[1, 4, 1], "GroupNormalization", &["x", "k0", "k1"], &groups)
            .floats("k0", &[scales.len()], scales)
            .floats("k1", &[scales.len()], &vec![0.0; scales.len()])
    };
    let of_groups: Vec<_> = run(&model(18, &[1.0, 10.0])).1.iter().map(|x| x.round()).collect();
    assert_eq!(of_groups, [-1.0, 1.0, -10.0, 10.0]);
    let of_channels: Vec<_> = run(&model(21, &[1.0, 10.0, 1.0, 1.0])).1.iter().map(|x| x.round()).collect();
    assert_eq!(of_channels, [-1.0, 10.0, -1.0, 1.0]);
}

#[test]
fn what_only_says_how_may_be_computed_of_shapes() {
    let model = OnnxModel::new(13)
        .input("x", FLOAT, &axes(&[2, 3, 4]))
        .output("y", FLOAT, &[])
        .integers("k0", &[1], &[0])
        .integers("k1", &[1], &[-1])
        .node("Shape", &["x"], "s", &[])
        .node("Gather", &["s", "k0"], "n", &[])
        .node("Concat", &["n", "k1"], "shape", &[("axis", Attribute::Int(0))])
        .node("Reshape", &["x", "shape"], "y", &[]);
    let imported = load(&model).unwrap();
    assert_eq!(imported.graph.nodes.len(), 1, "shapes are constant");
    assert_eq!(imported.outputs[0].shape, [2, 12]);
}

#[test]
fn each_output_of_the_network_has_a_node_of_its_own() {
    let model = OnnxModel::new(13)
        .input("x", FLOAT, &axes(&[2]))
        .output("x", FLOAT, &[])
        .output("y", FLOAT, &[])
        .output("z", FLOAT, &[])
        .node("Identity", &["x"], "y", &[])
        .node("Relu", &["x"], "z", &[]);
    let graph = load(&model).unwrap().graph;
    let makers = graph
        .outputs
        .iter()
        .map(|output| graph.nodes.iter().filter(|node| node.outputs.contains(output)).count());
    assert_eq!(makers.collect::<Vec<_>>(), [1, 1, 1]);
    assert!(graph.outputs.iter().all(|output| !graph.inputs.contains(output)));
}

/// The error of a model that must not load: its kind, and words that must be in it.
fn expect_error(model: &OnnxModel, kind: EngineErrorKind, names: &str) {
    let error = load(model).expect_err(names);
    assert_eq!(error.kind(), kind, "{error}");
    assert!(error.to_string().starts_with("m.onnx: "), "{error}");
    assert!(error.to_string().contains(names), "{names:?} is not in: {error}");
    assert!(!error.hint().is_empty(), "{error}");
}

#[test]
fn what_is_not_claimed_is_refused_by_name() {
    use Attribute::{Int, Text};
    use EngineErrorKind::UnsupportedOperator;
    let picture = [1, 1, 2, 2];
    expect_error(
        &node(13, &[2], "Frobnicate", &["x"], &[]),
        UnsupportedOperator,
        "node \"y\" (Frobnicate, opset 13): ",
    );
    expect_error(
        &node(13, &[2], "HardSwish", &["x"], &[]),
        UnsupportedOperator,
        "not this operator of this opset",
    );
    expect_error(&node(99, &[2], "Relu", &["x"], &[]), UnsupportedOperator, "(Relu, opset 99)");
    expect_error(&node(13, &[2], "Relu", &["x"], &[("fast", Int(1))]), UnsupportedOperator, "attribute fast");
    expect_error(&node(13, &[2], "Not", &["x"], &[]), UnsupportedOperator, "an input of f32");
    expect_error(
        &node(13, &[2], "Cast", &["x"], &[("to", Int(10))]),
        UnsupportedOperator,
        "a cast to float16",
    );
    expect_error(
        &node(13, &[1, 1, 2, 2, 2], "GlobalAveragePool", &["x"], &[]).node("Conv", &["x", "x"], "z", &[]),
        UnsupportedOperator,
        "two spatial axes",
    );
    let cubic = node(13, &picture, "Resize", &["x", "", "k0"], &[("mode", Text("cubic"))]);
    expect_error(&cubic.floats("k0", &[4], &[1.0; 4]), UnsupportedOperator, "mode cubic");
    expect_error(
        &node(13, &[2], "Expand", &["x", "n"], &[]).input("n", INT64, &axes(&[1])),
        UnsupportedOperator,
        "input 1 is computed in each run",
    );
}

#[test]
fn contradictions_are_refused_with_the_node() {
    use Attribute::{Int, Ints};
    use EngineErrorKind::BadModel;
    let conv = |attributes| {
        node(13, &[1, 4, 3, 3], "Conv", &["x", "k0"], attributes).floats("k0", &[2, 4, 2, 2], &[1.0; 32])
    };
    expect_error(&conv(&[("group", Int(2))]), BadModel, "node \"y\" (Conv): ");
    expect_error(&conv(&[("group", Int(0))]), BadModel, "0 groups");
    expect_error(&conv(&[("strides", Ints(&[0, 1]))]), BadModel, "of 0");
    expect_error(&conv(&[("strides", Ints(&[1]))]), BadModel, "strides [1]");
    expect_error(&conv(&[("pads", Ints(&[1, 1, 1]))]), BadModel, "pads [1, 1, 1]");
    expect_error(&conv(&[("pads", Ints(&[i64::MAX, 1, 1, 1]))]), BadModel, "is no size");
    expect_error(&conv(&[("dilations", Ints(&[9, 9]))]), BadModel, "does not fit");
    expect_error(&conv(&[("kernel_shape", Ints(&[3, 3]))]), BadModel, "kernel_shape");
    expect_error(&conv(&[("auto_pad", Attribute::Text("MAYBE"))]), BadModel, "auto_pad");
    let shape =
        |shape: &[i64]| node(13, &[2, 3], "Reshape", &["x", "k0"], &[]).integers("k0", &[shape.len()], shape);
    expect_error(&shape(&[4]), BadModel, "has not as many elements");
    expect_error(&shape(&[-1, -1]), BadModel, "-1 is no size");
    expect_error(&shape(&[-1, 4]), BadModel, "has not as many elements");
    expect_error(&shape(&[6, 1, 0]), BadModel, "keeps an axis");
    expect_error(&shape(&[1; 9]), BadModel, "node \"y\" (Reshape): ");
    expect_error(&node(13, &[2], "Concat", &["x", "x"], &[("axis", Int(1))]), BadModel, "there is no axis 1");
    expect_error(&node(13, &[2], "Transpose", &["x"], &[("perm", Ints(&[0, 0]))]), BadModel, "order");
    expect_error(
        &node(13, &[2], "Add", &["x", "k0"], &[]).floats("k0", &[3], &[0.0; 3]),
        BadModel,
        "do not broadcast",
    );
    expect_error(&node(13, &[2], "Add", &["x"], &[]), BadModel, "has no input 1");
    expect_error(&node(13, &[2], "Add", &["x", "late"], &[]), BadModel, "nothing makes its input \"late\"");
    expect_error(
        &node(13, &[2], "Gather", &["x", "k0"], &[]).integers("k0", &[1], &[2]),
        BadModel,
        "an index outside",
    );
    expect_error(
        &node(13, &[2], "Relu", &["x"], &[]).output("z", FLOAT, &[]),
        BadModel,
        "output z: nothing makes it",
    );
}

#[test]
fn a_window_of_an_even_number_of_channels_begins_at_its_own() {
    let window = |size: i64| -> OnnxModel {
        use Attribute::{Float, Int};
        let attributes: Attributes<'_> =
            &[("size", Int(size)), ("alpha", Float(2.0)), ("beta", Float(1.0)), ("bias", Float(1.0))];
        node(13, &[1, 4, 1, 1], "LRN", &["x"], attributes)
    };
    let (shape, made) = run(&window(2));
    assert_eq!(shape, [1, 4, 1, 1]);
    // Squares of the channel and of the next one; there is none behind the last.
    let expected = [0.0, 1.0 / (1.0 + 1.0 + 4.0), 2.0 / (1.0 + 4.0 + 9.0), 3.0 / (1.0 + 9.0)];
    assert!(made.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-6), "{made:?} instead of {expected:?}");
    expect_error(&window(0), EngineErrorKind::BadModel, "0 channels");
    expect_error(&window(9), EngineErrorKind::UnsupportedOperator, "more than twice the channels");
}

#[test]
fn a_small_file_makes_no_large_tensor() {
    let huge = i64::from(u32::MAX);
    let expand =
        |shape: &[i64]| node(13, &[1], "Expand", &["x", "k0"], &[]).integers("k0", &[shape.len()], shape);
    for shape in [&[1 << 29][..], &[1 << 20, 1 << 20], &[1 << 27, 1 << 27, 1 << 27], &[huge; 8]] {
        let error = load(&expand(shape)).expect_err("too large");
        assert_eq!(error.kind(), EngineErrorKind::BadModel, "{error}");
    }
    // Constants of 1 GB each are not made at load: a run would make them.
    let mut model = node(13, &[1], "Relu", &["x"], &[]).integers("k0", &[1], &[1 << 28]);
    for name in ["a", "b", "c"] {
        model = model.node("ConstantOfShape", &["k0"], name, &[]);
    }
    let graph = load(&model).unwrap().graph;
    assert_eq!(graph.nodes.len(), 4);
}
