//! Small outputs whose answers can be seen.

mod synthetic;

use ocelli_frame::{BoxXyxy, Letterbox, Padding, Predictions, Size, TensorView};
use ocelli_postprocess::{HeadLayout, Postprocessor, Settings};
use synthetic::{found, same_size};

/// A YOLOv8 output from `(x1, y1, x2, y2)` and scores, anchor by anchor.
fn yolov8<const CLASSES: usize>(anchors: &[([f32; 4], [f32; CLASSES])]) -> (HeadLayout, Vec<f32>) {
    let mut output = Vec::new();
    for of in [
        |[x1, _, x2, _]: [f32; 4]| (x1 + x2) / 2.0,
        |[_, y1, _, y2]: [f32; 4]| (y1 + y2) / 2.0,
        |[x1, _, x2, _]: [f32; 4]| x2 - x1,
        |[_, y1, _, y2]: [f32; 4]| y2 - y1,
    ] {
        output.extend(anchors.iter().map(|(corners, _)| of(*corners)));
    }
    for class in 0..CLASSES {
        output.extend(anchors.iter().map(|(_, scores)| scores[class]));
    }
    (HeadLayout::Yolov8 { classes: CLASSES, anchors: anchors.len() }, output)
}

/// `(class, x1)` of what is found in a 100 pixel model of the same size as its source.
fn classes_and_lefts<const CLASSES: usize>(
    anchors: &[([f32; 4], [f32; CLASSES])],
    settings: &Settings,
) -> Vec<(u32, f32)> {
    let (head, output) = yolov8(anchors);
    let (detections, _) = found(head, settings, &output, &same_size(100));
    detections.iter().map(|d| (d.class_id, d.box_in_source.x1)).collect()
}

const LEFT: [f32; 4] = [0.0, 0.0, 10.0, 10.0];

#[test]
fn overlap_exactly_at_the_limit_stays_and_above_it_goes() {
    // 50, and 70, of 100 square pixels.
    for (width, limit) in [(5.0, 0.5f32), (7.0, 0.7)] {
        let pair = [(LEFT, [0.9]), ([0.0, 0.0, width, 10.0], [0.8])];
        let kept = |iou| classes_and_lefts(&pair, &Settings { iou, ..Settings::default() }).len();
        assert_eq!((kept(limit), kept(limit.next_down())), (2, 1), "limit {limit}");
    }
}

#[test]
fn a_score_at_the_limit_is_no_candidate() {
    let scores = [(LEFT, [0.25]), ([50.0, 0.0, 60.0, 10.0], [0.25f32.next_up()])];
    for multi_label in [false, true] {
        let settings = Settings { multi_label, ..Settings::default() };
        assert_eq!(classes_and_lefts(&scores, &settings), [(0, 50.0)], "multi_label {multi_label}");
    }
}

#[test]
fn other_classes_are_not_suppressed() {
    let same_place = [(LEFT, [0.9, 0.0]), (LEFT, [0.0, 0.8]), (LEFT, [0.7, 0.0])];
    assert_eq!(classes_and_lefts(&same_place, &Settings::default()), [(0, 0.0), (1, 0.0)]);
}

#[test]
fn ties_go_to_the_first_class_and_the_first_anchor() {
    let tied = [([20.0, 0.0, 30.0, 10.0], [0.5, 0.5]), ([40.0, 0.0, 50.0, 10.0], [0.5, 0.1])];
    assert_eq!(classes_and_lefts(&tied, &Settings::default()), [(0, 20.0), (0, 40.0)]);
    let all = Settings { multi_label: true, ..Settings::default() };
    assert_eq!(classes_and_lefts(&tied, &all), [(0, 20.0), (1, 20.0), (0, 40.0)]);
}

#[test]
fn a_suppressed_box_suppresses_nobody() {
    // Each overlaps its neighbour alone by more than the limit.
    let chain: [_; 3] = [0.0, 2.0, 4.0].map(|x| ([x, 0.0, x + 10.0, 10.0], [0.9 - x / 10.0]));
    let settings = Settings { iou: 0.6, ..Settings::default() };
    assert_eq!(classes_and_lefts(&chain, &settings), [(0, 0.0), (0, 4.0)]);
}

#[test]
fn classes_are_filtered_after_the_best_is_chosen() {
    let anchors = [(LEFT, [0.9, 0.8]), ([50.0, 0.0, 60.0, 10.0], [0.3, 0.4])];
    let only = |multi_label| Settings { classes: Some(vec![1, 77]), multi_label, ..Settings::default() };
    assert_eq!(classes_and_lefts(&anchors, &only(false)), [(1, 50.0)]);
    assert_eq!(classes_and_lefts(&anchors, &only(true)), [(1, 0.0), (1, 50.0)]);
}

#[test]
fn max_det_keeps_the_best() {
    let row: [_; 5] = std::array::from_fn(|n| ([20.0 * n as f32, 0.0, 20.0 * n as f32 + 9.0, 9.0], [0.5]));
    let settings = Settings { max_det: 2, ..Settings::default() };
    assert_eq!(classes_and_lefts(&row, &settings), [(0, 0.0), (0, 20.0)]);
    assert_eq!(classes_and_lefts(&row, &Settings { max_det: 0, ..settings }), []);
}

