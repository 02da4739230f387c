//! Label text: real files, and any text at all.

use ocelli_eval::parse_yolo_labels;
use proptest::prelude::*;

#[test]
fn the_labels_of_64_coco_pictures_are_read() {
    let Some(folder) = ocelli_testkit::asset("labels/coco_val64") else { return };
    let mut labels = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        let lines = text.lines().filter(|line| !line.is_empty()).count();
        let found = parse_yolo_labels(&text).unwrap();
        assert_eq!(found.len(), lines);
        assert!(found.iter().all(|label| label.class_id < 80));
        labels += lines;
    }
    assert!(labels > 300, "only {labels} labels");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_labels_or_an_error(text in "[0-9a-zé. \t\r\n+-]{0,60}") {
        if let Ok(labels) = parse_yolo_labels(&text) {
            for label in labels {
                for part in [label.centre_x, label.centre_y, label.width, label.height] {
                    prop_assert!((0.0..=1.0).contains(&part));
                }
            }
        }
    }

    #[test]
    fn what_is_written_is_read(class in any::<u32>(), parts in prop::array::uniform4(0.0..=1.0f64)) {
        let [x, y, width, height] = parts;
        let labels = parse_yolo_labels(&format!("{class} {x} {y} {width} {height}\n")).unwrap();
        let found = labels[0];
        prop_assert_eq!(
            (labels.len(), found.class_id, [found.centre_x, found.centre_y, found.width, found.height]),
            (1, class, parts)
        );
    }
}
