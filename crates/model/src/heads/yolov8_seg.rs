//! YOLOv8 segmentation: detection with mask coefficients behind the scores, and prototypes in a second output.
//! Recognised, so that nobody takes coefficients for classes.

use ocelli_frame::InputFormat;

use super::{Family, Fit, Head, Shapes};
use crate::Task;

pub(super) const FAMILY: Family = Family {
    name: "yolov8-seg",
    task: Task::Segment,
    is_decoded: false,
    outputs: "f32[1, 4 + classes + masks, anchors] and f32[1, masks, H/4, W/4]",
    input: InputFormat::ultralytics,
    fit,
};

fn fit(shapes: &Shapes<'_>) -> Option<Fit> {
    let [output, prototypes] = shapes.outputs else { return None };
    let &[1, masks, height, width] = prototypes.shape.as_slice() else { return None };
    let quarter = (shapes.model_size.height as usize / 4, shapes.model_size.width as usize / 4);
    if (height, width) != quarter {
        return None;
    }
    let classes = shapes.channels_by_anchors(output)?.checked_sub(4)?.checked_sub(masks)?;
    shapes.fit(Head::Yolov8Seg { anchors: shapes.anchors(), masks }, classes)
}
