//! YOLOv8 pose: detection with keypoints behind the scores. Recognised, so that nobody takes keypoints for classes.

use ocelli_frame::InputFormat;

use super::{Family, Fit, Head, Shapes};
use crate::Task;

pub(super) const FAMILY: Family = Family {
    name: "yolov8-pose",
    task: Task::Pose,
    is_decoded: false,
    outputs: "f32[1, 4 + classes + keypoints * 3, anchors]",
    input: InputFormat::ultralytics,
    fit,
};

/// Nothing in the shape tells keypoints from classes. Unless the metadata has the keypoints' shape, it takes the one
/// that everybody uses, COCO's 17 keypoints of one class: 56 channels.
fn fit(shapes: &Shapes<'_>) -> Option<Fit> {
    let [output] = shapes.outputs else { return None };
    let channels = shapes.channels_by_anchors(output)?;
    let [keypoints, keypoint_numbers] = shapes.keypoint_shape.unwrap_or([17, 3]);
    let classes = channels.checked_sub(4 + keypoints * keypoint_numbers)?;
    if shapes.keypoint_shape.is_none() && classes != 1 {
        return None;
    }
    shapes.fit(Head::Yolov8Pose { anchors: shapes.anchors(), keypoints, keypoint_numbers }, classes)
}
