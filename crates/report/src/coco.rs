//! COCO results: one JSON array of `{image_id, category_id, bbox, score}`, as `pycocotools` reads it.
//!
//! `category_id` is the model's own class id, from 0; COCO's official ids (1 to 90 with holes) are the business of
//! whoever compares. `bbox` is `[x, y, width, height]` in source pixels with three decimals, `score` has six.

use ocelli_frame::{Detection, FrameResult};
use serde::Serialize;

/// The picture's number: its file's stem where that is a whole number (`000000000139.jpg` is 139), else, and for
/// video, the frame's sequence number. Pictures of several sources may share numbers.
pub fn image_id(result: &FrameResult) -> u64 {
    let stem = result.name.as_deref().map(|name| name.rsplit_once('.').map_or(name, |(stem, _)| stem));
    let digits = stem.filter(|stem| stem.bytes().all(|byte| byte.is_ascii_digit()));
    digits.and_then(|stem| stem.parse().ok()).unwrap_or(result.sequence)
}

/// A JSON array that grows from result to result without being kept.
#[derive(Debug, Default)]
pub struct CocoArray {
    entries: u64,
}

impl CocoArray {
    /// Appends the entries of one result, one a line, and the bracket before the first.
    pub fn append(&mut self, array: &mut Vec<u8>, result: &FrameResult) {
        for detection in &result.predictions.detections {
            array.extend_from_slice(if self.entries == 0 { b"[\n" } else { b",\n" });
            self.entries += 1;
            serde_json::to_writer(&mut *array, &Entry::new(image_id(result), detection))
                .expect("memory takes bytes");
        }
    }

    /// Appends the end. The array is valid from here on.
    pub fn end(&self, array: &mut Vec<u8>) {
        array.extend_from_slice(if self.entries == 0 { b"[]\n" } else { b"\n]\n" });
    }
}

#[derive(Serialize)]
struct Entry {
    image_id: u64,
    category_id: u32,
    bbox: [f64; 4],
    score: f64,
}

impl Entry {
    fn new(image_id: u64, detection: &Detection) -> Self {
        let corners = detection.box_in_source;
        let [x1, y1, x2, y2] = [corners.x1, corners.y1, corners.x2, corners.y2].map(f64::from);
        Self {
            image_id,
            category_id: detection.class_id,
            bbox: [x1, y1, x2 - x1, y2 - y1].map(crate::numbers::thousandths),
            score: crate::numbers::millionths(detection.confidence),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ocelli_frame::BoxXyxy;

    fn result(sequence: u64, name: Option<&str>, detections: usize) -> FrameResult {
        let mut result = FrameResult::with_capacity(detections);
        result.sequence = sequence;
        result.name = name.map(Into::into);
        let box_in_source = BoxXyxy { x1: 10.5, y1: 20.0, x2: 30.25, y2: 60.0 };
        result.predictions.detections =
            vec![Detection { class_id: 2, confidence: 0.5, box_in_source }; detections];
        result
    }

    #[test]
    fn pictures_are_known_by_their_number() {
        assert_eq!(image_id(&result(3, Some("000000000139.jpg"), 0)), 139);
        assert_eq!(image_id(&result(3, Some("bus.jpg"), 0)), 3);
        assert_eq!(image_id(&result(3, Some("+7.jpg"), 0)), 3);
        assert_eq!(image_id(&result(3, Some(".jpg"), 0)), 3);
        assert_eq!(image_id(&result(3, Some("99999999999999999999999.jpg"), 0)), 3);
        assert_eq!(image_id(&result(3, None, 0)), 3);
    }

    #[test]
    fn the_array_is_valid_with_and_without_entries() {
        let mut array = CocoArray::default();
        let mut bytes = Vec::new();
        array.append(&mut bytes, &result(0, None, 0));
        array.append(&mut bytes, &result(1, None, 2));
        array.append(&mut bytes, &result(2, Some("7.png"), 1));
        array.end(&mut bytes);
        let entry = r#""category_id":2,"bbox":[10.5,20.0,19.75,40.0],"score":0.5}"#;
        let expected =
            format!("[\n{{\"image_id\":1,{entry},\n{{\"image_id\":1,{entry},\n{{\"image_id\":7,{entry}\n]\n");
        assert_eq!(String::from_utf8(bytes).unwrap(), expected);

        let mut empty = Vec::new();
        CocoArray::default().end(&mut empty);
        assert_eq!(empty, b"[]\n");
    }
}
