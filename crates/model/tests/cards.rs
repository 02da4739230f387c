//! Cards of models as they are found in the field: what their shapes, metadata and TOML files come to.

use ocelli_frame::{ChannelOrder, DataType, InputFormat, Padding, Size, TensorLayout, TensorSpec};
use ocelli_model::{CardError, Head, ModelCard, Task};
use proptest::prelude::*;

fn spec(name: &str, shape: &[usize]) -> TensorSpec {
    TensorSpec { name: name.to_owned(), data_type: DataType::F32, shape: shape.to_vec() }
}

fn square(side: usize) -> Vec<TensorSpec> {
    vec![spec("images", &[1, 3, side, side])]
}

fn outputs(shapes: &[&[usize]]) -> Vec<TensorSpec> {
    shapes.iter().enumerate().map(|(n, shape)| spec(&format!("output{n}"), shape)).collect()
}

/// A card of a square model from its side, its outputs, and its metadata.
fn infer(side: usize, shapes: &[&[usize]], metadata: &[(&str, &str)]) -> Result<ModelCard, CardError> {
    let metadata: Vec<_> = metadata.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    ModelCard::infer("m.onnx", &square(side), &outputs(shapes), &metadata)
}

/// The same from a TOML file.
fn from_toml(text: &str, side: usize, shapes: &[&[usize]]) -> Result<ModelCard, CardError> {
    ModelCard::from_toml("m.toml", text, "m.onnx", &square(side), &outputs(shapes), &[])
}

fn size(side: u32) -> Size {
    Size { width: side, height: side }
}

#[test]
fn yolov8_with_and_without_names() {
    let card = infer(640, &[&[1, 84, 8400]], &[]).unwrap();
    assert_eq!((card.task, card.head), (Task::Detect, Head::Yolov8 { anchors: 8400 }));
    assert_eq!((card.classes.len(), card.classes[79].as_str()), (80, "toothbrush"));
    assert_eq!(card.input, InputFormat::ultralytics(size(640)));
    let named = [("task", "detect"), ("stride", "32"), ("names", "{0: 'person', 1: \"o'clock\"}")];
    assert_eq!(infer(320, &[&[1, 6, 2100]], &named).unwrap().classes, ["person", "o'clock"]);
    assert_eq!(infer(320, &[&[1, 6, 2100]], &[]).unwrap().classes, ["class0", "class1"]);
}

#[test]
fn yolox_wants_its_own_picture() {
    let card = infer(416, &[&[1, 3549, 85]], &[]).unwrap();
    assert_eq!((card.task, card.head), (Task::Detect, Head::Yolox { anchors: 3549 }));
    assert_eq!((card.input, card.classes[0].as_str()), (InputFormat::yolox(size(416)), "person"));
    card.expect_task(Task::Detect).unwrap();
    card.expect_decoded().unwrap();
}

#[test]
fn a_pose_model_is_no_detector_unless_its_metadata_says_so() {
    let card = infer(640, &[&[1, 56, 8400]], &[]).unwrap();
    assert_eq!(card.head, Head::Yolov8Pose { anchors: 8400, keypoints: 17, keypoint_numbers: 3 });
    let error = card.expect_task(Task::Detect).unwrap_err();
    assert_eq!(error.to_string(), "m.onnx is a pose model (head yolov8-pose), not a detection model");
    assert_eq!(error.hint(), "give a detection model, or ask for --task pose");
    let error = card.expect_decoded().unwrap_err();
    assert_eq!(error.to_string(), "m.onnx is a pose model, whose head yolov8-pose is not supported yet");
    assert_eq!(error.hint(), "the supported heads are yolov8, yolox");

    let detector = infer(640, &[&[1, 56, 8400]], &[("task", "detect")]).unwrap();
    assert_eq!((detector.head, detector.classes.len()), (Head::Yolov8 { anchors: 8400 }, 52));
    assert_eq!(from_toml("classes = 52", 640, &[&[1, 56, 8400]]).unwrap().task, Task::Detect);
    let hands = [("task", "pose"), ("kpt_shape", "[21, 2]"), ("names", "['left', 'right']")];
    let head = infer(640, &[&[1, 48, 8400]], &hands).unwrap().head;
    assert_eq!(head, Head::Yolov8Pose { anchors: 8400, keypoints: 21, keypoint_numbers: 2 });
}

