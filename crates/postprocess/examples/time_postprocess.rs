//! Times postprocess on one real output: `time yolov8|yolox SIDE OUTPUT.f32 [RUNS]`, the file being a raw dump of a
//! model's output for an input of SIDE x SIDE pixels and 80 classes. Prints the median and the slowest decile of each
//! setting; with `--boxes WIDTH HEIGHT` after that, the evaluation's detections as text instead.

use std::time::Instant;

use ocelli_frame::{Letterbox, Padding, Predictions, Size, TensorView};
use ocelli_postprocess::{HeadLayout, Postprocessor, Settings};

const CLASSES: usize = 80;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [family, side, path, rest @ ..] = arguments.as_slice() else {
        panic!("time yolov8|yolox SIDE OUTPUT.f32 [RUNS | --boxes WIDTH HEIGHT]");
    };
    let side: u32 = side.parse().expect("a side in pixels");
    let model_size = Size { width: side, height: side };
    let yolox = HeadLayout::Yolox { classes: CLASSES, model_size };
    let (head, padding) = match family.as_str() {
        "yolox" => (yolox, Padding::TopLeft),
        _ => (HeadLayout::Yolov8 { classes: CLASSES, anchors: yolox.anchors() }, Padding::Centred),
    };
    let bytes = std::fs::read(path).expect("an output that can be read");
    let output: Vec<f32> =
        bytes.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect();
    if let [flag, width, height] = rest
        && flag == "--boxes"
    {
        let source =
            Size { width: width.parse().expect("a width"), height: height.parse().expect("a height") };
        return print_boxes(head, &output, &Letterbox::new(source, model_size, padding));
    }
    let runs = rest.first().map_or(200, |runs| runs.parse().expect("a number of runs"));
    let letterbox = Letterbox::new(Size { width: 1280, height: 720 }, model_size, padding);
    time("conf 0.25", head, Settings::default(), &output, &letterbox, runs);
    let low = Settings { confidence: 0.001, ..Settings::default() };
    time("conf 0.001, best label", head, low, &output, &letterbox, runs);
    time("conf 0.001, every label", head, Settings::evaluation(), &output, &letterbox, runs);
}

#[expect(clippy::disallowed_methods, reason = "a stopwatch for people, not a library")]
fn time(
    name: &str,
    head: HeadLayout,
    settings: Settings,
    output: &[f32],
    letterbox: &Letterbox,
    runs: usize,
) {
    let mut postprocessor = Postprocessor::new(head, settings).expect("settings in range");
    let mut predictions = Predictions::with_capacity(300);
    let mut times_us: Vec<f64> = (0..runs)
        .map(|_| {
            let start = Instant::now();
            postprocessor
                .run(&[TensorView::F32(output)], letterbox, &mut predictions)
                .expect("an output that fits");
            start.elapsed().as_secs_f64() * 1e6
        })
        .collect();
    times_us.sort_by(f64::total_cmp);
    println!(
        "{head} {name}: p50 {:.0} us, p90 {:.0} us, {} boxes",
        times_us[runs / 2],
        times_us[runs * 9 / 10],
        predictions.detections.len()
    );
}

fn print_boxes(head: HeadLayout, output: &[f32], letterbox: &Letterbox) {
    let mut postprocessor = Postprocessor::new(head, Settings::evaluation()).expect("settings in range");
    let mut predictions = Predictions::default();
    postprocessor.run(&[TensorView::F32(output)], letterbox, &mut predictions).expect("an output that fits");
    for detection in &predictions.detections {
        let b = detection.box_in_source;
        println!("{} {} {} {} {} {}", detection.class_id, detection.confidence, b.x1, b.y1, b.x2, b.y2);
    }
}
