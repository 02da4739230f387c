//! Head families: how a model's outputs are laid out. One file each; the table below is all that knows them together.

mod classify;
mod yolov8;
mod yolov8_pose;
mod yolov8_seg;
mod yolox;

use std::fmt;

use ocelli_frame::{DataType, InputFormat, Size, TensorSpec};

use crate::Task;

/// Every family, the choosier ones first: the first that fits is taken.
pub(crate) const FAMILIES: [&Family; 5] =
    [&yolov8_pose::FAMILY, &yolov8_seg::FAMILY, &yolov8::FAMILY, &yolox::FAMILY, &classify::FAMILY];

/// A model's head, with what its outputs' shapes tell beyond the number of classes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Head {
    /// YOLOv8 and YOLO11, `[1, 4 + classes, anchors]`: centre x, centre y, width, height in model pixels; scores in
    /// 0..=1.
    Yolov8 {
        /// Columns of the output.
        anchors: usize,
    },
    /// YOLOX without its decoder, `[1, anchors, 5 + classes]`: offsets from the cells of the grids of stride 8, 16 and
    /// 32, logarithms of sizes, objectness and scores in 0..=1.
    Yolox {
        /// Rows of the output.
        anchors: usize,
    },
    /// As `Yolov8`, with keypoints behind the scores. Recognised, not decoded yet.
    Yolov8Pose {
        /// Columns of the output.
        anchors: usize,
        /// Keypoints of an object.
        keypoints: usize,
        /// 2 for x and y, 3 for x, y and visibility.
        keypoint_numbers: usize,
    },
    /// As `Yolov8`, with mask coefficients behind the scores and prototypes in a second output. Recognised, not
    /// decoded yet.
    Yolov8Seg {
        /// Columns of the output.
        anchors: usize,
        /// Coefficients of an object, channels of the prototypes.
        masks: usize,
    },
    /// A score for each class, `[1, classes]`. Recognised, not decoded yet.
    Classify,
}

impl Head {
    /// The name that a TOML file calls it.
    pub fn name(&self) -> &'static str {
        self.family().name
    }

    /// Whether postprocess can read it.
    pub fn is_decoded(&self) -> bool {
        self.family().is_decoded
    }

    fn family(&self) -> &'static Family {
        match self {
            Self::Yolov8 { .. } => &yolov8::FAMILY,
            Self::Yolox { .. } => &yolox::FAMILY,
            Self::Yolov8Pose { .. } => &yolov8_pose::FAMILY,
            Self::Yolov8Seg { .. } => &yolov8_seg::FAMILY,
            Self::Classify => &classify::FAMILY,
        }
    }
}

impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What the table knows of a family.
pub(crate) struct Family {
    pub(crate) name: &'static str,
    pub(crate) task: Task,
    /// Whether postprocess can read it.
    pub(crate) is_decoded: bool,
    /// Its outputs, for people.
    pub(crate) outputs: &'static str,
    /// The picture it usually wants.
    pub(crate) input: fn(Size) -> InputFormat,
    /// Whether it can be this family, and how many classes it has then.
    pub(crate) fit: fn(&Shapes<'_>) -> Option<Fit>,
}

/// What a family judges by.
#[derive(Clone, Copy)]
pub(crate) struct Shapes<'a> {
    pub(crate) model_size: Size,
    pub(crate) outputs: &'a [TensorSpec],
    /// Where somebody said how many classes there are.
    pub(crate) class_count: Option<usize>,
    /// Where the metadata has it: keypoints, and numbers of each.
    pub(crate) keypoint_shape: Option<[usize; 2]>,
}

/// A family that fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fit {
    pub(crate) head: Head,
    pub(crate) class_count: usize,
}

impl Shapes<'_> {
    /// Cells of the grids of stride 8, 16 and 32 over the model's input.
    fn anchors(&self) -> usize {
        let Size { width, height } = self.model_size;
        [8, 16, 32].iter().map(|stride| (width / stride) as usize * (height / stride) as usize).sum()
    }

    /// The channels of a `[1, channels, anchors]` f32 output.
    fn channels_by_anchors(&self, output: &TensorSpec) -> Option<usize> {
        match *output.shape.as_slice() {
            [1, channels, anchors] if anchors == self.anchors() && output.data_type == DataType::F32 => {
                Some(channels)
            }
            _ => None,
        }
    }

    /// `Fit` where there is a class at all and nobody said another number of them.
    fn fit(&self, head: Head, class_count: usize) -> Option<Fit> {
        let is_as_told = self.class_count.is_none_or(|told| told == class_count);
        (class_count > 0 && is_as_told).then_some(Fit { head, class_count })
    }
}
