//! `ocelli bench postprocess`: one output tensor into boxes.

use ocelli_frame::{Letterbox, Padding, Predictions, Size, TensorView};
use ocelli_postprocess::{HeadLayout, Postprocessor, Settings};
use serde_json::json;

use crate::args::BenchPostprocess;
use crate::commands::bench::timing::Times;
use crate::failure::Failure;
use crate::wiring::settings;

/// Times a YOLOv8 head whose scores are spread as a trained network's are: nearly all close to nothing, and around
/// each of a few objects some anchors that agree.
pub fn run(arguments: &BenchPostprocess) -> Result<(), Failure> {
    let size = arguments.imgsz;
    let classes = usize::from(arguments.head_classes);
    let anchors =
        [8, 16, 32].iter().map(|stride| (size.width / stride) as usize * (size.height / stride) as usize);
    let head = HeadLayout::Yolov8 { classes, anchors: anchors.sum() };
    let defaults = if arguments.multi_label { Settings::evaluation() } else { Settings::default() };
    let kept = settings(&arguments.settings, defaults);
    let output = output(size, classes, head.anchors());
    let letterbox = Letterbox::new(Size { width: 1280, height: 720 }, size, Padding::Centred);
    let mut predictions = Predictions::with_capacity(kept.max_det);
    let confidence = kept.confidence;
    let mut postprocessor = Postprocessor::new(head, kept)?;
    let times = Times::measure(&arguments.repeat, || {
        postprocessor.run(&[TensorView::F32(&output)], &letterbox, &mut predictions)?;
        Ok(())
    })?;
    times.tell(
        &arguments.repeat,
        json!({
            "what": "postprocess",
            "classes": classes,
            "anchors": head.anchors(),
            "conf": confidence,
            "multi_label": arguments.multi_label,
            "detections": predictions.detections.len(),
        }),
    );
    Ok(())
}

/// Rows of centre x, centre y, width, height, then one row of scores for each class.
fn output(size: Size, classes: usize, anchors: usize) -> Vec<f32> {
    let mut output = Vec::with_capacity((4 + classes) * anchors);
    let centres = cell_centres(size);
    output.extend(centres.iter().map(|&(x, _)| x));
    output.extend(centres.iter().map(|&(_, y)| y));
    output.extend((0..anchors).map(|n| 40.0 + noise(n) * 60.0));
    output.extend((0..anchors).map(|n| 40.0 + noise(n + 7) * 60.0));
    output.extend((0..classes * anchors).map(|n| score(n / anchors, n % anchors, classes)));
    output
}

/// A score as a trained network spreads them (YOLOv8n on COCO pictures: about 2500 of 672 000 above 0.001). One anchor
/// in 70 is part of an object and certain of one class; of all other scores one in 300 is above 0.001.
fn score(class: usize, anchor: usize, classes: usize) -> f32 {
    let rest = noise(class * (1 << 20) + anchor);
    let object = anchor / 280;
    if anchor % 280 < 4 && class == object % classes {
        return 0.2 + 0.75 * rest;
    }
    if rest > 1.0 - 1.0 / 300.0 { 0.001 + noise(anchor) * 0.02 } else { rest * 0.001 }
}

/// The centres of the cells of stride 8, 16 and 32, in the anchors' order.
fn cell_centres(size: Size) -> Vec<(f32, f32)> {
    let level = |stride: u32| {
        let (columns, rows) = (size.width / stride, size.height / stride);
        let centre = move |cell: u32| (cell as f32 + 0.5) * stride as f32;
        (0..rows).flat_map(move |row| (0..columns).map(move |column| (centre(column), centre(row))))
    };
    [8, 16, 32].into_iter().flat_map(level).collect()
}

/// Reproducible numbers in 0..1.
fn noise(n: usize) -> f32 {
    let mixed = (n as u64 ^ 0x9E37_79B9).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    ((mixed ^ mixed >> 31).wrapping_mul(0x94D0_49BB_1331_11EB) >> 40) as f32 / (1 << 24) as f32
}
