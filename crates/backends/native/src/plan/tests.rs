//! Plans of random networks against the oracle: odd sizes, pictures of one pixel, any number of channels, filters,
//! strides, dilations, pads and groups, unions and parts that do and do not fall between blocks.

use std::sync::Arc;

use ocelli_engine::{Session, Threads};
use ocelli_frame::{DataType, TensorMut, TensorSpec};
use ocelli_testkit::hostile::Dice;

use crate::graph::{Graph, ValueId};
use crate::kernels::entries::Kernels;
use crate::kernels::isa::Isa;
use crate::model::NativeModel;
use crate::ops::{
    Binary, Concat, Conv, ConvTranspose, Coordinates, Epilogue, Op, Pool, PoolKind, Reshape, Resize,
    ResizeMode, Rounding, Slice, Softmax, SoftmaxResult, Transpose, Unary, windows,
};
use crate::passes;
use crate::plan::{Plan, PlanOptions};
use crate::reference;
use crate::session::NativeSession;
use crate::tensor::{Data, ElementType, Tensor, TensorType};

/// Networks that are tried.
const CASES: u64 = 120;

#[test]
fn plans_of_random_networks_answer_as_the_oracle_does() {
    for seed in 0..CASES {
        let network = Network::random(seed);
        let expected = network.reference();
        for isa in Isa::available() {
            for winograd_bytes in [0, 32 << 20] {
                let runs: Vec<_> = (1..=3).map(|threads| network.run(isa, winograd_bytes, threads)).collect();
                for (output, (got, expected)) in runs[0].iter().zip(&expected).enumerate() {
                    let place = format!("seed {seed}, {isa}, winograd {winograd_bytes}, output {output}");
                    network.assert_close(got, expected, &place);
                }
                assert_eq!(runs[0], runs[1], "seed {seed}, {isa}: 2 threads");
                assert_eq!(runs[0], runs[2], "seed {seed}, {isa}: 3 threads");
            }
        }
    }
}

/// A network and what goes in.
struct Network {
    graph: Graph,
    input: Tensor,
}

impl Network {
    fn random(seed: u64) -> Self {
        let mut random = Random(Dice::new(seed));
        let shape = [random.of(1..3), random.of(1..40), random.of(1..24), random.of(1..24)];
        let mut graph = Graph::default();
        let input_type = TensorType::new(ElementType::F32, shape);
        let mut last = graph.add_value("input", input_type.clone());
        graph.inputs.push(last);
        let mut made = vec![last];
        for index in 0..random.of(1..7) {
            if let Some(next) = random_node(&mut graph, &mut random, last, &made, index) {
                made.push(next);
                last = next;
            }
        }
        let tail = random_tail(&mut graph, &mut random, last);
        graph.outputs.push(tail);
        let other = made[random.of(0..made.len())];
        if other != graph.inputs[0] && other != tail {
            graph.outputs.push(other);
        }
        let input = random.tensor(&input_type, 1.0);
        Self { graph, input }
    }

    fn reference(&self) -> Vec<Vec<f32>> {
        let outputs = reference::run(&self.graph, std::slice::from_ref(&self.input));
        outputs.iter().map(|tensor| tensor.as_f32().expect("networks of f32").to_vec()).collect()
    }

