//! The way from a model's outputs to predictions, with the memory it needs.

use ocelli_frame::{Detection, Letterbox, Predictions, TensorView};

use crate::candidates::Candidates;
use crate::nms::Suppression;
use crate::settings::{CANDIDATES_MAX, ClassFilter};
use crate::yolov8::Yolov8;
use crate::yolox::Yolox;
use crate::{HeadLayout, PostprocessError, Settings};

/// Turns a model's outputs into predictions in source pixels. Its memory is reserved at construction; frames allocate
/// nothing.
#[derive(Debug)]
pub struct Postprocessor {
    head: HeadLayout,
    settings: Settings,
    filter: ClassFilter,
    candidates: Candidates,
    suppression: Suppression,
}

impl Postprocessor {
    /// Decides everything that does not depend on a frame.
    ///
    /// # Errors
    /// A limit in `settings` outside 0..=1; a head without classes or anchors, or with more than can be indexed.
    pub fn new(head: HeadLayout, settings: Settings) -> Result<Self, PostprocessError> {
        settings.check()?;
        head.check()?;
        let (anchors, classes) = (head.anchors(), head.classes());
        Ok(Self {
            filter: ClassFilter::new(classes, settings.classes.as_deref()),
            candidates: Candidates::new(anchors, classes, settings.multi_label),
            suppression: Suppression::new(classes, settings.max_det.min(CANDIDATES_MAX)),
            head,
            settings,
        })
    }

    /// The head it reads.
    pub fn head(&self) -> &HeadLayout {
        &self.head
    }

    /// What it keeps.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Clears `predictions` and fills it from one frame's outputs, the model's first one being the head's: highest
    /// confidence first, ties by anchor and then class; boxes clipped to the picture, those that are empty left out
    /// (after `max_det` has been counted, as in Ultralytics); candidates with a number that is NaN or infinite counted
    /// in `invalid`. An anchor counts once where its best class is asked for, else once for each class that is above
    /// the limit or NaN.
    ///
    /// # Errors
    /// No output, or a first one that is not f32 of the head's size; `predictions` is empty then.
    pub fn run(
        &mut self,
        outputs: &[TensorView<'_>],
        letterbox: &Letterbox,
        predictions: &mut Predictions,
    ) -> Result<(), PostprocessError> {
        predictions.clear();
        let output = self.head_output(outputs)?;
        self.collect(output);
        self.candidates.sort();
        let Settings { iou, max_det, .. } = self.settings;
        for kept in self.suppression.run(&self.candidates, iou, max_det) {
            let box_in_source =
                letterbox.source_from_model.map_box(&kept.box_in_model).clipped(letterbox.source);
            if box_in_source.x2 > box_in_source.x1 && box_in_source.y2 > box_in_source.y1 {
                predictions.detections.push(Detection {
                    class_id: kept.class as u32,
                    confidence: kept.confidence,
                    box_in_source,
                });
            }
        }
        predictions.invalid = self.candidates.invalid();
        Ok(())
    }

    fn head_output<'a>(&self, outputs: &[TensorView<'a>]) -> Result<&'a [f32], PostprocessError> {
        let needed = self.head.elements();
        let found = match outputs.first() {
            None => "there is no output".to_owned(),
            Some(output) => match output.as_f32() {
                None => "it is not f32".to_owned(),
                Some(numbers) if numbers.len() != needed => format!("it has {}", numbers.len()),
                Some(numbers) => return Ok(numbers),
            },
        };
        Err(PostprocessError::new(
            format!("output 0 of a {} head must have {needed} f32 elements, but {found}", self.head),
            "the model card and the loaded model do not fit each other: check the card's `head` and `classes`",
        ))
    }

    fn collect(&mut self, output: &[f32]) {
        let Self { settings, filter, candidates, .. } = self;
        let limit = settings.confidence;
        candidates.clear();
        match self.head {
            HeadLayout::Yolov8 { classes, anchors } => {
                let head = Yolov8 { output, classes, anchors };
                match settings.multi_label {
                    false => head.collect_best(limit, filter, candidates),
                    true => head.collect_all(limit, filter, candidates),
                }
            }
            HeadLayout::Yolox { classes, model_size } => {
                let head = Yolox { output, classes, model_size };
                match settings.multi_label {
                    false => head.collect_best(limit, filter, candidates),
                    true => head.collect_all(limit, filter, candidates),
                }
            }
        }
    }
}
