//! Classification: a score for each class. Recognised, so that `--task detect` can say what the model is.

use ocelli_frame::{DataType, InputFormat};

use super::{Family, Fit, Head, Shapes};
use crate::Task;

pub(super) const FAMILY: Family = Family {
    name: "classify",
    task: Task::Classify,
    is_decoded: false,
    outputs: "f32[1, classes]",
    input: InputFormat::ultralytics,
    fit,
};

fn fit(shapes: &Shapes<'_>) -> Option<Fit> {
    let [output] = shapes.outputs else { return None };
    let &[1, classes] = output.shape.as_slice() else { return None };
    if output.data_type != DataType::F32 {
        return None;
    }
    shapes.fit(Head::Classify, classes)
}
