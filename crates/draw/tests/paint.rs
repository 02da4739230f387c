//! Whole pictures: what is drawn where, on every format and size, and that a frame allocates nothing after warm-up.

use ocelli_draw::{Canvas, Painter, ScreenPicture};
use ocelli_frame::{BoxXyxy, ClassScore, Detection, Frame, PixelFormat, Predictions, Size};
use ocelli_testkit::{CountingAllocator, frame_from, noise_frame};
use proptest::prelude::*;

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

fn found(boxes: &[[f32; 4]]) -> Predictions {
    let detections = boxes.iter().zip(0..).map(|(&[x1, y1, x2, y2], class_id)| Detection {
        class_id,
        confidence: 0.86,
        box_in_source: BoxXyxy { x1, y1, x2, y2 },
    });
    Predictions { detections: detections.collect(), ..Predictions::default() }
}

fn grey(width: u32, height: u32) -> Frame {
    frame_from(PixelFormat::Grey, Size { width, height }, 0, |_, _, _| 0)
}

/// Columns and rows of luma that are not black: `(left, top, right, bottom)`, the last two exclusive.
fn touched(canvas: &Canvas) -> Option<(usize, usize, usize, usize)> {
    let luma = canvas.plane(0);
    let places = (luma.bytes.iter().enumerate()).filter(|&(_, &code)| code > 0);
    places.map(|(place, _)| (place % luma.stride_bytes, place / luma.stride_bytes)).fold(
        None,
        |area, (x, y)| {
            let (left, top, right, bottom) = area.unwrap_or((x, y, x, y));
            Some((left.min(x), top.min(y), right.max(x + 1), bottom.max(y + 1)))
        },
    )
}

#[test]
fn a_box_is_a_line_of_its_colour_with_the_picture_inside() {
    let mut painter = Painter::new(vec!["car".into()]);
    let canvas = painter.paint(&grey(640, 360), &found(&[[100.0, 100.0, 300.0, 200.0]]));
    let at = |x: usize, y: usize| {
        let chroma = |index| canvas.plane(index).bytes[y / 2 * 320 + x / 2];
        (canvas.plane(0).bytes[y * 640 + x], chroma(1), chroma(2))
    };
    // R'G'B' (255, 77, 79) in BT.601, full range.
    let red = (130, 99, 217);
    for (x, y) in
        [(100, 100), (299, 199), (100, 199), (299, 100), (101, 150), (298, 150), (200, 101), (200, 198)]
    {
        assert_eq!(at(x, y), red, "{x} {y}");
    }
    for (x, y) in [(102, 102), (297, 197), (200, 150), (98, 150), (300, 150), (200, 200), (98, 82)] {
        assert_eq!(at(x, y), (0, 128, 128), "{x} {y}");
    }
    // The label stands on the box, flush left: its ground is the colour, its letters are black or white.
    assert_eq!(at(100, 99), red);
    let row = &canvas.plane(0).bytes[92 * 640 + 100..][..60];
    assert!(row.contains(&255) || row.contains(&0), "{row:?}");
}

#[test]
fn labels_stay_inside_at_every_corner() {
    let mut painter = Painter::new(vec!["a name of some length".into()]);
    let whole = |width: u32, height: u32, [x, y]: [f32; 2]| {
        let mut painter = Painter::new(vec!["a name of some length".into()]);
        let frame = grey(width, height);
        touched(painter.paint(&frame, &found(&[[x, y, x + 4.0, y + 4.0]]))).unwrap()
    };
    let (left, top, right, bottom) = whole(400, 300, [0.0, 0.0]);
    assert_eq!((left, top), (0, 0));
    let (width, height) = (right, bottom);
    assert!(width > 100 && height >= 12, "{width} {height}");
    // Right: the label ends with the picture and has all its width.
    assert_eq!(whole(400, 300, [396.0, 0.0]), (400 - width, 0, 400, height));
    assert_eq!(whole(400, 300, [396.0, 296.0]), (400 - width, 296 - height, 400, 300));
    assert_eq!(whole(400, 300, [0.0, 296.0]), (0, 296 - height, width, 300));
    // Too small for all of it: cut, and still inside.
    for side in 1..80 {
        let frame = grey(side, side);
        let canvas = painter.paint(&frame, &found(&[[0.0, 0.0, side as f32, side as f32]]));
        assert_eq!(touched(canvas).unwrap(), (0, 0, side as usize, side as usize));
    }
}

