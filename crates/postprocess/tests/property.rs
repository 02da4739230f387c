//! The postprocessor against the plain oracle, on outputs with ties, numbers that are none, and every setting.

mod synthetic;

use ocelli_frame::{Letterbox, Padding, Size};
use ocelli_postprocess::{HeadLayout, Settings};
use proptest::prelude::*;
use synthetic::{expected, found, output, unit};

fn settings() -> impl Strategy<Value = Settings> {
    let classes = prop::option::of(prop::collection::vec(0..7u32, 0..4));
    let limits = (prop_oneof![Just(0.001f32), Just(0.25), 0.0..1.0f32], 0.0..1.0f32);
    (limits, 0..400usize, classes, any::<bool>()).prop_map(
        |((confidence, iou), max_det, classes, multi_label)| Settings {
            confidence,
            iou,
            max_det,
            classes,
            multi_label,
        },
    )
}

/// Anchor counts on both sides of what the scan takes at once.
fn heads() -> impl Strategy<Value = HeadLayout> {
    let anchors = prop_oneof![1..70usize, 1020..1030usize, Just(2100)];
    let yolov8 = (1..6usize, anchors).prop_map(|(classes, anchors)| HeadLayout::Yolov8 { classes, anchors });
    let yolox = (1..6usize, 1..5u32, 1..5u32).prop_map(|(classes, across, down)| HeadLayout::Yolox {
        classes,
        model_size: Size { width: 32 * across, height: 32 * down },
    });
    prop_oneof![yolov8, yolox]
}

/// How an output is spoiled: scores rounded to few steps for ties, and some numbers replaced by ones that are none.
fn spoil(output: &mut [f32], seed: u64, steps: f32, spoiled_share: f32) {
    for (index, number) in output.iter_mut().enumerate() {
        if steps > 0.0 && *number <= 1.0 {
            *number = (*number * steps).round() / steps;
        }
        let u = unit(!seed, index);
        if u < spoiled_share {
            let bad = [f32::NAN, -f32::NAN, f32::INFINITY, f32::NEG_INFINITY];
            *number = bad[(u / spoiled_share * 4.0) as usize % 4];
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_oracle_agrees(
        head in heads(),
        settings in settings(),
        seed in any::<u64>(),
        steps in prop_oneof![Just(0.0f32), Just(8.0f32)],
        spoiled_share in prop_oneof![Just(0.0f32), Just(0.01f32)],
        source in (1..300u32, 1..300u32),
        padding in prop_oneof![Just(Padding::Centred), Just(Padding::TopLeft)],
    ) {
        let mut output = output(&head, seed);
        spoil(&mut output, seed, steps, spoiled_share);
        let source = Size { width: source.0, height: source.1 };
        let letterbox = Letterbox::new(source, Size { width: 64, height: 64 }, padding);
        let found = found(head, &settings, &output, &letterbox);
        for detection in &found.0 {
            prop_assert!(detection.box_in_source.area() > 0.0);
            prop_assert_eq!(detection.box_in_source, detection.box_in_source.clipped(source));
        }
        prop_assert_eq!(found, expected(head, &settings, &output, &letterbox));
    }

    /// Any bits at all: no panic, no box outside the picture.
    #[test]
    fn noise_gives_boxes_inside_the_picture(
        bits in prop::collection::vec(any::<u32>(), 21 * 7),
        multi_label in any::<bool>(),
    ) {
        let output: Vec<f32> = bits.into_iter().map(f32::from_bits).collect();
        let settings = Settings { multi_label, ..Settings::default() };
        let letterbox = synthetic::same_size(32);
        let heads = [
            HeadLayout::Yolov8 { classes: 3, anchors: 21 },
            HeadLayout::Yolox { classes: 2, model_size: Size { width: 32, height: 32 } },
        ];
        for head in heads {
            for detection in found(head, &settings, &output, &letterbox).0 {
                let b = detection.box_in_source;
                prop_assert!(0.0 <= b.x1 && b.x1 < b.x2 && b.x2 <= 32.0, "{:?}", b);
                prop_assert!(0.0 <= b.y1 && b.y1 < b.y2 && b.y2 <= 32.0, "{:?}", b);
            }
        }
    }
}
