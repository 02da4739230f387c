//! YOLOX detection, as its own exporter writes it: without the decoder.

use ocelli_frame::{DataType, InputFormat};

use super::{Family, Fit, Head, Shapes};
use crate::Task;

pub(super) const FAMILY: Family = Family {
    name: "yolox",
    task: Task::Detect,
    is_decoded: true,
    outputs: "f32[1, anchors, 5 + classes]",
    input: InputFormat::yolox,
    fit,
};

fn fit(shapes: &Shapes<'_>) -> Option<Fit> {
    let [output] = shapes.outputs else { return None };
    let &[1, anchors, numbers] = output.shape.as_slice() else { return None };
    if anchors != shapes.anchors() || output.data_type != DataType::F32 {
        return None;
    }
    shapes.fit(Head::Yolox { anchors }, numbers.checked_sub(5)?)
}
