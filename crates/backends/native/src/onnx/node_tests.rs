//! ONNX's own tests of its operators, which `tests/node_tests.py` makes into the folder `$OCELLI_NODE_TESTS`.
//!
//! Each case either passes or is refused by name, and which are refused is kept in `tests/node_tests_refused.txt`: so a
//! form of an operator that is lost or won shows. Inputs that only say how come into these models as inputs of the
//! network, which nobody exports; what a claim wants constant is made constant here.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ocelli_engine::{EngineError, EngineErrorKind, LoadOptions, Model as _, ModelFile, Threads};
use ocelli_frame::{TensorMut, TensorView};

use super::claims::CLAIMS;
use super::constants::{self, ConstantError};
use super::proto::{Dimension, Model, TensorProto};
use super::{Imported, import};
use crate::kernels::entries::Kernels;
use crate::kernels::isa::Isa;
use crate::model::{self, SharedModel};
use crate::plan::PlanOptions;
use crate::reference;
use crate::tensor::{Data, Tensor};

/// Where the refused cases are written down.
const REFUSED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/node_tests_refused.txt");

/// How a case ended.
enum Outcome {
    /// With the operators in it.
    Passed(Vec<String>),
    /// The operator, and what was said.
    Refused(String, String),
    Failed(String),
}

#[test]
fn every_case_passes_or_is_refused_by_name() {
    let Some(folder) = folder() else { return };
    let mut failed = Vec::new();
    let mut passed = 0;
    let mut seen = BTreeSet::new();
    let mut refused: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for case in cases(&folder) {
        let name = case.file_name().expect("a folder has a name").to_string_lossy().into_owned();
        match run(&case) {
            Outcome::Passed(operators) => {
                passed += 1;
                seen.extend(operators);
            }
            Outcome::Refused(operator, what) => {
                refused.entry(operator).or_default().push(format!("{name}: {what}"));
            }
            Outcome::Failed(what) => failed.push(format!("{name}: {what}")),
        }
    }
    let refused_count: usize = refused.values().map(Vec::len).sum();
    eprintln!("node tests: {passed} passed, {refused_count} refused, {} failed", failed.len());
    assert!(failed.is_empty(), "{} failed:\n{}", failed.len(), failed.join("\n"));
    // Of opset 9 alone, which the package makes no cases for: `tests.rs` has one.
    seen.insert("Upsample".to_owned());
    let unseen: Vec<_> =
        CLAIMS.iter().map(|claim| claim.operator).filter(|&name| !seen.contains(name)).collect();
    assert!(unseen.is_empty(), "claimed, and no case of it passed: {unseen:?}");
    hold_refused(&refused);
}

/// `$OCELLI_NODE_TESTS`, or `None` after saying that it was skipped.
fn folder() -> Option<PathBuf> {
    let folder = std::env::var_os("OCELLI_NODE_TESTS").map(PathBuf::from);
    let is_required = std::env::var_os("OCELLI_REQUIRE_NODE_TESTS").is_some_and(|value| value == "1");
    if folder.is_none() {
        assert!(!is_required, "OCELLI_NODE_TESTS is not set, and OCELLI_REQUIRE_NODE_TESTS=1");
        ocelli_testkit::say_skipped(&"$OCELLI_NODE_TESTS (see crates/backends/native/tests/node_tests.py)");
    }
    folder
}

fn cases(folder: &Path) -> Vec<PathBuf> {
    assert!(
        folder.join("VERSION").exists(),
        "{}: not made by node_tests.py, or not to its end",
        folder.display()
    );
    let entries = fs::read_dir(folder).expect("the folder can be listed");
    let mut cases: Vec<_> =
        entries.map(|entry| entry.expect("an entry").path()).filter(|path| path.is_dir()).collect();
    cases.sort();
    cases
}

/// Holds the refused cases against the list, or writes it under `OCELLI_WRITE_NODE_TESTS=1`.
fn hold_refused(refused: &BTreeMap<String, Vec<String>>) {
    let mut list = String::from(
        "# Cases of ONNX's node tests that the loader refuses, by operator. Made by src/onnx/node_tests.rs:\n\
         # OCELLI_NODE_TESTS=FOLDER OCELLI_WRITE_NODE_TESTS=1 cargo test -p ocelli-backend-native node_tests\n",
    );
    for (operator, cases) in refused {
        if CLAIMS.iter().any(|claim| claim.operator == operator) {
            cases.iter().for_each(|case| writeln!(list, "{operator}: {case}").expect("a string grows"));
        } else {
            writeln!(list, "{operator}: not claimed, {} cases", cases.len()).expect("a string grows");
        }
    }
    if std::env::var_os("OCELLI_WRITE_NODE_TESTS").is_some() {
        fs::write(REFUSED, &list).expect("the list can be written");
    }
    let kept = fs::read_to_string(REFUSED).unwrap_or_default();
    let is_new = |line: &&str| !kept.lines().any(|kept| kept == *line);
    let new: Vec<_> = list.lines().filter(is_new).collect();
    assert!(kept == list, "{REFUSED} is not what is refused now: write it anew. Not in it: {new:#?}");
}

