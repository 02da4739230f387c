//! The small networks of `tests/any_input/` and damaged copies of them, run: what loads must run without a panic, and
//! compiled it must answer as the reference does.

use std::path::Path;

use ocelli_engine::{LoadOptions, ModelFile};
use ocelli_testkit::hostile;

use super::node_tests::compiled;
use super::{Imported, read};
use crate::kernels::isa::Isa;
use crate::reference;
use crate::tensor::{Data, Tensor, TensorType};

/// Larger networks are not run: damage makes sizes absurd.
const ELEMENTS_MAX: usize = 1 << 16;
/// Larger numbers are not compared: sums come in another order, and soon there are infinities.
const NUMBER_MAX: f32 = 1e6;

#[test]
fn what_loads_runs_and_answers_as_the_reference_does() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/any_input/inputs/onnx");
    for (name, bytes) in hostile::files_in(&folder) {
        let is_good = !name.starts_with("found-") && !name.starts_with("bad-");
        assert!(run(&bytes) || !is_good, "{name} must load and run");
    }
    hostile::replay(&folder, 300, |bytes| {
        run(bytes);
    });
}

/// Whether it was run.
fn run(bytes: &[u8]) -> bool {
    let file = ModelFile::Embedded { name: "any.onnx", bytes };
    let Ok(imported) = read(file, &LoadOptions { input_size: Some((9, 7)) })
        .or_else(|_| read(file, &LoadOptions::default()))
    else {
        return false;
    };
    run_imported(&imported)
}

/// As [`run`], of what was imported.
pub(super) fn run_imported(imported: &Imported) -> bool {
    let elements = |tensor_type: &TensorType| tensor_type.elements();
    let all: usize = imported.graph.values.iter().map(|value| elements(&value.tensor_type)).sum();
    if all > ELEMENTS_MAX {
        return false;
    }
    let types = imported.graph.inputs.iter().map(|&id| imported.graph.tensor_type(id));
    let inputs: Vec<_> = types.map(filled).collect();
    let expected = reference::run(&imported.graph, &inputs);
    let constants = imported.graph.values.iter().filter_map(|value| value.constant.as_deref());
    for isa in Isa::available() {
        let made = compiled(imported.clone(), &inputs, isa).unwrap_or_else(|what| panic!("{isa}: {what}"));
        if constants.clone().all(is_tame) {
            made.iter().zip(&expected).for_each(|(made, expected)| hold_equal(made, expected));
        }
    }
    true
}

/// Constants that sums in any order agree on.
fn is_tame(constant: &Tensor) -> bool {
    constant.as_f32().unwrap_or_default().iter().all(|x| x.abs() <= NUMBER_MAX)
}

/// Small numbers of both signs, none of them twice in a row.
fn filled(tensor_type: &TensorType) -> Tensor {
    let mut tensor = Tensor::zeros(tensor_type);
    match &mut tensor.data {
        Data::F32(data) => {
            data.iter_mut().enumerate().for_each(|(n, x)| *x = (n * 37 % 23) as f32 / 11.0 - 1.0);
        }
        Data::U8(data) => data.iter_mut().enumerate().for_each(|(n, x)| *x = (n * 37 % 251) as u8),
        Data::I64(data) => data.iter_mut().enumerate().for_each(|(n, x)| *x = (n % 3) as i64),
        Data::I32(data) => data.iter_mut().enumerate().for_each(|(n, x)| *x = (n % 3) as i32),
        Data::I8(data) => data.iter_mut().enumerate().for_each(|(n, x)| *x = (n % 3) as i8),
        Data::Bool(data) => data.iter_mut().enumerate().for_each(|(n, x)| *x = n % 3 == 0),
    }
    tensor
}

/// Floats within a thousandth of the largest; all else may hang on which of two near ones is larger, so only its type.
fn hold_equal(made: &Tensor, expected: &Tensor) {
    assert_eq!(made.tensor_type(), expected.tensor_type());
    let (Data::F32(made), Data::F32(expected)) = (&made.data, &expected.data) else { return };
    let most = expected.iter().fold(1.0f32, |most, x| most.max(x.abs()));
    if !most.is_finite() || most > NUMBER_MAX {
        return;
    }
    for (n, (a, b)) in made.iter().zip(expected).enumerate() {
        let is_close = (a - b).abs() <= 1e-3 * most || a.is_nan() && b.is_nan();
        assert!(is_close, "element {n} is {a} instead of {b}, of {most}");
    }
}