#[test]
fn the_most_confident_is_on_top_and_scores_stand_one_below_the_other() {
    let mut painter = Painter::new(Vec::new());
    let same = [[10.0, 50.0, 90.0, 90.0]; 2];
    let frame = grey(200, 200);
    let first = painter.paint(&frame, &found(&same[..1])).plane(1).bytes.to_vec();
    assert_eq!(painter.paint(&frame, &found(&same)).plane(1).bytes[45 * 100 + 5], first[45 * 100 + 5]);

    let scores = |count: u32| Predictions {
        classification: (0..count).map(|class_id| ClassScore { class_id, confidence: 0.5 }).collect(),
        ..Predictions::default()
    };
    let height = |count| touched(Painter::new(Vec::new()).paint(&frame, &scores(count))).unwrap().3;
    assert_eq!((height(1), height(2), height(5), height(50)), (12, 24, 60, 60));
    let flat = touched(painter.paint(&grey(200, 30), &scores(5))).unwrap();
    assert_eq!(flat.3, 24, "half a line is none");
}

#[test]
fn a_frame_allocates_nothing_after_warm_up() {
    let classes = vec!["car".into(), "x".repeat(5_000), "猫\u{202e}\n".into()];
    let mut painter = Painter::new(classes);
    let predictions =
        found(&[[10.0, 10.0, 200.0, 300.0], [500.0, 0.0, 640.0, 40.0], [0.0, 350.0, 9.0, 360.0]]);
    let frames: Vec<Frame> = (PixelFormat::ALL.into_iter())
        .flat_map(|format| [(640, 360), (333, 77), (1, 1)].map(|size| (format, size)))
        .map(|(format, (width, height))| noise_frame(format, Size { width, height }, 3, 7))
        .collect();
    frames.iter().for_each(|frame| _ = painter.paint(frame, &predictions));
    let before = CountingAllocator::on_this_thread();
    assert!(before > 0, "nothing is counted");
    frames.iter().for_each(|frame| _ = painter.paint(frame, &predictions));
    assert_eq!(CountingAllocator::on_this_thread(), before);
}

#[test]
fn a_picture_on_a_screen_allocates_nothing_after_warm_up() {
    let mut painter = Painter::new(Vec::new());
    let canvas =
        painter.paint(&noise_frame(PixelFormat::Yuyv, Size { width: 640, height: 360 }, 0, 7), &found(&[]));
    for size in [
        Size { width: 640, height: 360 },
        Size { width: 1277, height: 700 },
        Size { width: 200, height: 300 },
    ] {
        let mut picture = ScreenPicture::new();
        let mut show = || {
            picture.show(canvas, size);
            picture.caption(["cam0", "30.0 fps", "age 41 ms", "p99 55 ms", "3 dropped"]);
        };
        show();
        let before = CountingAllocator::on_this_thread();
        show();
        assert_eq!(CountingAllocator::on_this_thread(), before, "{size}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Whatever is said of whatever picture, it is drawn without harm, and the same in each.
    #[test]
    fn anything_can_be_painted(
        format in 0..PixelFormat::ALL.len(),
        (width, height) in (1u32..90, 1u32..90),
        edges in proptest::collection::vec(proptest::array::uniform4(proptest::num::f32::ANY), 0..6),
        inside in proptest::collection::vec(proptest::array::uniform4(-20f32..120.0), 0..6),
        names in proptest::collection::vec(".{0,60}", 0..6),
        confidence in proptest::num::f32::ANY,
    ) {
        let frame = noise_frame(PixelFormat::ALL[format], Size { width, height }, 1, 5);
        let mut predictions = found(&edges);
        predictions.detections.extend(found(&inside).detections);
        predictions.detections.iter_mut().for_each(|detection| detection.confidence = confidence);
        predictions.classification = vec![ClassScore { class_id: u32::MAX, confidence }; 7];
        let mut painter = Painter::new(names.clone());
        let first = painter.paint(&frame, &predictions).clone();
        let mut again = Painter::new(names);
        let again = again.paint(&frame, &predictions);
        for index in 0..3 {
            prop_assert_eq!(first.plane(index).bytes, again.plane(index).bytes);
        }
        prop_assert_eq!(first.size(), Size { width, height });
    }
}
