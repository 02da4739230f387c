//! A network run as it stands, one operator after the other, each in new memory: the oracle for whatever runs it fast.

use ocelli_testkit::CountingAllocator;

use crate::graph::Graph;
use crate::ops::Operator;
use crate::tensor::Tensor;

/// Counts for each thread, so that an operator that allocates is found wherever a test runs it.
#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

/// The outputs that the network makes of these inputs, which are of its inputs' types.
pub(crate) fn run(graph: &Graph, inputs: &[Tensor]) -> Vec<Tensor> {
    let constant = |value: &crate::graph::Value| value.constant.as_deref().cloned();
    let mut made: Vec<Option<Tensor>> = graph.values.iter().map(constant).collect();
    for (id, input) in graph.inputs.iter().zip(inputs) {
        assert_eq!(*graph.tensor_type(*id), input.tensor_type(), "an input of the network's type");
        made[id.0] = Some(input.clone());
    }
    for node in &graph.nodes {
        let mut outputs: Vec<_> =
            node.outputs.iter().map(|&id| Tensor::zeros(graph.tensor_type(id))).collect();
        let of_node = |id: &crate::graph::ValueId| made[id.0].as_ref().expect("nodes stand in order").view();
        let inputs: Vec<_> = node.inputs.iter().map(of_node).collect();
        let mut written: Vec<_> = outputs.iter_mut().map(Tensor::view_mut).collect();
        let allocated = CountingAllocator::on_this_thread();
        node.op.run(&inputs, &mut written);
        assert_eq!(CountingAllocator::on_this_thread(), allocated, "{:?} allocates", node.op);
        for (id, output) in node.outputs.iter().zip(outputs) {
            made[id.0] = Some(output);
        }
    }
    graph.outputs.iter().map(|id| made[id.0].clone().expect("something makes each output")).collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use ocelli_backend_rten::Rten;
    use ocelli_engine::{Backend, LoadOptions, ModelFile, Threads};
    use ocelli_frame::{DataType, TensorMut};

    use super::run;
    use crate::onnx;
    use crate::tensor::{Data, Tensor};

    /// Noise that is the same every time: bytes, and floats of 0 to 1.
    fn noise(count: usize) -> impl Iterator<Item = u8> {
        let mut state = 0x2545_f491_u32;
        (0..count).map(move |_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        })
    }

    /// The other backend's outputs for noise, and ours.
    fn compare(path: &Path) {
        let (file, options) = (ModelFile::Path(path), LoadOptions::default());
        let imported = onnx::read(file, &options).unwrap_or_else(|error| panic!("{error}"));
        let model = Rten.load(file, &options).unwrap();
        let mut session = model.session(&Threads::unpinned(2)).unwrap();
        assert_eq!(imported.inputs, model.inputs());
        let noise: Vec<u8> = noise(imported.inputs[0].elements()).collect();
        let floats: Vec<f32> = noise.iter().map(|&byte| f32::from(byte) / 255.0).collect();
        let data = match imported.inputs[0].data_type {
            DataType::U8 => Data::U8(noise),
            _ => Data::F32(floats),
        };
        match (session.input(0), &data) {
            (TensorMut::F32(memory), Data::F32(data)) => memory.copy_from_slice(data),
            (TensorMut::U8(memory), Data::U8(data)) => memory.copy_from_slice(data),
            (other, _) => panic!("{other:?}"),
        }
        session.run().unwrap();
        let made = run(&imported.graph, &[Tensor { shape: imported.inputs[0].shape.clone(), data }]);
        assert_eq!(made.len(), model.outputs().len());
        for (n, made) in made.iter().enumerate() {
            assert_eq!(made.shape, model.outputs()[n].shape, "{} output {n}", path.display());
            let (made, other) = (made.as_f32().unwrap(), session.output(n).as_f32().unwrap());
            let most = other.iter().fold(0.0f32, |most, x| most.max(x.abs()));
            let apart = made.iter().zip(other).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            assert!(apart <= 1e-3 * most, "{} output {n}: {apart} apart, of {most}", path.display());
            eprintln!("{} output {n}: {apart:e} apart, of {most}", path.display());
        }
    }

    #[test]
    fn networks_answer_as_another_backend_does() {
        for name in [
            "yolov8n_320_fp32",
            "yolov8n-seg_320_fp32",
            "yolox_nano_416_fp32",
            "mobilenet_v2_224_fp32",
            "movenet_lightning_192_fp32",
        ] {
            if let Some(path) = ocelli_testkit::asset(&format!("models/{name}.onnx")) {
                compare(&path);
            }
        }
    }
}
