//! Bad models: each is one typed error that names the place and has a hint, and none is a panic.

use std::fs;
use std::path::Path;

use ocelli_engine::{Backend, EngineError, EngineErrorKind, LoadOptions, ModelFile};

use crate::onnx::{Axis, FLOAT};
use crate::{OnnxModel, TestFolder};

pub(super) fn check(backend: &dyn Backend) {
    let folder = TestFolder::new("conformance");
    let picture = [Axis::Fixed(1), Axis::Fixed(3), Axis::Fixed(4), Axis::Fixed(4)];
    let relu = |shape: &[Axis<'_>]| {
        OnnxModel::new(13).input("x", FLOAT, shape).output("y", FLOAT, shape).node("Relu", &["x"], "y", &[])
    };
    let file = |name: &str, bytes: &[u8]| {
        let path = folder.join(name);
        fs::write(&path, bytes).expect("the test's folder can be written");
        path
    };
    let whole = relu(&picture).floats("unused", &[64], &[1.0; 64]).bytes();

    use EngineErrorKind::{BadModel, Io, UnsupportedOperator, UnsupportedShape};
    expect(backend, &folder.join("missing.onnx"), None, Io, "missing.onnx");
    expect(backend, folder.path(), None, Io, "conformance");
    expect(backend, &file("empty.onnx", b""), None, BadModel, "0 bytes");
    expect(backend, &file("text.onnx", b"this is no model\n"), None, BadModel, "text.onnx");
    expect(backend, &file("cut.onnx", &whole[..whole.len() / 2]), None, BadModel, "cut.onnx");

    for bytes in [b"" as &[u8], b"this is no model\n", &whole[..whole.len() / 2]] {
        expect_of(backend, ModelFile::Embedded { name: "inside.onnx", bytes }, None, BadModel, "inside.onnx");
    }

    let unknown = OnnxModel::new(13).input("x", FLOAT, &picture).output("y", FLOAT, &picture).node(
        "Frobnicate",
        &["x"],
        "y",
        &[],
    );
    let path = unknown.write(folder.path(), "operator.onnx");
    expect(backend, &path, None, UnsupportedOperator, "Frobnicate");

    let open = relu(&[Axis::Fixed(1), Axis::Fixed(3), Axis::Open("h"), Axis::Open("w")]);
    let path = open.write(folder.path(), "open.onnx");
    expect(backend, &path, None, UnsupportedShape, "axis 2 (h)");

    let path = relu(&picture).write(folder.path(), "fixed.onnx");
    expect(backend, &path, Some((8, 8)), UnsupportedShape, "axis 2 is fixed at 4, not 8");

    let huge = [Axis::Fixed(1), Axis::Fixed(3), Axis::Fixed(1 << 40), Axis::Fixed(1 << 40)];
    let path = relu(&huge).write(folder.path(), "huge.onnx");
    expect(backend, &path, None, UnsupportedShape, "input x");
}

fn expect(
    backend: &dyn Backend,
    path: &Path,
    input_size: Option<(usize, usize)>,
    kind: EngineErrorKind,
    names: &str,
) {
    expect_of(backend, ModelFile::Path(path), input_size, kind, names);
}

fn expect_of(
    backend: &dyn Backend,
    file: ModelFile<'_>,
    input_size: Option<(usize, usize)>,
    kind: EngineErrorKind,
    names: &str,
) {
    let outcome = backend.load(file, &LoadOptions { input_size });
    let error: EngineError = outcome.err().unwrap_or_else(|| panic!("{file} must not load"));
    assert_eq!(error.kind(), kind, "{error}");
    assert!(error.to_string().contains(names), "{names:?} is not named in: {error}");
    assert!(!error.hint().is_empty(), "no hint: {error}");
}
