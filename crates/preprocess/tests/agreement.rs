//! Every instruction set against the scalar oracle: the same bits, whatever the tensor's memory held before.

use ocelli_frame::{
    ChannelOrder, DataType, Frame, InputFormat, Padding, PixelFormat, Size, TensorLayout, TensorMut,
};
use ocelli_preprocess::{Isa, Preprocessor};
use ocelli_testkit::noise_frame;
use proptest::prelude::*;

/// The tensor's bits, element by element; `stale` is what its memory held before.
fn tensor_bits(preprocessor: &mut Preprocessor, frame: &Frame, stale: u8) -> Vec<u32> {
    let elements = preprocessor.input_format().elements();
    if preprocessor.input_format().data_type == DataType::F32 {
        let mut tensor = vec![f32::from_bits(u32::from_ne_bytes([stale; 4])); elements];
        preprocessor.run(frame, TensorMut::F32(&mut tensor)).expect("a good frame");
        tensor.into_iter().map(f32::to_bits).collect()
    } else {
        let mut tensor = vec![stale; elements];
        preprocessor.run(frame, TensorMut::U8(&mut tensor)).expect("a good frame");
        tensor.into_iter().map(u32::from).collect()
    }
}

fn assert_agrees(frame: &Frame, input: InputFormat, isa: Isa) {
    let expected = tensor_bits(&mut Preprocessor::new(input, Isa::Scalar), frame, 0x00);
    let got = tensor_bits(&mut Preprocessor::new(input, isa), frame, 0xFF);
    let first_difference = expected.iter().zip(&got).position(|(expected, got)| expected != got);
    assert_eq!(first_difference, None, "{isa} and scalar differ on {frame:?} for {input:?}");
}

fn input_formats(sides: std::ops::Range<u32>) -> impl Strategy<Value = InputFormat> {
    let size = (sides.clone(), sides).prop_map(|(width, height)| Size { width, height });
    (size, any::<[bool; 5]>(), any::<u8>()).prop_map(
        |(size, [nhwc, bytes, bgr, corner, normal], pad_value)| InputFormat {
            size,
            layout: if nhwc { TensorLayout::Nhwc } else { TensorLayout::Nchw },
            data_type: if bytes { DataType::U8 } else { DataType::F32 },
            channels: if bgr { ChannelOrder::Bgr } else { ChannelOrder::Rgb },
            scale: 1.0 / 255.0,
            mean: if normal { [0.485, 0.456, 0.406] } else { [0.0; 3] },
            std: if normal { [0.229, 0.224, 0.225] } else { [1.0; 3] },
            padding: if corner { Padding::TopLeft } else { Padding::Centred },
            pad_value,
        },
    )
}

fn formats() -> impl Strategy<Value = PixelFormat> {
    prop::sample::select(PixelFormat::ALL.as_slice())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn at_any_scale(
        input in input_formats(1..200),
        source in (1..400u32, 1..200u32),
        format in formats(),
        stride_extra_bytes in 0..70usize,
        seed in any::<u64>(),
    ) {
        let frame = noise_frame(format, Size { width: source.0, height: source.1 }, stride_extra_bytes, seed);
        for isa in Isa::available() {
            assert_agrees(&frame, input, isa);
        }
    }

    /// Ratios of 1 to 4, exact but for a few pixels that make the row's end odd.
    #[test]
    fn at_whole_ratios(
        input in input_formats(16..150),
        ratio in 1..5u32,
        crop in (0..3u32, 0..3u32),
        format in formats(),
        stride_extra_bytes in 0..70usize,
        seed in any::<u64>(),
    ) {
        let Size { width, height } = input.size;
        let size = Size { width: (width * ratio - crop.0).max(1), height: (height * ratio - crop.1).max(1) };
        let frame = noise_frame(format, size, stride_extra_bytes, seed);
        for isa in Isa::available() {
            assert_agrees(&frame, input, isa);
        }
    }
}

/// The sizes that are measured, at full size.
#[test]
fn at_the_sizes_of_cameras_and_films() {
    let input = InputFormat::ultralytics(Size { width: 640, height: 640 });
    for (width, height) in [(640, 480), (640, 360), (1280, 720), (1920, 1080), (800, 600), (3840, 2160)] {
        for format in PixelFormat::ALL {
            let frame = noise_frame(format, Size { width, height }, 0, 7);
            for isa in Isa::available() {
                assert_agrees(&frame, input, isa);
            }
        }
    }
}
