//! The tensor against OpenCV 5.0: `cvtColor`, `resize(INTER_LINEAR)` and a border, on noise. `golden/make.py` wrote the
//! files.

use std::path::Path;

use ocelli_frame::{ColorSpace, DataType, InputFormat, PixelFormat, Size, TensorLayout, TensorMut};
use ocelli_preprocess::{Isa, Preprocessor};
use ocelli_testkit::noise_frame;

const MODEL: Size = Size { width: 48, height: 48 };

/// OpenCV's weights have 11 bits and its chroma gains are rounded to 3 digits: on noise, one code in ten falls on the
/// other side of a half.
const DIFFERING_MAX_PERCENT: usize = 15;

const CASES: [(PixelFormat, u32, u32); 10] = [
    (PixelFormat::Yuyv, 48, 36),
    (PixelFormat::Yuyv, 96, 70),
    (PixelFormat::Yuyv, 144, 108),
    (PixelFormat::Yuyv, 66, 50),
    (PixelFormat::I420, 96, 54),
    (PixelFormat::I420, 130, 98),
    (PixelFormat::Nv12, 30, 22),
    (PixelFormat::Rgb24, 61, 81),
    (PixelFormat::Bgr24, 20, 33),
    (PixelFormat::Grey, 75, 41),
];

#[test]
fn no_code_differs_from_opencv_by_more_than_one() {
    for (format, width, height) in CASES {
        let size = Size { width, height };
        let name = format!("{}_{size}.rgb", format.to_string().to_lowercase());
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(&name);
        let expected = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let frame = noise_frame(format, size, 5, 1);
        assert_eq!(frame.info().color, ColorSpace::BT601_LIMITED, "what OpenCV takes YCbCr to be");
        for isa in Isa::available() {
            let input = InputFormat {
                layout: TensorLayout::Nhwc,
                data_type: DataType::U8,
                ..InputFormat::ultralytics(MODEL)
            };
            let mut tensor = vec![0u8; input.elements()];
            Preprocessor::new(input, isa).run(&frame, TensorMut::U8(&mut tensor)).expect("a good frame");
            let differences = |least: u8| {
                tensor.iter().zip(&expected).filter(|(ours, theirs)| ours.abs_diff(**theirs) >= least).count()
            };
            assert_eq!(tensor.len(), expected.len(), "{name}");
            assert_eq!(differences(2), 0, "{isa}, {name}: codes that differ by more than one");
            let differing = 100 * differences(1) / tensor.len();
            assert!(
                differing <= DIFFERING_MAX_PERCENT,
                "{isa}, {name}: {differing} % of all codes differ by one"
            );
        }
    }
}