    fn run(&self, isa: Isa, winograd_bytes: usize, threads: usize) -> Vec<Vec<f32>> {
        let mut graph = self.graph.clone();
        passes::run(&mut graph).expect("a network whose types hold");
        let spec = |value: &ValueId| TensorSpec {
            name: String::new(),
            data_type: DataType::F32,
            shape: self.graph.tensor_type(*value).shape.clone(),
        };
        let inputs: Vec<_> = self.graph.inputs.iter().map(spec).collect();
        let outputs: Vec<_> = self.graph.outputs.iter().map(spec).collect();
        let options = PlanOptions { winograd_bytes };
        let plan = Plan::new(&graph, &inputs, &outputs, &Kernels::of(isa), &options).expect("a plan");
        let count = outputs.len();
        let model = Arc::new(NativeModel::of_plan(plan, inputs, outputs));
        // With two threads each buffer lies apart: the answers are the same, and a sanitizer sees who leaves one.
        let new = if threads == 2 { NativeSession::new_apart } else { NativeSession::new };
        let mut session = new(model, &Threads::unpinned(threads)).expect("a session");
        let mut results = Vec::new();
        // Twice: what a run leaves behind must not show in the next.
        for _ in 0..2 {
            match session.input(0) {
                TensorMut::F32(memory) => memory.copy_from_slice(self.input.as_f32().expect("f32")),
                other => panic!("{other:?}"),
            }
            session.run().expect("a run");
            let now: Vec<_> =
                (0..count).map(|index| session.output(index).as_f32().expect("f32").to_vec()).collect();
            assert!(results.is_empty() || results == now, "the second run answers otherwise");
            results = now;
        }
        results
    }

    fn assert_close(&self, got: &[f32], expected: &[f32], place: &str) {
        assert_eq!(got.len(), expected.len(), "{place}");
        let largest = expected.iter().fold(1e-3f32, |most, value| most.max(value.abs()));
        for (index, (a, b)) in got.iter().zip(expected).enumerate() {
            assert!(
                (a - b).abs() <= 2e-4 * largest,
                "{place}, element {index}: {a} instead of {b} (largest {largest})\n{:#?}",
                self.graph
                    .nodes
                    .iter()
                    .map(|node| (&node.op, &node.inputs, &node.outputs))
                    .collect::<Vec<_>>()
            );
        }
    }
}

/// One more operator; `None` where the one that was thought of does not fit.
fn random_node(
    graph: &mut Graph,
    random: &mut Random,
    last: ValueId,
    made: &[ValueId],
    index: usize,
) -> Option<ValueId> {
    let shape: [usize; 4] = graph.tensor_type(last).shape.as_slice().try_into().ok()?;
    let [batch, channels, height, width] = shape;
    let name = format!("node{index}");
    let (op, inputs) = match random.of(0..13) {
        0..=4 => return random_conv(graph, random, last, &name),
        12 => return Some(random_conv_transpose(graph, random, last, &name)),
        5 => (Op::Pool(random_pool(random, [height, width])?), vec![last]),
        6 => {
            let sizes = [batch, channels, random.of(1..2 * height + 2), random.of(1..2 * width + 2)];
            let scales = [0, 1, 2, 3].map(|axis| sizes[axis] as f32 / shape[axis] as f32).to_vec();
            let modes = [ResizeMode::Linear, ResizeMode::Nearest(Rounding::Floor)];
            let coordinates = [Coordinates::HalfPixel, Coordinates::Asymmetric, Coordinates::AlignCorners];
            let (mode, coordinates) = (modes[random.of(0..2)], coordinates[random.of(0..3)]);
            (Op::Resize(Resize { mode, coordinates, scales, sizes: sizes.to_vec() }), vec![last])
        }
        7 => (Op::Unary(random.unary()), vec![last]),
        8 => {
            let fits = |value: &&ValueId| graph.tensor_type(**value).shape == shape;
            let other = *made.iter().rev().filter(fits).nth(random.of(0..2))?;
            (Op::Binary([Binary::Add, Binary::Mul, Binary::Max][random.of(0..3)]), vec![last, other])
        }
        9 => {
            let numbers = TensorType::new(ElementType::F32, [channels, 1, 1]);
            let numbers = random.tensor(&numbers, 1.0);
            let numbers = graph.add_constant("numbers", numbers);
            let op = [Binary::Add, Binary::Sub, Binary::Mul][random.of(0..3)];
            (Op::Binary(op), if random.of(0..2) == 0 { vec![last, numbers] } else { vec![numbers, last] })
        }
        10 => {
            let fits = |value: &&ValueId| {
                let other = &graph.tensor_type(**value).shape;
                other.len() == 4 && [other[0], other[2], other[3]] == [batch, height, width]
            };
            let others: Vec<_> = made.iter().filter(fits).copied().collect();
            let members = (0..random.of(1..4)).map(|_| others[random.of(0..others.len())]);
            let members = std::iter::once(last).chain(members).collect();
            (Op::Concat(Concat { axis: 1 }), members)
        }
        _ => {
            let step = [1, 16][random.of(0..2)];
            let first = random.of(0..channels) / step * step;
            let count = random.of(1..channels - first + 1);
            let part = Slice {
                starts: vec![0, first, 0, 0],
                steps: vec![1; 4],
                sizes: vec![batch, count, height, width],
            };
            (Op::Slice(part), vec![last])
        }
    };
    Some(graph.add(&name, op, &inputs).expect("operators are made to fit")[0])
}

