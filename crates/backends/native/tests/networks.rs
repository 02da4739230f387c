//! Whole networks as they are trained, against another backend: every output of each, on every instruction set, with
//! Winograd and without.

use ocelli_backend_native::{Isa, Native};
use ocelli_backend_rten::Rten;
use ocelli_engine::{Backend, LoadOptions, Model, ModelFile, Threads};
use ocelli_frame::TensorMut;
use ocelli_testkit::asset;

const MODELS: [&str; 6] = [
    "yolov8n_320_fp32",
    "yolov8n-pose_640_fp32",
    "yolov8n-seg_320_fp32",
    "yolox_nano_416_fp32",
    "mobilenet_v2_224_fp32",
    "movenet_lightning_192_fp32",
];

#[test]
fn networks_answer_as_another_backend_does() {
    for name in MODELS {
        let Some(path) = asset(&format!("models/{name}.onnx")) else { continue };
        let (file, options) = (ModelFile::Path(&path), LoadOptions::default());
        let expected = outputs(&*Rten.load(file, &options).expect("a model"));
        for isa in Isa::available() {
            for winograd_bytes in [0, 32 << 20] {
                let native = Native::new().with_isa(isa).with_winograd_bytes(winograd_bytes);
                let got = outputs(&*native.load(file, &options).expect("a model"));
                assert_eq!(got.len(), expected.len());
                for (index, (got, expected)) in got.iter().zip(&expected).enumerate() {
                    let place = format!("{name} on {isa}, winograd {winograd_bytes}, output {index}");
                    assert_eq!(got.len(), expected.len(), "{place}");
                    let most = expected.iter().fold(0.0f32, |most, value| most.max(value.abs()));
                    let apart = got.iter().zip(expected).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
                    assert!(apart <= 1e-3 * most, "{place}: {apart} apart, of {most}");
                }
            }
        }
    }
}

/// What a model makes of a picture from a formula, on two threads.
fn outputs(model: &dyn Model) -> Vec<Vec<f32>> {
    let mut session = model.session(&Threads::unpinned(2)).expect("a session");
    let number = |index: usize| (index * 7919 % 255) as u8;
    match session.input(0) {
        TensorMut::F32(input) => {
            input.iter_mut().enumerate().for_each(|(index, value)| *value = f32::from(number(index)) / 255.0);
        }
        TensorMut::U8(input) => {
            input.iter_mut().enumerate().for_each(|(index, value)| *value = number(index));
        }
        other => panic!("{other:?}"),
    }
    session.run().expect("a run");
    let count = model.outputs().len();
    (0..count).map(|index| session.output(index).as_f32().expect("outputs of f32").to_vec()).collect()
}
