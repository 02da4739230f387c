//! From the card's head family to the layout that postprocess reads.

use ocelli_frame::TensorSpec;
use ocelli_model::{Head, ModelCard};
use ocelli_postprocess::HeadLayout;

use crate::LocalError;

/// The layout of the card's head in these outputs.
pub(crate) fn head_layout(card: &ModelCard, outputs: &[TensorSpec]) -> Result<HeadLayout, LocalError> {
    card.expect_decoded().map_err(LocalError::Card)?;
    let classes = card.classes.len();
    let layout = match card.head {
        Head::Yolov8 { anchors } => HeadLayout::Yolov8 { classes, anchors },
        Head::Yolox { .. } => HeadLayout::Yolox { classes, model_size: card.input.size },
        head => return Err(LocalError::Head(format!("{}: head {head} has no decoder", card.file_name))),
    };
    match outputs.first() {
        Some(output) if output.elements() == layout.elements() => Ok(layout),
        Some(output) => Err(LocalError::Head(format!(
            "{}: output {output} does not hold {classes} classes of a {layout} head",
            card.file_name
        ))),
        None => Err(LocalError::Head(format!("{}: no output", card.file_name))),
    }
}
