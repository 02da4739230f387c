//! One result as a label file of YOLO: a line for each object found, in fractions of the picture.
//!
//! `class cx cy width height confidence`, as Ultralytics writes them with `save_txt` and `save_conf`, with six decimals.
//! Class scores are lines of `confidence name`, as there.

use std::io::{self, Write};

use ocelli_frame::{BoxXyxy, FrameResult};

use crate::RunLabels;

/// Class scores in a file at most, as with Ultralytics.
const SCORES_MAX: usize = 5;

/// Appends the lines of one result; none where nothing was found. Allocates nothing where `text` has room.
pub fn write_yolo(text: &mut Vec<u8>, labels: &RunLabels, result: &FrameResult) {
    write_lines(text, labels, result).expect("memory takes bytes");
}

fn write_lines(text: &mut Vec<u8>, labels: &RunLabels, result: &FrameResult) -> io::Result<()> {
    // A box in a picture of no pixels has no place; Postprocess gives none.
    let (width, height) = (f64::from(result.size.width.max(1)), f64::from(result.size.height.max(1)));
    for detection in &result.predictions.detections {
        let BoxXyxy { x1, y1, x2, y2 } = detection.box_in_source;
        let (x1, x2) = (f64::from(x1) / width, f64::from(x2) / width);
        let (y1, y2) = (f64::from(y1) / height, f64::from(y2) / height);
        let (cx, cy) = (f64::midpoint(x1, x2), f64::midpoint(y1, y2));
        let (class_id, confidence) = (detection.class_id, detection.confidence);
        writeln!(text, "{class_id} {cx:.6} {cy:.6} {:.6} {:.6} {confidence:.6}", x2 - x1, y2 - y1)?;
    }
    for score in result.predictions.classification.iter().take(SCORES_MAX) {
        write!(text, "{:.2} ", score.confidence)?;
        match labels.classes.get(score.class_id as usize) {
            // A line is a line, whatever a model file calls its classes.
            Some(name) => {
                name.split(char::is_control).try_for_each(|part| text.write_all(part.as_bytes()))?
            }
            None => write!(text, "{}", score.class_id)?,
        }
        text.push(b'\n');
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use ocelli_frame::{ClassScore, Detection, Size};

    use super::*;

    #[test]
    fn boxes_are_fractions_and_scores_are_names() {
        let labels = RunLabels { classes: vec!["cat\n0 1 1 1 1".into()], ..RunLabels::default() };
        let mut result = FrameResult::with_capacity(1);
        result.size = Size { width: 640, height: 360 };
        let box_in_source = BoxXyxy { x1: 160.0, y1: 0.0, x2: 480.0, y2: 90.0 };
        result.predictions.detections.push(Detection { class_id: 2, confidence: 0.912_345_6, box_in_source });
        let lines = |result: &FrameResult| {
            let mut text = Vec::new();
            write_yolo(&mut text, &labels, result);
            String::from_utf8(text).unwrap()
        };
        assert_eq!(lines(&result), "2 0.500000 0.125000 0.500000 0.250000 0.912346\n");
        result.predictions.clear();
        assert_eq!(lines(&result), "");
        result.predictions.classification =
            (0..9).map(|class_id| ClassScore { class_id, confidence: 0.256 }).collect();
        assert_eq!(lines(&result), "0.26 cat0 1 1 1 1\n0.26 1\n0.26 2\n0.26 3\n0.26 4\n");
    }
}
