//! The same figures as pycocotools (`make_golden.py`).

use ocelli_eval::{GroundTruth, MeanAveragePrecision, ScoredBox, mean_average_precision};
use ocelli_frame::BoxXyxy;

#[derive(Default)]
struct Case {
    name: String,
    truth: Vec<GroundTruth>,
    found: Vec<ScoredBox>,
    /// Class, mAP50-95, mAP50.
    per_class: Vec<(u32, f64, f64)>,
    all: (f64, f64),
}

#[test]
fn pycocotools_counts_the_same() {
    let cases = cases();
    assert_eq!(cases.len(), 5);
    for case in cases {
        let counted = mean_average_precision(&case.truth, &case.found);
        assert_close(&case.name, "map", counted.map, case.all.0);
        assert_close(&case.name, "map50", counted.map50, case.all.1);
        assert_eq!(counted.per_class.len(), case.per_class.len(), "{}", case.name);
        for (counted, expected) in counted.per_class.iter().zip(case.per_class) {
            assert_eq!(counted.class_id, expected.0, "{}", case.name);
            assert_close(&case.name, "class map", counted.map, expected.1);
            assert_close(&case.name, "class map50", counted.map50, expected.2);
        }
    }
}

#[test]
fn nothing_to_find_is_no_figure() {
    assert_eq!(mean_average_precision(&[], &[]), MeanAveragePrecision::default());
    let found = ScoredBox {
        image_id: 1,
        class_id: 1,
        confidence: f32::NAN,
        box_in_source: BoxXyxy { x1: f32::NAN, ..BoxXyxy::default() },
    };
    assert_eq!(mean_average_precision(&[], &[found; 3]), MeanAveragePrecision::default());
    let truth = GroundTruth { image_id: 1, class_id: 1, box_in_source: BoxXyxy::default() };
    let counted = mean_average_precision(&[truth], &[found; 3]);
    assert_eq!((counted.map, counted.per_class[0].truths), (0.0, 1));
}

fn assert_close(case: &str, what: &str, counted: f64, expected: f64) {
    assert!((counted - expected).abs() < 1e-6, "case {case}: {what} is {counted}, not {expected}");
}

fn cases() -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    for line in include_str!("golden.tsv").lines() {
        let (kind, rest) = line.split_once('\t').expect("a line has fields");
        if kind == "case" {
            cases.push(Case { name: rest.to_owned(), ..Case::default() });
            continue;
        }
        let case = cases.last_mut().expect("a case comes first");
        let numbers: Vec<f64> = rest.split('\t').map(|field| field.parse().expect("a number")).collect();
        match (kind, numbers.as_slice()) {
            ("truth", &[image, class, ref sides @ ..]) => case.truth.push(GroundTruth {
                image_id: image as u64,
                class_id: class as u32,
                box_in_source: box_of(sides),
            }),
            ("found", &[image, class, confidence, ref sides @ ..]) => case.found.push(ScoredBox {
                image_id: image as u64,
                class_id: class as u32,
                confidence: confidence as f32,
                box_in_source: box_of(sides),
            }),
            ("class", &[class, map, map50]) => case.per_class.push((class as u32, map, map50)),
            ("all", &[map, map50]) => case.all = (map, map50),
            _ => panic!("an unknown line: {line}"),
        }
    }
    cases
}

fn box_of(sides: &[f64]) -> BoxXyxy {
    let &[x1, y1, x2, y2] = sides else { panic!("a box of four sides") };
    BoxXyxy { x1: x1 as f32, y1: y1 as f32, x2: x2 as f32, y2: y2 as f32 }
}