/// With windows that overlap, and without.
fn random_conv_transpose(graph: &mut Graph, random: &mut Random, last: ValueId, name: &str) -> ValueId {
    let shape = graph.tensor_type(last).shape.clone();
    let (out, strides) = (random.of(1..40), [random.of(1..4), random.of(1..4)]);
    let kernel = if random.of(0..3) == 0 { [3, 3] } else { strides };
    let conv = ConvTranspose {
        strides,
        dilations: [1, 1],
        pads: [0, 0],
        groups: 1,
        output: [0, 1].map(|axis| (shape[axis + 2] - 1) * strides[axis] + kernel[axis]),
    };
    let weights = TensorType::new(ElementType::F32, [shape[1], out, kernel[0], kernel[1]]);
    let weights = random.tensor(&weights, 0.3);
    let biases = random.tensor(&TensorType::new(ElementType::F32, [out]), 0.5);
    let inputs = [last, graph.add_constant("weights", weights), graph.add_constant("biases", biases)];
    graph.add(name, Op::ConvTranspose(conv), &inputs).expect("any picture")[0]
}

fn random_pool(random: &mut Random, size_in: [usize; 2]) -> Option<Pool> {
    let kernel = [random.of(1..6), random.of(1..6)];
    let pads = [0, 1].map(|axis| random.of(0..kernel[axis]));
    let after = [0, 1].map(|axis| random.of(0..kernel[axis]));
    let strides = [random.of(1..3), random.of(1..3)];
    let size =
        |axis: usize| windows(size_in[axis], kernel[axis], strides[axis], 1, [pads[axis], after[axis]]);
    let kinds = [
        PoolKind::Max,
        PoolKind::Average { counts_padding: true },
        PoolKind::Average { counts_padding: false },
    ];
    Some(Pool {
        kind: kinds[random.of(0..3)],
        kernel,
        strides,
        dilations: [1, 1],
        pads: [pads[0], pads[1], after[0], after[1]],
        output: [size(0)?, size(1)?],
    })
}