/// A case's model with the inputs of its data sets, as initializers where `constant` says so.
struct Case<'a> {
    model: Model<'a>,
    /// Name and tensor of what goes in at each run.
    inputs: Vec<Tensor>,
}

/// Which inputs of a network are made constant.
#[derive(Clone, Copy, Debug)]
enum Constant {
    None,
    /// Whole numbers behind the first input: axes, shapes, pads.
    WholeNumbers,
    /// All behind the first.
    Rest,
    All,
}

fn run(case: &Path) -> Outcome {
    let bytes = fs::read(case.join("model.onnx")).expect("the case has a model");
    let tolerance = tolerance(case);
    for set in sets(case) {
        let inputs = match files(&set, "input") {
            Ok(inputs) => inputs,
            Err(what) => return Outcome::Refused(operator(&bytes), what),
        };
        let tensors: Result<Vec<_>, _> =
            inputs.iter().map(|bytes| bytes.as_deref().map(tensor).transpose()).collect();
        let tensors = match tensors {
            Ok(tensors) => tensors,
            Err(ConstantError::Unsupported(what)) => return Outcome::Refused(operator(&bytes), what),
            Err(ConstantError::Bad(what)) => return Outcome::Failed(what),
        };
        let (imported, inputs) = match load(&bytes, &inputs, &tensors) {
            Ok(loaded) => loaded,
            Err(error) => return refused(&bytes, &error),
        };
        let wanted = match files(&set, "output") {
            Ok(wanted) => wanted,
            Err(what) => return Outcome::Failed(what),
        };
        let made = reference::run(&imported.graph, &inputs);
        if let Err(what) = compare_all(&made, &wanted, tolerance) {
            return Outcome::Failed(what);
        }
        for isa in Isa::available() {
            let made = compiled(imported.clone(), &inputs, isa);
            if let Err(what) = made.and_then(|made| compare_all(&made, &wanted, tolerance)) {
                return Outcome::Failed(format!("compiled for {isa}: {what}"));
            }
        }
    }
    Outcome::Passed(operators(&bytes))
}

/// Loads with as few constants as it takes.
fn load(
    bytes: &[u8],
    inputs: &[Option<Vec<u8>>],
    tensors: &[Option<Tensor>],
) -> Result<(Imported, Vec<Tensor>), EngineError> {
    let file = ModelFile::Embedded { name: "case", bytes };
    let mut first_error = None;
    for constant in [Constant::None, Constant::WholeNumbers, Constant::Rest, Constant::All] {
        let mut case = Case { model: Model::read(bytes).expect("a model"), inputs: Vec::new() };
        case.bind(inputs, tensors, constant);
        match import(&file, &case.model, &LoadOptions::default()) {
            Ok(imported) => return Ok((imported, case.inputs)),
            Err(error) => drop(first_error.get_or_insert(error)),
        }
    }
    Err(first_error.expect("at least one was tried"))
}

impl<'a> Case<'a> {
    /// Gives each input its data: as a constant, or with its shape declared as the data's.
    fn bind(&mut self, inputs: &'a [Option<Vec<u8>>], tensors: &[Option<Tensor>], constant: Constant) {
        let graph = self.model.graph.as_mut().expect("a graph");
        let declared = std::mem::take(&mut graph.inputs);
        for (n, mut declared) in declared.into_iter().enumerate() {
            let (Some(Some(bytes)), Some(Some(tensor))) = (inputs.get(n), tensors.get(n)) else {
                graph.inputs.push(declared);
                continue;
            };
            let is_whole = matches!(tensor.data, Data::I64(_) | Data::I32(_));
            let is_constant = match constant {
                Constant::None => false,
                Constant::WholeNumbers => n > 0 && is_whole,
                Constant::Rest => n > 0,
                Constant::All => true,
            };
            if is_constant {
                let proto = TensorProto::read_file(bytes).expect("read before");
                graph.initializers.push(TensorProto { name: declared.name, ..proto });
            } else {
                let size = |&size: &usize| Dimension { size: Some(size as i64), name: "" };
                declared.shape = Some(tensor.shape.iter().map(size).collect());
                graph.inputs.push(declared);
                self.inputs.push(tensor.clone());
            }
        }
    }
}

fn refused(bytes: &[u8], error: &EngineError) -> Outcome {
    match error.kind() {
        EngineErrorKind::UnsupportedOperator | EngineErrorKind::UnsupportedShape => {
            Outcome::Refused(operator(bytes), error.to_string())
        }
        _ => Outcome::Failed(error.to_string()),
    }
}

/// The operator that a case is about: its first node's.
fn operator(bytes: &[u8]) -> String {
    operators(bytes).into_iter().next().unwrap_or_default()
}

fn operators(bytes: &[u8]) -> Vec<String> {
    let graph = Model::read(bytes).expect("a model").graph.expect("a graph");
    graph.nodes.iter().map(|node| node.operator.to_owned()).collect()
}

