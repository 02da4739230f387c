//! The TOML file beside a model: what the model does not say about itself, or says wrongly.
//!
//! ```toml
//! task = "detect"               # detect, classify, pose, segment
//! head = "yolox"
//! classes = ["person", "car"]   # or their count
//!
//! [input]
//! channels = "bgr"              # rgb, bgr
//! layout = "nchw"               # nchw, nhwc
//! scale = 1.0                   # (byte * scale - mean) / std, per channel
//! mean = [0.0, 0.0, 0.0]
//! std = [1.0, 1.0, 1.0]
//! padding = "top-left"          # centred, top-left
//! pad_value = 114
//! ```
//!
//! Every key may be left out; an unknown one is an error.

use ocelli_frame::{ChannelOrder, Padding, TensorLayout};
use serde::Deserialize;

use crate::card_marks::{COMMAS_MAX, Marks, TABLE_MARKS_MAX};
use crate::heads::FAMILIES;
use crate::{CLASSES_MAX, CardError, Task};

/// The largest TOML file that is read.
pub const CARD_BYTES_MAX: usize = 4 << 20;

const HINT: &str = "top-level keys: task, head, classes; under [input]: channels, layout, scale, mean, std, padding, \
                    pad_value";

/// The whole file.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CardFile {
    pub(crate) task: Option<TaskWord>,
    pub(crate) head: Option<String>,
    pub(crate) classes: Option<Classes>,
    #[serde(default)]
    pub(crate) input: InputTable,
}

/// `task`.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum TaskWord {
    Detect,
    Classify,
    Pose,
    Segment,
}

/// `classes`.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged, expecting = "`classes` must be a list of names or a count")]
pub(crate) enum Classes {
    Names(Vec<String>),
    Count(usize),
}

/// `[input]`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct InputTable {
    pub(crate) channels: Option<ChannelWord>,
    pub(crate) layout: Option<LayoutWord>,
    pub(crate) scale: Option<f32>,
    pub(crate) mean: Option<[f32; 3]>,
    pub(crate) std: Option<[f32; 3]>,
    pub(crate) padding: Option<PaddingWord>,
    pub(crate) pad_value: Option<u8>,
}

/// `channels`.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ChannelWord {
    Rgb,
    Bgr,
}

/// `layout`.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LayoutWord {
    Nchw,
    Nhwc,
}

/// `padding`.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum PaddingWord {
    Centred,
    TopLeft,
}

impl CardFile {
    /// Text to values in their ranges; `card_name` is for messages.
    pub(crate) fn parse(card_name: &str, text: &str) -> Result<Self, CardError> {
        if text.len() > CARD_BYTES_MAX {
            return Err(CardError::new(
                format!("{card_name}: {} bytes, and at most {CARD_BYTES_MAX} are read", text.len()),
                HINT,
            ));
        }
        let marks = Marks::count(text);
        if marks.tables > TABLE_MARKS_MAX || marks.commas > COMMAS_MAX {
            let Marks { tables, commas } = marks;
            return Err(CardError::new(
                format!(
                    "{card_name}: {tables} of `=`, `.`, `[`, `{{` and {commas} commas, where a card has at most \
                     {TABLE_MARKS_MAX} and {COMMAS_MAX}"
                ),
                HINT,
            ));
        }
        let file: Self = toml::from_str(text).map_err(|error| {
            let line = error.span().map_or(1, |span| 1 + newlines(text.as_bytes(), span.start));
            CardError::new(format!("{card_name}:{line}: {}", error.message()), HINT)
        })?;
        file.check().map_err(|why| CardError::new(format!("{card_name}: {why}"), HINT))?;
        Ok(file)
    }

    fn check(&self) -> Result<(), String> {
        if let Some(head) = &self.head
            && !FAMILIES.iter().any(|family| family.name == head)
        {
            let known = FAMILIES.map(|family| family.name).join(", ");
            return Err(format!("unknown head {head:?}, expected one of {known}"));
        }
        let count = match &self.classes {
            None => 1,
            Some(Classes::Count(count)) => *count,
            Some(Classes::Names(names)) => names.len(),
        };
        if !(1..=CLASSES_MAX).contains(&count) {
            return Err(format!("{count} classes, and 1 to {CLASSES_MAX} are possible"));
        }
        let InputTable { scale, mean, std, .. } = &self.input;
        if scale.is_some_and(|scale| !scale.is_finite() || scale <= 0.0) {
            return Err("`scale` must be a number above 0".to_owned());
        }
        if mean.is_some_and(|mean| !mean.iter().all(|mean| mean.is_finite())) {
            return Err("`mean` must be three finite numbers".to_owned());
        }
        if std.is_some_and(|std| !std.iter().all(|std| std.is_finite() && *std > 0.0)) {
            return Err("`std` must be three numbers above 0".to_owned());
        }
        Ok(())
    }
}

fn newlines(text: &[u8], end: usize) -> usize {
    text[..end.min(text.len())].iter().filter(|&&byte| byte == b'\n').count()
}

impl From<TaskWord> for Task {
    fn from(word: TaskWord) -> Self {
        match word {
            TaskWord::Detect => Self::Detect,
            TaskWord::Classify => Self::Classify,
            TaskWord::Pose => Self::Pose,
            TaskWord::Segment => Self::Segment,
        }
    }
}

impl From<ChannelWord> for ChannelOrder {
    fn from(word: ChannelWord) -> Self {
        match word {
            ChannelWord::Rgb => Self::Rgb,
            ChannelWord::Bgr => Self::Bgr,
        }
    }
}

impl From<LayoutWord> for TensorLayout {
    fn from(word: LayoutWord) -> Self {
        match word {
            LayoutWord::Nchw => Self::Nchw,
            LayoutWord::Nhwc => Self::Nhwc,
        }
    }
}

impl From<PaddingWord> for Padding {
    fn from(word: PaddingWord) -> Self {
        match word {
            PaddingWord::Centred => Self::Centred,
            PaddingWord::TopLeft => Self::TopLeft,
        }
    }
}
