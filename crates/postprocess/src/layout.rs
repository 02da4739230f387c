//! How a head's output tensor lies in memory.

use std::fmt;

use ocelli_frame::Size;

use crate::PostprocessError;

/// Anchors of the largest head: a square of 7000 pixels.
pub const ANCHORS_MAX: usize = 1 << 20;

/// Classes of the largest head.
pub const CLASSES_MAX: usize = 1 << 16;

/// The strides of the three levels, in the order their anchors follow each other.
pub(crate) const STRIDES: [u32; 3] = [8, 16, 32];

/// How a head's output tensor, always the model's first one and f32, lies in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HeadLayout {
    /// YOLOv8 and YOLO11: `[1, 4 + classes, anchors]`, a row for each of centre x, centre y, width, height in model
    /// pixels, then one for each class's score in 0..=1.
    Yolov8 {
        /// Rows of scores.
        classes: usize,
        /// Length of a row.
        anchors: usize,
    },
    /// YOLOX as exported without its decoder: `[1, anchors, 5 + classes]`, an anchor for each cell of the grids of
    /// stride 8, 16 and 32; per anchor the centre's offset from its cell and the logarithm of its size, both in
    /// strides, then objectness and class scores in 0..=1.
    Yolox {
        /// Scores after the objectness.
        classes: usize,
        /// The model's input.
        model_size: Size,
    },
}

impl HeadLayout {
    /// Classes the head tells apart.
    pub fn classes(&self) -> usize {
        match *self {
            Self::Yolov8 { classes, .. } | Self::Yolox { classes, .. } => classes,
        }
    }

    /// Places the head looks at.
    pub fn anchors(&self) -> usize {
        match *self {
            Self::Yolov8 { anchors, .. } => anchors,
            Self::Yolox { model_size, .. } => STRIDES
                .iter()
                .map(|stride| (model_size.width / stride) as usize * (model_size.height / stride) as usize)
                .sum(),
        }
    }

    /// Elements of the output tensor.
    pub fn elements(&self) -> usize {
        match self {
            Self::Yolov8 { classes, anchors } => classes.saturating_add(4).saturating_mul(*anchors),
            Self::Yolox { classes, .. } => classes.saturating_add(5).saturating_mul(self.anchors()),
        }
    }

    /// Limits that keep a candidate's index inside a u32 and the buffers small.
    pub(crate) fn check(&self) -> Result<(), PostprocessError> {
        let (classes, anchors) = (self.classes(), self.anchors());
        let too_large = classes > CLASSES_MAX || anchors > ANCHORS_MAX;
        if classes == 0 || anchors == 0 || too_large || classes * anchors > u32::MAX as usize {
            return Err(PostprocessError::new(
                format!(
                    "a {self} head of {classes} classes and {anchors} anchors is outside 1..={CLASSES_MAX} \
                     classes and 1..={ANCHORS_MAX} anchors"
                ),
                "check the model's output shape: it may be no head of this family",
            ));
        }
        Ok(())
    }
}

impl fmt::Display for HeadLayout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Yolov8 { .. } => "yolov8",
            Self::Yolox { .. } => "yolox",
        })
    }
}
