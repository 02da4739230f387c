//! What holds of any numbers that a network gives, under any settings.

use ocelli_frame::{Letterbox, Padding, Predictions, Size, TensorView};
use ocelli_postprocess::{HeadLayout, Postprocessor, Settings};
use ocelli_testkit::CountingAllocator;

/// Bytes that say what is run; the rest are the output's numbers, over and over.
const HEAD_BYTES: usize = 24;

/// An error with a hint, or boxes inside the picture, in order, no more than asked for; the same each time, and without
/// allocating.
pub fn hold(bytes: &[u8]) {
    let Some((head, numbers)) = bytes.split_first_chunk::<HEAD_BYTES>() else { return };
    let (layout, settings, letterbox) = read_head(head);
    let mut postprocessor = match Postprocessor::new(layout, settings) {
        Ok(postprocessor) => postprocessor,
        Err(error) => return assert!(!error.hint().is_empty(), "{error}"),
    };
    let (numbers, _) = numbers.as_chunks::<4>();
    let numbers = if numbers.is_empty() { &[[0; 4]] } else { numbers };
    let output = numbers.iter().map(|bits| f32::from_be_bytes(*bits)).cycle();
    let output: Vec<f32> = output.take(layout.elements()).collect();
    let mut runs = [0, 1].map(|_| {
        let mut predictions = Predictions::default();
        let outputs = [TensorView::F32(&output)];
        predictions.detections.reserve(postprocessor.settings().max_det.min(layout.elements()));
        let before = CountingAllocator::on_this_thread();
        postprocessor.run(&outputs, &letterbox, &mut predictions).expect("the output has the head's size");
        assert_eq!(CountingAllocator::on_this_thread() - before, 0, "a frame allocates nothing");
        predictions
    });
    assert_eq!(runs[0], runs[1]);
    check(&runs[0], postprocessor.settings(), layout.classes(), letterbox.source);
    let short = [TensorView::F32(&output[1..])];
    assert!(postprocessor.run(&short, &letterbox, &mut runs[0]).is_err() && runs[0].detections.is_empty());
}

fn check(predictions: &Predictions, settings: &Settings, classes: usize, source: Size) {
    assert!(predictions.detections.len() <= settings.max_det);
    let mut last = f32::INFINITY;
    for detection in &predictions.detections {
        let b = detection.box_in_source;
        assert!(0.0 <= b.x1 && b.x1 < b.x2 && b.x2 <= source.width as f32, "{b:?}");
        assert!(0.0 <= b.y1 && b.y1 < b.y2 && b.y2 <= source.height as f32, "{b:?}");
        let confidence = detection.confidence;
        assert!(settings.confidence < confidence && confidence <= last, "{confidence} after {last}");
        last = confidence;
        let only = settings.classes.as_deref();
        assert!((detection.class_id as usize) < classes);
        assert!(only.is_none_or(|only| only.contains(&detection.class_id)));
    }
}

fn read_head(head: &[u8; HEAD_BYTES]) -> (HeadLayout, Settings, Letterbox) {
    let &[
        kind,
        classes,
        across,
        down,
        c0,
        c1,
        c2,
        c3,
        i0,
        i1,
        i2,
        i3,
        max_det,
        more,
        filter,
        flags,
        ref sides @ ..,
    ] = head;
    let classes = usize::from(classes % 12);
    let layout = match kind % 2 {
        0 => HeadLayout::Yolov8 { classes, anchors: usize::from(across) + 16 * usize::from(down % 16) },
        _ => HeadLayout::Yolox {
            classes,
            model_size: Size { width: u32::from(across), height: u32::from(down) },
        },
    };
    let settings = Settings {
        confidence: f32::from_be_bytes([c0, c1, c2, c3]),
        iou: f32::from_be_bytes([i0, i1, i2, i3]),
        max_det: usize::from(max_det) << (more % 60),
        classes: (flags & 1 != 0).then(|| vec![u32::from(filter), u32::from(filter / 16)]),
        multi_label: flags & 2 != 0,
    };
    let side = |at: usize| (u32::from(sides[at]) << (sides[at + 1] % 17)).max(1);
    let padding = if flags & 4 != 0 { Padding::Centred } else { Padding::TopLeft };
    let letterbox = Letterbox::new(
        Size { width: side(0), height: side(2) },
        Size { width: side(4), height: side(6) },
        padding,
    );
    (layout, settings, letterbox)
}
