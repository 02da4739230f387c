//! Outputs made from a formula that `make_golden.py` knows too, and an oracle that finds their boxes the plain way:
//! every candidate in a list, a stable sort, every pair compared.

#![allow(dead_code, reason = "each test binary uses a part of it")]

use ocelli_frame::{BoxXyxy, Detection, Letterbox, Size, TensorView};
use ocelli_postprocess::{HeadLayout, Postprocessor, Settings};

/// A number in 0..1 with 24 bits: exact as f32, and the same in any language.
pub fn unit(seed: u64, index: usize) -> f32 {
    let mut z = seed.wrapping_add((index as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
    z = (z ^ z >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ z >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    ((z ^ z >> 31) >> 40) as f32 / (1 << 24) as f32
}

/// A whole output of the head: boxes all over a model of 64 pixels, scores with many small ones.
pub fn output(head: &HeadLayout, seed: u64) -> Vec<f32> {
    let (classes, anchors) = (head.classes(), head.anchors());
    let unit = |index| unit(seed, index);
    let mut output = vec![0.0; head.elements()];
    for anchor in 0..anchors {
        for number in 0..output.len() / anchors {
            let (place, u) = match head {
                HeadLayout::Yolov8 { .. } => (number * anchors + anchor, unit(number * anchors + anchor)),
                _ => (anchor * (5 + classes) + number, unit(anchor * (5 + classes) + number)),
            };
            output[place] = match (head, number) {
                (HeadLayout::Yolov8 { .. }, 0 | 1) => u * 64.0,
                (HeadLayout::Yolov8 { .. }, 2 | 3) => u * 40.0 + 1.0,
                (_, 0 | 1) => u * 2.0 - 0.5,
                (_, 2 | 3) => u * 2.0,
                (HeadLayout::Yolov8 { .. }, _) => u * u,
                _ => u,
            };
        }
    }
    output
}

/// What the postprocessor under test finds, and how many numbers it had to leave out.
pub fn found(
    head: HeadLayout,
    settings: &Settings,
    output: &[f32],
    letterbox: &Letterbox,
) -> (Vec<Detection>, u32) {
    let mut predictions = ocelli_frame::Predictions::default();
    Postprocessor::new(head, settings.clone())
        .unwrap()
        .run(&[TensorView::F32(output)], letterbox, &mut predictions)
        .unwrap();
    (predictions.detections, predictions.invalid)
}

/// A source of the model's own size, so that model pixels are source pixels.
pub fn same_size(side: u32) -> Letterbox {
    let size = Size { width: side, height: side };
    Letterbox::new(size, size, ocelli_frame::Padding::Centred)
}

struct Candidate {
    class: usize,
    score: f32,
    box_in_model: [f32; 4],
}

/// The same as [`found`], the plain way.
pub fn expected(
    head: HeadLayout,
    settings: &Settings,
    output: &[f32],
    letterbox: &Letterbox,
) -> (Vec<Detection>, u32) {
    let (mut candidates, invalid) = candidates(head, settings, output);
    candidates.sort_by(|a, b| b.score.partial_cmp(&a.score).unwrap());
    candidates.truncate(30_000);
    let mut alive = vec![true; candidates.len()];
    let mut kept = Vec::new();
    for (place, best) in candidates.iter().enumerate() {
        if !alive[place] {
            continue;
        }
        kept.push(place);
        for (other, candidate) in candidates.iter().enumerate().skip(place + 1) {
            if best.class == candidate.class && iou(best, candidate) > settings.iou {
                alive[other] = false;
            }
        }
    }
    kept.truncate(settings.max_det);
    let detections = kept.into_iter().filter_map(|place| {
        let Candidate { class, score, box_in_model: [x1, y1, x2, y2] } = candidates[place];
        let mapped = letterbox.source_from_model.map_box(&BoxXyxy { x1, y1, x2, y2 });
        let box_in_source = mapped.clipped(letterbox.source);
        (box_in_source.area() > 0.0).then_some(Detection {
            class_id: class as u32,
            confidence: score,
            box_in_source,
        })
    });
    (detections.collect(), invalid)
}

fn iou(a: &Candidate, b: &Candidate) -> f32 {
    let [a, b] = [a, b].map(|candidate| candidate.box_in_model);
    let side =
        |low: usize, high: usize| (f64::from(a[high].min(b[high])) - f64::from(a[low].max(b[low]))).max(0.0);
    let area = |of: [f32; 4]| (of[2] - of[0]) * (of[3] - of[1]);
    let intersection = side(0, 2) * side(1, 3);
    (intersection / (f64::from(area(a) + area(b)) - intersection + 1e-9)) as f32
}

/// Anchor by anchor, class by class.
fn candidates(head: HeadLayout, settings: &Settings, output: &[f32]) -> (Vec<Candidate>, u32) {
    let (mut candidates, mut invalid) = (Vec::new(), 0);
    for anchor in 0..head.anchors() {
        let (box_in_model, scores) = decoded(head, output, anchor, settings.confidence);
        let box_is_finite = box_in_model.iter().all(|number| number.is_finite());
        let mut above: Vec<(usize, f32)> = scores
            .iter()
            .copied()
            .enumerate()
            .filter(|(_, s)| *s > settings.confidence || s.is_nan())
            .collect();
        if !settings.multi_label {
            if scores.iter().any(|score| score.is_nan() || *score == f32::INFINITY) {
                invalid += 1;
                continue;
            }
            // `max_by` would take the last of equals.
            above = above.into_iter().rev().max_by(|a, b| a.1.total_cmp(&b.1)).into_iter().collect();
        }
        for (class, score) in above {
            if settings.classes.as_ref().is_some_and(|only| !only.contains(&(class as u32))) {
                continue;
            }
            if box_is_finite && score.is_finite() {
                candidates.push(Candidate { class, score, box_in_model });
            } else {
                invalid += 1;
            }
        }
    }
    (candidates, invalid)
}

/// Box and scores of one anchor; no scores where YOLOX's objectness is not above the limit.
fn decoded(head: HeadLayout, output: &[f32], anchor: usize, limit: f32) -> ([f32; 4], Vec<f32>) {
    let corners = |[x, y, w, h]: [f32; 4]| [x - w / 2.0, y - h / 2.0, x + w / 2.0, y + h / 2.0];
    match head {
        HeadLayout::Yolov8 { classes, anchors } => {
            let at = |row: usize| output[row * anchors + anchor];
            (corners([at(0), at(1), at(2), at(3)]), (4..4 + classes).map(at).collect())
        }
        HeadLayout::Yolox { classes, model_size } => {
            let numbers = &output[anchor * (5 + classes)..][..5 + classes];
            let (mut cell, mut stride) = (anchor as u32, 8);
            while cell >= (model_size.width / stride) * (model_size.height / stride) {
                cell -= (model_size.width / stride) * (model_size.height / stride);
                stride *= 2;
            }
            let columns = model_size.width / stride;
            let (column, row, stride) = ((cell % columns) as f32, (cell / columns) as f32, stride as f32);
            let box_in_model = corners([
                (numbers[0] + column) * stride,
                (numbers[1] + row) * stride,
                numbers[2].exp() * stride,
                numbers[3].exp() * stride,
            ]);
            let sees = numbers[4] > limit || numbers[4].is_nan();
            let scores = numbers[5..].iter().filter(|_| sees).map(|score| score * numbers[4]);
            (box_in_model, scores.collect())
        }
        _ => unreachable!("a head without an oracle"),
    }
}
