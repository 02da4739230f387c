//! What a small file may ask for is limited.

use ocelli_backend_native::Native;
use ocelli_engine::{Backend, EngineErrorKind, LoadOptions, ModelFile};
use ocelli_testkit::onnx::{Axis, FLOAT};
use ocelli_testkit::{OnnxModel, TestFolder};

#[test]
fn a_network_that_needs_gigabytes_at_once_is_refused() {
    // A gigabyte each: the input, and two that are made of it, one of the other.
    let shape = [Axis::Fixed(1), Axis::Fixed(1 << 14), Axis::Fixed(1 << 14)];
    let model = OnnxModel::new(13)
        .input("x", FLOAT, &shape)
        .output("z", FLOAT, &shape)
        .node("Relu", &["x"], "y", &[])
        .node("Sigmoid", &["y"], "z", &[]);
    let folder = TestFolder::new("limits");
    let path = model.write(folder.path(), "huge.onnx");
    let outcome = Native::new().load(ModelFile::Path(&path), &LoadOptions::default());
    let error = outcome.expect_err("3 GB of tensors");
    assert_eq!(error.kind(), EngineErrorKind::UnsupportedShape, "{error}");
    assert!(error.to_string().contains("huge.onnx") && error.to_string().contains("3072 MB"), "{error}");
}