#[test]
fn segmentation_and_classification_are_recognised() {
    let card = infer(320, &[&[1, 116, 2100], &[1, 32, 80, 80]], &[]).unwrap();
    assert_eq!((card.task, card.head), (Task::Segment, Head::Yolov8Seg { anchors: 2100, masks: 32 }));
    assert_eq!((card.classes.len(), card.classes[0].as_str()), (80, "person"));
    assert!(card.expect_decoded().is_err());
    let card = infer(224, &[&[1, 80]], &[]).unwrap();
    assert_eq!((card.task, card.head, card.classes[0].as_str()), (Task::Classify, Head::Classify, "class0"));
}

#[test]
fn an_unknown_head_is_shown_beside_the_known_ones() {
    let error = infer(640, &[&[1, 25200, 85]], &[]).unwrap_err();
    let message =
        "m.onnx: the outputs do not fit any known head on a 640x640 input: output0 f32[1, 25200, 85]";
    assert_eq!(error.to_string(), message);
    for known in ["yolov8 f32[1, 4 + classes, anchors]", "yolox f32[1, anchors, 5 + classes]", "classify"] {
        assert!(error.hint().contains(known), "{}", error.hint());
    }
    assert!(infer(192, &[&[1, 1, 17, 3]], &[]).is_err());
    assert!(infer(640, &[&[1, 4, 8400]], &[]).is_err(), "no classes at all");
    assert!(infer(640, &[], &[]).unwrap_err().to_string().ends_with("none"));
    let told = infer(640, &[&[1, 84, 8400]], &[("task", "segment")]).unwrap_err();
    assert!(told.to_string().contains("for the task segment"), "{told}");
}

#[test]
fn names_that_do_not_fit_the_shape_are_counted_out() {
    let error = infer(640, &[&[1, 24, 8400]], &[("names", "['a', 'b']")]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "m.onnx: 2 classes are named, but as yolov8 its outputs have 20: output0 f32[1, 24, 8400]"
    );
    // The TOML file's names stand in for the metadata's, however broken those are.
    let metadata = [("names".to_owned(), "{broken".to_owned())];
    let text = "classes = ['a', 'b']";
    let output = outputs(&[&[1, 6, 2100]]);
    let card = ModelCard::from_toml("m.toml", text, "m.onnx", &square(320), &output, &metadata).unwrap();
    assert_eq!(card.classes, ["a", "b"]);
    assert!(ModelCard::infer("m.onnx", &square(320), &output, &metadata).is_err());
}

#[test]
fn inputs_that_are_no_picture_name_what_was_found() {
    let message = |inputs: &[TensorSpec]| {
        ModelCard::infer("m.onnx", inputs, &outputs(&[&[1, 84, 8400]]), &[]).unwrap_err().to_string()
    };
    let must = "m.onnx: the input must be one picture, 1x3xHxW or 1xHxWx3, f32 or u8, but ";
    assert_eq!(message(&[]), format!("{must}there is none"));
    assert_eq!(message(&[spec("x", &[1, 1, 28, 28])]), format!("{must}it is x f32[1, 1, 28, 28]"));
    assert_eq!(message(&[spec("x", &[4, 3, 64, 64])]), format!("{must}it is x f32[4, 3, 64, 64]"));
    let integers = TensorSpec { data_type: DataType::I32, ..spec("x", &[1, 3, 64, 64]) };
    assert_eq!(message(&[integers]), format!("{must}it is x i32[1, 3, 64, 64]"));
    let two = [spec("x", &[1, 3, 64, 64]), spec("y", &[1])];
    assert_eq!(message(&two), format!("{must}there are 2: x f32[1, 3, 64, 64], y f32[1]"));
    assert!(message(&[spec("x", &[1, 3, 0, 64])]).contains("a side has 1 to 8192 pixels"));
    assert!(message(&[spec("x", &[1, 3, usize::MAX, usize::MAX])]).contains("a side has"));
}

#[test]
fn bytes_in_rows_of_pixels() {
    let inputs = [TensorSpec { data_type: DataType::U8, ..spec("x", &[1, 320, 640, 3]) }];
    let anchors = 80 * 40 + 40 * 20 + 20 * 10;
    let output = outputs(&[&[1, 84, anchors]]);
    let card = ModelCard::infer("m.onnx", &inputs, &output, &[]).unwrap();
    assert_eq!(card.input.size, Size { width: 640, height: 320 });
    assert_eq!((card.input.layout, card.input.data_type), (TensorLayout::Nhwc, DataType::U8));
    let text = "[input]\nscale = 2.0";
    let error = ModelCard::from_toml("m.toml", text, "m.onnx", &inputs, &output, &[]).unwrap_err();
    assert_eq!(error.to_string(), "m.onnx: the input is u8: it takes the bytes as they are");
}