#[test]
fn boxes_are_mapped_clipped_and_left_out_where_empty() {
    // A 200x100 source fills rows 25..75 of a 100 pixel model.
    let size = |width, height| Size { width, height };
    let letterbox = Letterbox::new(size(200, 100), size(100, 100), Padding::Centred);
    let (head, output) = yolov8(&[
        ([10.0, 30.0, 20.0, 40.0], [0.9]),
        ([90.0, 60.0, 110.0, 90.0], [0.8]), // over the edge
        ([50.0, 5.0, 60.0, 25.0], [0.7]),   // all in the bar above
    ]);
    let (detections, invalid) = found(head, &Settings::default(), &output, &letterbox);
    let boxes: Vec<_> = detections.iter().map(|detection| detection.box_in_source).collect();
    let expected = [
        BoxXyxy { x1: 20.0, y1: 10.0, x2: 40.0, y2: 30.0 },
        BoxXyxy { x1: 180.0, y1: 70.0, x2: 200.0, y2: 100.0 },
    ];
    assert_eq!((boxes.as_slice(), invalid), (&expected[..], 0));
}

#[test]
fn yolox_grid_stride_and_exponent() {
    let (classes, model_size) = (2, Size { width: 32, height: 32 });
    let mut output = vec![0.0; 21 * 7];
    // Cell (1, 2) of stride 8: centre (1.5, 2.25) * 8, size (1, 2) * 8.
    output[9 * 7..10 * 7].copy_from_slice(&[0.5, 0.25, 0.0, std::f32::consts::LN_2, 0.8, 0.1, 1.0]);
    // Cell (1, 1) of stride 16.
    output[19 * 7..20 * 7].copy_from_slice(&[0.0, 0.0, 0.0, 0.0, 0.6, 0.5, 0.0]);
    // The one cell of stride 32: objectness alone is not enough.
    output[20 * 7..].copy_from_slice(&[0.5, 0.5, 0.0, 0.0, 0.9, 0.2, 0.2]);
    let head = HeadLayout::Yolox { classes, model_size };
    let (detections, _) = found(head, &Settings::default(), &output, &same_size(32));
    let found: Vec<_> = detections.iter().map(|d| (d.class_id, d.confidence, d.box_in_source)).collect();
    assert_eq!(
        found,
        [
            (1, 0.8, BoxXyxy { x1: 8.0, y1: 10.0, x2: 16.0, y2: 26.0 }),
            (0, 0.3, BoxXyxy { x1: 8.0, y1: 8.0, x2: 24.0, y2: 24.0 }),
        ]
    );
}

#[test]
fn numbers_that_are_none_are_counted_and_hurt_nobody_else() {
    let nan = [f32::NAN, 0.0, 10.0, 10.0];
    let anchors = [
        (LEFT, [0.9, f32::NAN]),
        ([20.0, 0.0, 30.0, 10.0], [0.6, 0.5]),
        (nan, [0.8, 0.7]),
        (nan, [0.1, 0.1]), // below the limit: its box is nobody's business
        (LEFT, [f32::INFINITY, 0.0]),
    ];
    let (head, output) = yolov8(&anchors);
    for (multi_label, boxes, expected_invalid) in [(false, 1, 3), (true, 3, 4)] {
        let settings = Settings { multi_label, ..Settings::default() };
        let (detections, invalid) = found(head, &settings, &output, &same_size(100));
        assert_eq!((detections.len(), invalid), (boxes, expected_invalid), "multi_label {multi_label}");
    }
}

#[test]
fn outputs_that_do_not_fit_are_errors() {
    let head = HeadLayout::Yolov8 { classes: 1, anchors: 2 };
    let mut postprocessor = Postprocessor::new(head, Settings::default()).unwrap();
    let mut run = |outputs: &[TensorView<'_>]| {
        let mut predictions = Predictions::default();
        postprocessor.run(outputs, &same_size(8), &mut predictions).unwrap_err().to_string()
    };
    assert_eq!(run(&[]), "output 0 of a yolov8 head must have 10 f32 elements, but there is no output");
    assert!(run(&[TensorView::U8(&[0; 10])]).ends_with("it is not f32"));
    assert!(run(&[TensorView::F32(&[0.0; 9])]).ends_with("it has 9"));
}

#[test]
fn absurd_heads_and_settings_are_errors() {
    let size = |side| Size { width: side, height: side };
    for head in [
        HeadLayout::Yolov8 { classes: 0, anchors: 1 },
        HeadLayout::Yolov8 { classes: usize::MAX, anchors: usize::MAX },
        HeadLayout::Yolov8 { classes: 65_536, anchors: 1 << 20 },
        HeadLayout::Yolox { classes: 1, model_size: size(u32::MAX) },
        HeadLayout::Yolox { classes: 1, model_size: size(7) },
    ] {
        assert!(Postprocessor::new(head, Settings::default()).is_err(), "{head:?}");
    }
    let head = HeadLayout::Yolov8 { classes: 1, anchors: 1 };
    for settings in [
        Settings { confidence: f32::NAN, ..Settings::default() },
        Settings { confidence: -0.1, ..Settings::default() },
        Settings { iou: 1.1, ..Settings::default() },
    ] {
        assert!(Postprocessor::new(head, settings).is_err());
    }
    let unbounded = Settings { max_det: usize::MAX, ..Settings::default() };
    assert!(Postprocessor::new(head, unbounded).is_ok());
}

#[test]
fn a_frame_leaves_nothing_behind_for_the_next() {
    let (head, first) = yolov8(&[(LEFT, [0.9]), ([50.0, 0.0, 60.0, 10.0], [f32::NAN])]);
    let second = yolov8(&[(LEFT, [0.1]), ([50.0, 0.0, 60.0, 10.0], [0.5])]).1;
    let mut postprocessor = Postprocessor::new(head, Settings::default()).unwrap();
    let mut predictions = Predictions::default();
    for output in [&first, &second] {
        postprocessor.run(&[TensorView::F32(output)], &same_size(100), &mut predictions).unwrap();
    }
    assert_eq!((predictions.detections.len(), predictions.invalid), (1, 0));
    assert_eq!(predictions.detections[0].box_in_source.x1, 50.0);
}
