//! YOLOv8 and YOLO11 detection, as Ultralytics exports it without suppression.

use ocelli_frame::InputFormat;

use super::{Family, Fit, Head, Shapes};
use crate::Task;

pub(super) const FAMILY: Family = Family {
    name: "yolov8",
    task: Task::Detect,
    is_decoded: true,
    outputs: "f32[1, 4 + classes, anchors]",
    input: InputFormat::ultralytics,
    fit,
};

fn fit(shapes: &Shapes<'_>) -> Option<Fit> {
    let [output] = shapes.outputs else { return None };
    let classes = shapes.channels_by_anchors(output)?.checked_sub(4)?;
    shapes.fit(Head::Yolov8 { anchors: shapes.anchors() }, classes)
}