#[test]
fn a_toml_file_overrides_everything_it_names() {
    let text = r#"
        task = "detect"
        head = "yolov8"
        classes = ["cat", "dog"]

        [input]
        channels = "bgr"
        layout = "nchw"
        scale = 1.0
        mean = [1, 2.5, 3]
        std = [4, 5, 6]
        padding = "top-left"
        pad_value = 7
    "#;
    let card = from_toml(text, 320, &[&[1, 6, 2100]]).unwrap();
    assert_eq!(
        (card.head, card.classes.as_slice()),
        (Head::Yolov8 { anchors: 2100 }, &["cat".to_owned(), "dog".to_owned()][..])
    );
    let InputFormat { channels, scale, mean, std, padding, pad_value, .. } = card.input;
    assert_eq!((channels, padding, pad_value), (ChannelOrder::Bgr, Padding::TopLeft, 7));
    assert_eq!((scale, mean, std), (1.0, [1.0, 2.5, 3.0], [4.0, 5.0, 6.0]));
    assert_eq!(from_toml("", 320, &[&[1, 6, 2100]]), infer(320, &[&[1, 6, 2100]], &[]));
}

#[test]
fn a_broken_toml_file_names_line_and_known_keys() {
    let error = |text: &str| from_toml(text, 320, &[&[1, 6, 2100]]).unwrap_err();
    for (text, message) in [
        (
            "task = 'detect'\nclases = 2",
            "m.toml:2: unknown field `clases`, expected one of `task`, `head`, `classes`, `input`",
        ),
        (
            "[input]\nrgb = true",
            "m.toml:2: unknown field `rgb`, expected one of `channels`, `layout`, `scale`, `mean`, `std`, `padding`, `pad_value`",
        ),
        (
            "task = 'obb'",
            "m.toml:1: unknown variant `obb`, expected one of `detect`, `classify`, `pose`, `segment`",
        ),
        ("classes = 'cat'", "m.toml:1: `classes` must be a list of names or a count"),
        ("classes = 0", "m.toml: 0 classes, and 1 to 65536 are possible"),
        ("classes = -1", "m.toml:1: `classes` must be a list of names or a count"),
        (
            "classes = 3",
            "m.onnx: 3 classes are named, but as yolov8 its outputs have 2: output0 f32[1, 6, 2100]",
        ),
        (
            "head = 'yolov9'",
            "m.toml: unknown head \"yolov9\", expected one of yolov8-pose, yolov8-seg, yolov8, yolox, classify",
        ),
        (
            "head = 'yolox'",
            "m.onnx: the outputs do not fit the head yolox on a 320x320 input: output0 f32[1, 6, 2100]",
        ),
        ("[input]\nscale = 0", "m.toml: `scale` must be a number above 0"),
        ("[input]\nmean = [nan, 0, 0]", "m.toml: `mean` must be three finite numbers"),
        ("[input]\nstd = [1, 1, 0]", "m.toml: `std` must be three numbers above 0"),
        (
            "[input]\nlayout = 'nhwc'",
            "m.onnx: the input must be one picture, 1x3xHxW or 1xHxWx3, f32 or u8, but it is images f32[1, 3, 320, 320]",
        ),
    ] {
        assert_eq!(error(text).to_string(), message, "{text}");
    }
    assert!(error("x = 1").hint().contains("pad_value"));
    assert!(error(&"#".repeat(5 << 20)).to_string().contains("at most 4194304 are read"));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// No text and no shape may panic, whatever it comes to; a card that comes out names all its classes.
    #[test]
    fn nothing_panics(
        text in "[a-z0-9 =\\[\\]'\"{}\n.-]{0,40}",
        names in "[{\\[]?([0-9]{1,3}: ?)?['\"]?[a-z\\\\é'\"]{0,6}['\"]?[}\\]]?",
        output in prop::collection::vec(prop_oneof![Just(1usize), Just(2100), Just(84), any::<usize>()], 0..5),
        input in prop::collection::vec(prop_oneof![Just(1usize), Just(3), Just(320), any::<usize>()], 3..5),
    ) {
        let metadata = [("names".to_owned(), names)];
        let (inputs, outputs) = ([spec("x", &input)], [spec("y", &output)]);
        let cards = [
            ModelCard::from_toml("m.toml", &text, "m.onnx", &inputs, &outputs, &metadata),
            ModelCard::infer("m.onnx", &square(320), &outputs, &metadata),
            ModelCard::infer("m.onnx", &square(320), &outputs, &[]),
        ];
        for card in cards.into_iter().flatten() {
            prop_assert!(!card.classes.is_empty());
            if let Head::Yolov8 { anchors } = card.head {
                prop_assert_eq!(&output, &[1, 4 + card.classes.len(), anchors]);
            }
        }
    }
}
