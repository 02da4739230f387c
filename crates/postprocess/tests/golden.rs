//! The postprocessor against what an independent reference found (`make_golden.py`).

mod synthetic;

use ocelli_frame::{BoxXyxy, Detection, Letterbox, Padding, Size};
use ocelli_postprocess::{HeadLayout, Settings};
use synthetic::{found, output};

const SIDE: Size = Size { width: 64, height: 64 };

#[test]
fn the_reference_finds_the_same() {
    let golden = include_str!("golden/boxes.txt");
    let mut boxes_seen = 0;
    for case in golden.split("case ").skip(1) {
        let (header, boxes) = case.split_once('\n').expect("a case has a header");
        let found = found_in(header);
        let expected: Vec<Detection> = boxes.lines().map(detection).collect();
        assert_eq!(found.len(), expected.len(), "case {header}");
        for (found, expected) in found.iter().zip(&expected) {
            assert_eq!(found.class_id, expected.class_id, "case {header}");
            assert!((found.confidence - expected.confidence).abs() < 1e-6, "case {header}: {found:?}");
            let (a, b) = (found.box_in_source, expected.box_in_source);
            for (a, b) in [(a.x1, b.x1), (a.y1, b.y1), (a.x2, b.x2), (a.y2, b.y2)] {
                assert!((a - b).abs() < 1e-3, "case {header}: {found:?}, not {expected:?}");
            }
        }
        boxes_seen += expected.len();
    }
    assert!(boxes_seen > 500, "only {boxes_seen} boxes in the golden file");
}

/// `FAMILY CLASSES SEED CONF IOU MULTI_LABEL SOURCE_WIDTH SOURCE_HEIGHT`
fn found_in(header: &str) -> Vec<Detection> {
    let words: Vec<&str> = header.split(' ').collect();
    let &[family, classes, seed, confidence, iou, multi_label, width, height] = words.as_slice() else {
        panic!("a header of eight words, not {header}");
    };
    let classes = classes.parse().unwrap();
    let (head, padding) = match family {
        "yolov8" => (HeadLayout::Yolov8 { classes, anchors: 84 }, Padding::Centred),
        _ => (HeadLayout::Yolox { classes, model_size: SIDE }, Padding::TopLeft),
    };
    let settings = Settings {
        confidence: confidence.parse().unwrap(),
        iou: iou.parse().unwrap(),
        multi_label: multi_label == "1",
        ..Settings::default()
    };
    let source = Size { width: width.parse().unwrap(), height: height.parse().unwrap() };
    let output = output(&head, seed.parse().unwrap());
    found(head, &settings, &output, &Letterbox::new(source, SIDE, padding)).0
}

/// `CLASS SCORE X1 Y1 X2 Y2`
fn detection(line: &str) -> Detection {
    let numbers: Vec<f32> = line.split(' ').map(|word| word.parse().unwrap()).collect();
    let &[class, confidence, x1, y1, x2, y2] = numbers.as_slice() else {
        panic!("a box of six numbers, not {line}");
    };
    Detection { class_id: class as u32, confidence, box_in_source: BoxXyxy { x1, y1, x2, y2 } }
}