fn random_conv(graph: &mut Graph, random: &mut Random, last: ValueId, name: &str) -> Option<ValueId> {
    let &[_, channels, height, width] = graph.tensor_type(last).shape.as_slice() else { return None };
    let (groups, out) = match random.of(0..4) {
        0 => (channels, channels),
        1 if channels % 32 == 0 => (2, 32 * random.of(1..3)),
        _ => (1, random.of(1..50)),
    };
    let is_plain = random.of(0..2) == 0;
    let kernel = if is_plain { [3, 3] } else { [random.of(1..6), random.of(1..6)] };
    let conv = Conv {
        strides: if is_plain { [1, 1] } else { [random.of(1..4), random.of(1..4)] },
        dilations: if is_plain { [1, 1] } else { [random.of(1..3), random.of(1..3)] },
        pads: if is_plain { [1; 4] } else { std::array::from_fn(|_| random.of(0..4)) },
        groups,
        epilogue: Epilogue::default(),
    };
    let [top, left, bottom, right] = conv.pads;
    windows(height, kernel[0], conv.strides[0], conv.dilations[0], [top, bottom])?;
    windows(width, kernel[1], conv.strides[1], conv.dilations[1], [left, right])?;
    let taken = channels / groups;
    let weight_type = TensorType::new(ElementType::F32, [out, taken, kernel[0], kernel[1]]);
    let reach = 1.0 / ((taken * kernel[0] * kernel[1]) as f32).sqrt();
    let weights = random.tensor(&weight_type, reach);
    let biases = random.tensor(&TensorType::new(ElementType::F32, [out]), 0.5);
    let inputs = [last, graph.add_constant("weights", weights), graph.add_constant("biases", biases)];
    let made = graph.add(name, Op::Conv(conv), &inputs).expect("a convolution that fits")[0];
    if random.of(0..2) == 0 {
        return Some(made);
    }
    let unary = Op::Unary(random.unary());
    Some(graph.add(&format!("{name} function"), unary, &[made]).expect("any shape")[0])
}

/// What networks end in: a move or two, and a function among them.
fn random_tail(graph: &mut Graph, random: &mut Random, last: ValueId) -> ValueId {
    let [n, c, h, w]: [usize; 4] = graph.tensor_type(last).shape.as_slice().try_into().expect("a picture");
    let mut add = |op: Op, inputs: &[ValueId]| graph.add("tail", op, inputs).expect("a tail that fits")[0];
    match random.of(0..5) {
        0 => {
            let flat = add(Op::Reshape(Reshape { shape: vec![n, c, h * w] }), &[last]);
            let turned = add(Op::Transpose(Transpose { order: vec![0, 2, 1] }), &[flat]);
            add(Op::Softmax(Softmax { axis: 2, result: SoftmaxResult::Share }), &[turned])
        }
        1 => {
            let flat = add(Op::Reshape(Reshape { shape: vec![n, c, h * w] }), &[last]);
            let twice = add(Op::Concat(Concat { axis: 2 }), &[flat, flat]);
            let part =
                Slice { starts: vec![0, c / 2, 0], steps: vec![1; 3], sizes: vec![n, c - c / 2, 2 * h * w] };
            let part = add(Op::Slice(part), &[twice]);
            add(Op::Unary(Unary::Sigmoid), &[part])
        }
        2 => {
            let flat = add(Op::Reshape(Reshape { shape: vec![n, c, h * w] }), &[last]);
            let other = add(Op::Unary(Unary::Tanh), &[flat]);
            let twice = add(Op::Concat(Concat { axis: 2 }), &[other, flat]);
            add(Op::Concat(Concat { axis: 1 }), &[twice, twice])
        }
        3 => add(Op::Softmax(Softmax { axis: 1, result: SoftmaxResult::Share }), &[last]),
        _ => add(Op::Unary(Unary::HardSwish), &[last]),
    }
}

/// What dice throw, as what networks are made of.
struct Random(Dice);

impl Random {
    fn of(&mut self, range: std::ops::Range<usize>) -> usize {
        range.start + self.0.below((range.end - range.start) as u64)
    }

    fn unary(&mut self) -> Unary {
        [
            Unary::Relu,
            Unary::Silu,
            Unary::Sigmoid,
            Unary::HardSwish,
            Unary::Tanh,
            Unary::LeakyRelu { alpha: 0.1 },
            Unary::Clip { min: 0.0, max: 6.0 },
            Unary::Abs,
        ][self.of(0..8)]
    }

    fn tensor(&mut self, of: &TensorType, most: f32) -> Tensor {
        let mut number = || (self.0.below(1 << 24) as f32 / (1 << 23) as f32 - 1.0) * most;
        Tensor { shape: of.shape.clone(), data: Data::F32((0..of.elements()).map(|_| number()).collect()) }
    }
}
