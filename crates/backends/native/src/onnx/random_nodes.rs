//! Each operator that is claimed, with inputs and attributes thrown together: whatever they are, there is an error or a
//! network, never a panic; and a network runs, and answers compiled as by the reference.

use ocelli_engine::{EngineErrorKind, LoadOptions, ModelFile};
use ocelli_testkit::hostile::Dice;

use super::claims::{CLAIMS, Claim};
use super::hostile_tests::run_imported;
use super::import;
use super::proto::{Attribute, Dimension, Graph, Model, Node, TensorProto, ValueInfo};

/// Nodes of each claim that are tried.
const NODES: u64 = 150;

const INPUTS: [&str; 6] = ["a", "b", "c", "d", "e", "f"];
const OUTPUTS: [&str; 3] = ["x", "y", "z"];
/// Words that attributes have, of all operators together.
const WORDS: [&str; 16] = [
    "SAME_UPPER",
    "SAME_LOWER",
    "VALID",
    "NOTSET",
    "nearest",
    "linear",
    "cubic",
    "floor",
    "ceil",
    "align_corners",
    "asymmetric",
    "reflect",
    "edge",
    "wrap",
    "CRD",
    "no such word",
];
/// Whole numbers that are likely to be taken, and some that are not.
const NUMBERS: [i64; 14] = [0, 0, 1, 1, 1, 2, 2, 3, 4, -1, -1, -2, i64::MAX, i64::MIN];
const FLOATS: [f32; 7] = [0.0, 1.0, 2.0, 0.5, -1.5, f32::NAN, f32::INFINITY];

#[test]
fn nodes_of_any_form_are_errors_or_run() {
    let mut never_run = Vec::new();
    for claim in CLAIMS {
        let hold = |seed| {
            let outcome = std::panic::catch_unwind(|| hold(claim, seed));
            outcome.unwrap_or_else(|_| panic!("{} of seed {seed}: see above", claim.operator))
        };
        // All of them, though one that runs would do.
        let ran = (0..NODES).filter(|&seed| hold(seed)).count();
        if ran == 0 {
            never_run.push(claim.operator);
        }
    }
    // What is never taken proves little: those that want many inputs to fit each other.
    assert!(never_run.len() * 3 < CLAIMS.len(), "never run: {never_run:?}");
}

/// Whether the node was taken and ran.
fn hold(claim: &Claim, seed: u64) -> bool {
    let mut dice = Dice::new(seed);
    let model = random_model(claim, &mut dice);
    let file = ModelFile::Embedded { name: "m.onnx", bytes: &[] };
    match import(&file, &model, &LoadOptions::default()) {
        Ok(imported) => run_imported(&imported),
        Err(error) => {
            use EngineErrorKind::{BadModel, UnsupportedOperator, UnsupportedShape};
            assert!(matches!(error.kind(), BadModel | UnsupportedOperator | UnsupportedShape), "{error}");
            assert!(error.to_string().starts_with("m.onnx: ") && !error.hint().is_empty(), "{error}");
            false
        }
    }
}

/// A network of one node.
fn random_model(claim: &Claim, dice: &mut Dice) -> Model<'static> {
    let opset =
        claim.opsets.start() + dice.below((claim.opsets.end() - claim.opsets.start() + 1) as u64) as i64;
    let mut graph = Graph::default();
    let mut node = Node { operator: claim.operator, ..Node::default() };
    // Shapes that are alike are taken more often.
    let common: Vec<usize> = (0..dice.below(6)).map(|_| 1 + dice.below(4)).collect();
    for (n, &name) in INPUTS[..dice.below(7)].iter().enumerate() {
        match dice.below(6) {
            0 if n > 0 => node.inputs.push(""),
            kind => {
                node.inputs.push(name);
                let tensor = random_tensor(claim, n, &common, dice);
                if n > 0 && kind < 4 {
                    graph.initializers.push(TensorProto { name, ..tensor });
                } else {
                    let size = |&size: &i64| Dimension { size: Some(size), name: "" };
                    let shape = Some(tensor.shape.iter().map(size).collect());
                    graph.inputs.push(ValueInfo { name, data_type: Some(tensor.data_type), shape });
                }
            }
        }
    }
    node.outputs = OUTPUTS[..dice.below(4).max(dice.below(2))].to_vec();
    // Few attributes or many: of many, one is always wrong.
    let density = dice.below(4);
    for &name in claim.attributes {
        if dice.below(4) < density {
            node.attributes.push(random_attribute(name, dice));
        }
    }
    let outputs = node.outputs.iter().map(|name| ValueInfo { name, ..ValueInfo::default() });
    graph.outputs = outputs.collect();
    graph.nodes.push(node);
    Model { opsets: vec![("", opset)], graph: Some(graph), metadata: Vec::new() }
}

/// Of a type that is claimed where it comes first, of any behind; whole numbers are small.
fn random_tensor(claim: &Claim, n: usize, common: &[usize], dice: &mut Dice) -> TensorProto<'static> {
    use crate::tensor::ElementType::{Bool, F32, I8, I32, I64, U8};
    let types = match (n, claim.elements) {
        (0, [_, ..]) => claim.elements,
        _ => &[F32, F32, F32, F32, F32, F32, I64, I64, I64, I32, I8, U8, Bool],
    };
    let data_type = match types[dice.below(types.len() as u64)] {
        F32 => 1,
        U8 => 2,
        I8 => 3,
        I32 => 6,
        I64 => 7,
        Bool => 9,
    };
    let shape: Vec<i64> = match dice.below(4) {
        0 => Vec::new(),
        1 => vec![dice.below(5) as i64],
        2 => (0..dice.below(6)).map(|_| dice.below(4) as i64).collect(),
        _ => common.iter().map(|&size| size as i64).collect(),
    };
    let count = shape.iter().product::<i64>() as usize;
    let floats = (0..count).map(|_| FLOATS[dice.below(5)]).collect();
    let integers = (0..count).map(|_| NUMBERS[dice.below(12)]).collect();
    TensorProto { shape, data_type, floats, integers, ..TensorProto::default() }
}

fn random_attribute(name: &'static str, dice: &mut Dice) -> Attribute<'static> {
    let number = |dice: &mut Dice| NUMBERS[dice.below(NUMBERS.len() as u64)];
    Attribute {
        name,
        integer: Some(number(dice)),
        float: Some(FLOATS[dice.below(FLOATS.len() as u64)]),
        text: Some(WORDS[dice.below(WORDS.len() as u64)].as_bytes()),
        integers: (0..dice.below(6)).map(|_| NUMBERS[dice.below(11)]).collect(),
        floats: (0..dice.below(3)).map(|_| FLOATS[dice.below(7)]).collect(),
        tensor: None,
    }
}
