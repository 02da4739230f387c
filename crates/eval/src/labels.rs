//! YOLO's label text: a line `class centre_x centre_y width height` for each object, all but the class as parts of the
//! picture's width and height.

use std::fmt;

use ocelli_frame::{BoxXyxy, Size};

/// One line of a label file.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct YoloLabel {
    /// Which class.
    pub class_id: u32,
    /// 0..=1, of the picture's width.
    pub centre_x: f64,
    /// 0..=1, of the picture's height.
    pub centre_y: f64,
    /// 0..=1, of the picture's width.
    pub width: f64,
    /// 0..=1, of the picture's height.
    pub height: f64,
}

impl YoloLabel {
    /// The box in pixels of a picture of this size; not clipped, as COCO's is not.
    pub fn box_in_source(&self, source: Size) -> BoxXyxy {
        let side = |centre: f64, extent: f64, pixels: u32| {
            let low = (centre - extent / 2.0) * f64::from(pixels);
            (low as f32, (low + extent * f64::from(pixels)) as f32)
        };
        let (x1, x2) = side(self.centre_x, self.width, source.width);
        let (y1, y2) = side(self.centre_y, self.height, source.height);
        BoxXyxy { x1, y1, x2, y2 }
    }
}

/// The labels of one picture. Blank lines are skipped.
///
/// # Errors
/// The first line that is not a class number and four numbers in 0..=1.
pub fn parse_yolo_labels(text: &str) -> Result<Vec<YoloLabel>, LabelError> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines.map(|(place, line)| label(line).map_err(|what| LabelError { line: place + 1, what })).collect()
}

/// A line that is no label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabelError {
    line: usize,
    what: String,
}

impl LabelError {
    /// Which line, from 1.
    pub fn line(&self) -> usize {
        self.line
    }

    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        "a label is `class centre_x centre_y width height`, the last four as parts of the picture, 0 to 1"
    }
}

impl fmt::Display for LabelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.what)
    }
}

impl std::error::Error for LabelError {}

fn label(line: &str) -> Result<YoloLabel, String> {
    let mut words = line.split_ascii_whitespace();
    let mut next = |name: &str| words.next().ok_or_else(|| format!("there is no {name}"));
    let class = next("class")?;
    let class_id = class.parse().map_err(|_| format!("class {class:.20} is no whole number from 0"))?;
    let mut part = |name: &str| {
        let word = next(name)?;
        match word.parse::<f64>() {
            Ok(part) if (0.0..=1.0).contains(&part) => Ok(part),
            _ => Err(format!("{name} {word:.20} is no number from 0 to 1")),
        }
    };
    let (centre_x, centre_y) = (part("centre x")?, part("centre y")?);
    let (width, height) = (part("width")?, part("height")?);
    match words.next() {
        Some(word) => Err(format!("{word:.20} follows a whole label")),
        None => Ok(YoloLabel { class_id, centre_x, centre_y, width, height }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_become_boxes() {
        let labels = parse_yolo_labels("3 0.5 0.25 1 0.5\r\n\n  0 0 0 0 0\n").unwrap();
        assert_eq!((labels.len(), labels[0].class_id, labels[1].class_id), (2, 3, 0));
        let box_in_source = labels[0].box_in_source(Size { width: 200, height: 100 });
        assert_eq!(box_in_source, BoxXyxy { x1: 0.0, y1: 0.0, x2: 200.0, y2: 50.0 });
        assert_eq!(parse_yolo_labels(""), Ok(vec![]));
    }

    #[test]
    fn a_bad_line_is_named() {
        for (line, what) in [
            ("0 0.5 0.5 0.1", "there is no height"),
            ("0 0.5 0.5 0.1 0.1 0.9", "0.9 follows a whole label"),
            ("cat 0.5 0.5 0.1 0.1", "class cat is no whole number from 0"),
            ("-1 0.5 0.5 0.1 0.1", "class -1 is no whole number from 0"),
            ("0 -0.5 0.5 0.1 0.1", "centre x -0.5 is no number from 0 to 1"),
            ("0 0.5 NaN 0.1 0.1", "centre y NaN is no number from 0 to 1"),
            ("0 0.5 0.5 1.01 0.1", "width 1.01 is no number from 0 to 1"),
            ("0 0.5 0.5 0.1 inf", "height inf is no number from 0 to 1"),
        ] {
            let error = parse_yolo_labels(&format!("0 0 0 0 0\n\n{line}")).unwrap_err();
            assert_eq!((error.to_string(), error.line()), (format!("line 3: {what}"), 3));
        }
    }
}