fn tolerance(case: &Path) -> (f64, f64) {
    let text = fs::read_to_string(case.join("tolerance")).expect("the case has tolerances");
    let mut numbers = text.split_whitespace().map(|word| word.parse().expect("a number"));
    (numbers.next().expect("relative"), numbers.next().expect("absolute"))
}

fn sets(case: &Path) -> impl Iterator<Item = PathBuf> {
    (0..).map(|n| case.join(n.to_string())).take_while(|set| set.is_dir())
}

/// The tensors of one kind in a data set; none where a value is no tensor.
fn files(set: &Path, kind: &str) -> Result<Vec<Option<Vec<u8>>>, String> {
    let names = fs::read_dir(set).expect("a data set").map(|entry| entry.expect("an entry").file_name());
    let count = names.filter(|name| name.to_string_lossy().starts_with(kind)).count();
    let read = |n: usize| fs::read(set.join(format!("{kind}_{n}.pb"))).ok();
    let found: Vec<_> = (0..count).map(read).collect();
    match found.iter().any(Option::is_none) {
        true => Err(format!("an {kind} that is no tensor")),
        false => Ok(found),
    }
}

fn tensor(bytes: &[u8]) -> Result<Tensor, ConstantError> {
    constants::read(&TensorProto::read_file(bytes).expect("a tensor"))
}

/// What the engine makes of it, through its seam.
pub(super) fn compiled(imported: Imported, inputs: &[Tensor], isa: Isa) -> Result<Vec<Tensor>, String> {
    let (kernels, options) = (Kernels::of(isa), PlanOptions { winograd_bytes: usize::MAX });
    let shapes: Vec<_> = imported.outputs.iter().map(|output| output.shape.clone()).collect();
    let file = ModelFile::Embedded { name: "case", bytes: &[] };
    let model = model::compile(&file, imported, &kernels, &options).map_err(|error| error.to_string())?;
    let model = SharedModel(Arc::new(model));
    let mut session = model.session(&Threads::unpinned(2)).map_err(|error| error.to_string())?;
    for (n, input) in inputs.iter().enumerate() {
        match (session.input(n), &input.data) {
            (TensorMut::F32(to), Data::F32(from)) => to.copy_from_slice(from),
            (TensorMut::I64(to), Data::I64(from)) => to.copy_from_slice(from),
            (TensorMut::I32(to), Data::I32(from)) => to.copy_from_slice(from),
            (TensorMut::I8(to), Data::I8(from)) => to.copy_from_slice(from),
            (TensorMut::U8(to), Data::U8(from)) => to.copy_from_slice(from),
            (TensorMut::Bool(to), Data::Bool(from)) => to.copy_from_slice(from),
            (_, from) => return Err(format!("input {n} takes no {from:?}")),
        }
    }
    session.run().map_err(|error| error.to_string())?;
    let made = shapes.into_iter().enumerate().map(|(n, shape)| {
        let data = match session.output(n) {
            TensorView::F32(data) => Data::F32(data.to_vec()),
            TensorView::I64(data) => Data::I64(data.to_vec()),
            TensorView::I32(data) => Data::I32(data.to_vec()),
            TensorView::I8(data) => Data::I8(data.to_vec()),
            TensorView::U8(data) => Data::U8(data.to_vec()),
            TensorView::Bool(data) => Data::Bool(data.to_vec()),
            other => return Err(format!("output {n} is {other:?}")),
        };
        Ok(Tensor { shape, data })
    });
    made.collect()
}

/// Each output against its file.
fn compare_all(made: &[Tensor], wanted: &[Option<Vec<u8>>], (rtol, atol): (f64, f64)) -> Result<(), String> {
    for (n, (made, wanted)) in made.iter().zip(wanted).enumerate() {
        let wanted =
            tensor(wanted.as_deref().expect("all outputs are tensors")).expect("a type that we have");
        compare(made, &wanted, rtol, atol).map_err(|what| format!("output {n}: {what}"))?;
    }
    Ok(())
}

/// As numpy's `assert_allclose`: floats within the tolerances, all else exact.
fn compare(made: &Tensor, wanted: &Tensor, rtol: f64, atol: f64) -> Result<(), String> {
    if made.tensor_type() != wanted.tensor_type() {
        return Err(format!("{} instead of {}", made.tensor_type(), wanted.tensor_type()));
    }
    let (Data::F32(made), Data::F32(wanted)) = (&made.data, &wanted.data) else {
        return if made == wanted { Ok(()) } else { Err(format!("{made:?} instead of {wanted:?}")) };
    };
    let is_close = |&(a, b): &(&f32, &f32)| {
        let (a, b) = (f64::from(*a), f64::from(*b));
        a == b || a.is_nan() && b.is_nan() || (a - b).abs() <= atol + rtol * b.abs()
    };
    match made.iter().zip(wanted).position(|pair| !is_close(&pair)) {
        None => Ok(()),
        Some(at) => Err(format!("element {at} is {} instead of {}", made[at], wanted[at])),
    }
}
