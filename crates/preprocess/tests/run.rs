//! What `run` refuses, and one preprocessor that serves many kinds of frame in turn.

use ocelli_frame::{DataType, InputFormat, Letterbox, PixelFormat, Size, TensorMut};
use ocelli_preprocess::{Isa, PreprocessError, Preprocessor};
use ocelli_testkit::noise_frame;

const MODEL: Size = Size { width: 32, height: 24 };

fn size(width: u32, height: u32) -> Size {
    Size { width, height }
}

#[test]
fn a_tensor_of_another_length_or_type_is_refused_and_left_alone() {
    let frame = noise_frame(PixelFormat::Yuyv, size(16, 12), 0, 1);
    let mut preprocessor = Preprocessor::new(InputFormat::ultralytics(MODEL), Isa::detect());
    let mut short = vec![-1.0f32; 3 * 32 * 24 - 1];
    let error = preprocessor.run(&frame, TensorMut::F32(&mut short)).expect_err("one element is missing");
    assert_eq!(error, PreprocessError::TensorLength { wanted: 2304, given: 2303, model: MODEL });
    assert_eq!(error.to_string(), "an input of 3x32x24 wants a tensor of 2304 elements, and was given 2303");
    assert!(short.iter().all(|&element| element == -1.0));
    let mut bytes = vec![9u8; 2304];
    let error = preprocessor.run(&frame, TensorMut::U8(&mut bytes)).expect_err("the wrong type");
    assert_eq!(error.to_string(), "the input format wants a tensor of f32, and was given one of u8");
    assert!(!error.hint().is_empty());
    assert!(bytes.iter().all(|&element| element == 9));
}

#[test]
fn a_type_that_no_kernel_writes_is_refused() {
    let frame = noise_frame(PixelFormat::Grey, size(16, 12), 0, 1);
    let input = InputFormat { data_type: DataType::I32, ..InputFormat::ultralytics(MODEL) };
    let mut tensor = vec![0.0f32; 2304];
    let error = Preprocessor::new(input, Isa::Scalar).run(&frame, TensorMut::F32(&mut tensor));
    assert_eq!(error, Err(PreprocessError::DataType(DataType::I32)));
}

#[test]
fn a_model_or_a_picture_without_pixels_is_refused() {
    let frame = noise_frame(PixelFormat::Grey, size(16, 12), 0, 1);
    let model = size(0, 24);
    let error = Preprocessor::new(InputFormat::ultralytics(model), Isa::detect())
        .run(&frame, TensorMut::F32(&mut []));
    assert_eq!(error, Err(PreprocessError::Empty { source: size(16, 12), model }));
    let empty = noise_frame(PixelFormat::Grey, size(0, 0), 1, 1);
    let mut tensor = vec![0.0f32; 2304];
    let error = Preprocessor::new(InputFormat::ultralytics(MODEL), Isa::detect())
        .run(&empty, TensorMut::F32(&mut tensor));
    assert_eq!(error, Err(PreprocessError::Empty { source: size(0, 0), model: MODEL }));
}

/// More kinds of frame than there are plans, in an order that evicts and comes back.
#[test]
fn sources_that_share_a_preprocessor_do_not_see_each_other() {
    let input = InputFormat::yolox(MODEL);
    let mut shared = Preprocessor::new(input, Isa::detect());
    for kind in [0u32, 1, 2, 0, 3, 4, 5, 6, 7, 8, 9, 10, 0, 5, 11, 1, 1, 0] {
        let format = PixelFormat::ALL[kind as usize % 6];
        let source = size(20 + 13 * kind, 90 - 7 * kind);
        let frame = noise_frame(format, source, 3, u64::from(kind));
        let mut expected = vec![0.0f32; input.elements()];
        let mut got = vec![f32::NAN; input.elements()];
        let mut fresh = Preprocessor::new(input, Isa::detect());
        fresh.run(&frame, TensorMut::F32(&mut expected)).expect("a good frame");
        let letterbox = shared.run(&frame, TensorMut::F32(&mut got)).expect("a good frame");
        assert_eq!(got, expected, "{source} {format}");
        assert_eq!(letterbox, Letterbox::new(source, MODEL, input.padding));
    }
}
