//! The model card, and how it comes about.

use ocelli_frame::{InputFormat, TensorLayout, TensorSpec};

use crate::card_file::{CardFile, Classes};
use crate::heads::{FAMILIES, Family, Fit, Shapes};
use crate::input::{InputShape, listed};
use crate::metadata::Metadata;
use crate::{CardError, Head, Task, coco};

/// Classes of the largest model.
pub const CLASSES_MAX: usize = 1 << 16;

/// Everything about a model that its engine need not know.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelCard {
    /// The model file's name, for messages.
    pub file_name: String,
    /// What the model is for.
    pub task: Task,
    /// How its outputs are laid out.
    pub head: Head,
    /// Names by class id; as many as the head has classes.
    pub classes: Vec<String>,
    /// The picture it wants.
    pub input: InputFormat,
}

impl ModelCard {
    /// What the model's shapes and metadata (Ultralytics' keys) say. Class names that are nowhere are COCO's where
    /// there are 80, else `class0`, `class1`, and so on.
    ///
    /// # Errors
    /// An input that is no picture, outputs of no known head, metadata that is broken or does not fit the shapes.
    pub fn infer(
        file_name: &str,
        inputs: &[TensorSpec],
        outputs: &[TensorSpec],
        metadata: &[(String, String)],
    ) -> Result<Self, CardError> {
        Self::complete(&CardFile::default(), file_name, inputs, outputs, metadata)
    }

    /// The same with a TOML file beside the model, named `card_name`, whose keys override and complete the rest.
    ///
    /// Memory, while it is read: at most 256 times the bytes of text and metadata, 128 bytes a class of the card, and
    /// 512 KiB. The text has a limit ([`CARD_BYTES_MAX`](crate::CARD_BYTES_MAX)), and so has what is in it.
    ///
    /// # Errors
    /// As [`infer`](Self::infer), and a file that is no TOML, has unknown keys or values out of range, or does not fit
    /// the model.
    pub fn from_toml(
        card_name: &str,
        text: &str,
        file_name: &str,
        inputs: &[TensorSpec],
        outputs: &[TensorSpec],
        metadata: &[(String, String)],
    ) -> Result<Self, CardError> {
        Self::complete(&CardFile::parse(card_name, text)?, file_name, inputs, outputs, metadata)
    }

    /// Whether the model is for `task`.
    ///
    /// # Errors
    /// Where it is for another one, named.
    pub fn expect_task(&self, task: Task) -> Result<(), CardError> {
        if self.task == task {
            return Ok(());
        }
        Err(CardError::new(
            format!("{} is {} (head {}), not {}", self.file_name, self.task.model(), self.head, task.model()),
            format!("give {}, or ask for --task {}", task.model(), self.task),
        ))
    }

    /// Whether postprocess can read the model's head.
    ///
    /// # Errors
    /// Where the head is recognised and no more.
    pub fn expect_decoded(&self) -> Result<(), CardError> {
        if self.head.is_decoded() {
            return Ok(());
        }
        let decoded: Vec<_> =
            FAMILIES.iter().filter(|family| family.is_decoded).map(|family| family.name).collect();
        Err(CardError::new(
            format!(
                "{} is {}, whose head {} is not supported yet",
                self.file_name,
                self.task.model(),
                self.head
            ),
            format!("the supported heads are {}", decoded.join(", ")),
        ))
    }

    fn complete(
        told: &CardFile,
        file_name: &str,
        inputs: &[TensorSpec],
        outputs: &[TensorSpec],
        metadata: &[(String, String)],
    ) -> Result<Self, CardError> {
        // What the TOML file says is not looked up in the metadata: it may be broken there.
        let is_overridden = |key: &str| match key {
            "task" => told.task.is_some() || told.head.is_some(),
            "names" => told.classes.is_some(),
            _ => false,
        };
        let metadata: Vec<_> = metadata.iter().filter(|(key, _)| !is_overridden(key)).cloned().collect();
        let metadata = Metadata::read(file_name, &metadata)?;
        let input = InputShape::read(file_name, inputs, told.input.layout.map(TensorLayout::from))?;
        let names = match &told.classes {
            Some(Classes::Names(names)) => Some(names.clone()),
            Some(Classes::Count(_)) => None,
            None => metadata.names,
        };
        let class_count = match told.classes {
            Some(Classes::Count(count)) => Some(count),
            _ => names.as_ref().map(Vec::len),
        };
        let shapes =
            Shapes { model_size: input.size, outputs, class_count, keypoint_shape: metadata.keypoint_shape };
        let task = told.task.map(Task::from).or(metadata.task);
        let (family, fit) = choose(file_name, told.head.as_deref(), task, &shapes)?;
        Ok(Self {
            file_name: file_name.to_owned(),
            task: family.task,
            head: fit.head,
            classes: names.unwrap_or_else(|| default_names(family.task, fit.class_count)),
            input: input.format(family.input, file_name, &told.input)?,
        })
    }
}

/// The first family that fits, among those that have the right name and task where these are known.
fn choose(
    file_name: &str,
    head: Option<&str>,
    task: Option<Task>,
    shapes: &Shapes<'_>,
) -> Result<(&'static Family, Fit), CardError> {
    let asked_for = |family: &Family| {
        head.is_none_or(|head| head == family.name) && task.is_none_or(|task| task == family.task)
    };
    let fitting = |shapes: &Shapes<'_>| {
        let mut fits = FAMILIES.into_iter().filter(|family| asked_for(family));
        fits.find_map(|family| Some((family, (family.fit)(shapes)?)))
    };
    if let Some((family, fit)) = fitting(shapes)
        && fit.class_count <= CLASSES_MAX
    {
        return Ok((family, fit));
    }
    let any_count = Shapes { class_count: None, ..*shapes };
    Err(match (shapes.class_count, fitting(&any_count)) {
        (Some(told), Some((family, fit))) => CardError::new(
            format!(
                "{file_name}: {told} classes are named, but as {} its outputs have {}: {}",
                family.name,
                fit.class_count,
                listed(shapes.outputs)
            ),
            "correct `classes` in the TOML file beside the model",
        ),
        _ => unknown_head(file_name, head, task, shapes),
    })
}

fn unknown_head(file_name: &str, head: Option<&str>, task: Option<Task>, shapes: &Shapes<'_>) -> CardError {
    let head = head.map_or_else(|| "any known head".to_owned(), |head| format!("the head {head}"));
    let task = task.map_or_else(String::new, |task| format!(" for the task {task}"));
    let known: Vec<_> = FAMILIES.iter().map(|family| format!("{} {}", family.name, family.outputs)).collect();
    CardError::new(
        format!(
            "{file_name}: the outputs do not fit {head}{task} on a {} input: {}",
            shapes.model_size,
            listed(shapes.outputs)
        ),
        format!("the known heads are {}", known.join("; ")),
    )
}

fn default_names(task: Task, count: usize) -> Vec<String> {
    if matches!(task, Task::Detect | Task::Segment) && count == coco::CLASSES.len() {
        return coco::CLASSES.map(str::to_owned).to_vec();
    }
    (0..count).map(|class| format!("class{class}")).collect()
}
