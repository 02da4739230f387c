//! A card as the TOML file that would say all of it: to begin from when a model's own is to be written.

use std::fmt::Write;

use ocelli_frame::{ChannelOrder, DataType, Padding, TensorLayout};
use toml::Value;

use crate::ModelCard;

/// Where a line of class names is broken.
const COLUMNS: usize = 100;

impl ModelCard {
    /// The TOML file that, given beside the same model, leads to this card.
    pub fn to_toml(&self) -> String {
        let mut text = format!("task = \"{}\"\nhead = \"{}\"\nclasses = [\n", self.task, self.head);
        let mut line = String::new();
        for name in &self.classes {
            let quoted = format!("{}, ", Value::from(name.as_str()));
            if !line.is_empty() && line.len() + quoted.len() > COLUMNS {
                let _ = writeln!(text, "  {}", line.trim_end());
                line.clear();
            }
            line.push_str(&quoted);
        }
        let _ = writeln!(text, "  {}\n]\n\n[input]", line.trim_end());
        let input = &self.input;
        let mut key = |name: &str, value: Value| {
            let _ = writeln!(text, "{name} = {value}");
        };
        key("channels", Value::from(channels_word(input.channels)));
        key("layout", Value::from(layout_word(input.layout)));
        if input.data_type != DataType::U8 {
            key("scale", number(input.scale));
            key("mean", input.mean.map(number).to_vec().into());
            key("std", input.std.map(number).to_vec().into());
        }
        key("padding", Value::from(padding_word(input.padding)));
        key("pad_value", Value::from(i64::from(input.pad_value)));
        text
    }
}

/// As the card's file spells it.
pub fn channels_word(channels: ChannelOrder) -> &'static str {
    match channels {
        ChannelOrder::Rgb => "rgb",
        ChannelOrder::Bgr => "bgr",
    }
}

/// As the card's file spells it.
pub fn layout_word(layout: TensorLayout) -> &'static str {
    match layout {
        TensorLayout::Nchw => "nchw",
        TensorLayout::Nhwc => "nhwc",
    }
}

/// As the card's file spells it.
pub fn padding_word(padding: Padding) -> &'static str {
    match padding {
        Padding::Centred => "centred",
        Padding::TopLeft => "top-left",
    }
}

/// The shortest decimal that is this number, not the longer one of the f64 next to it.
fn number(number: f32) -> Value {
    let shortest: f64 = number.to_string().parse().unwrap_or(f64::from(number));
    Value::from(shortest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Head, Task};
    use ocelli_frame::{InputFormat, Size, TensorSpec};

    fn tensor(data_type: DataType, shape: &[usize]) -> TensorSpec {
        TensorSpec { name: "t".to_owned(), data_type, shape: shape.to_vec() }
    }

    /// Whatever a card says, the file that it is written to says the same.
    #[test]
    fn a_card_that_is_written_and_read_is_the_same_card() {
        let size = Size { width: 64, height: 64 };
        let classes: Vec<String> = ["person", "a \"b\"\\", "c\nd\u{1b}[1m", "", "ø 🦀"]
            .into_iter()
            .map(str::to_owned)
            .chain((0..40).map(|n| format!("class number {n}")))
            .collect();
        let outputs = [tensor(DataType::F32, &[1, 4 + classes.len(), 84])];
        let imagenet = InputFormat {
            mean: [0.485, 0.456, 0.406],
            std: [0.229, 0.224, 0.225],
            channels: ChannelOrder::Bgr,
            padding: Padding::TopLeft,
            pad_value: 0,
            ..InputFormat::ultralytics(size)
        };
        let bytes = InputFormat {
            data_type: DataType::U8,
            layout: TensorLayout::Nhwc,
            ..InputFormat::ultralytics(size)
        };
        for (input, shape) in [
            (InputFormat::ultralytics(size), [1, 3, 64, 64]),
            (imagenet, [1, 3, 64, 64]),
            (bytes, [1, 64, 64, 3]),
        ] {
            let card = ModelCard {
                file_name: "m.onnx".to_owned(),
                task: Task::Detect,
                head: Head::Yolov8 { anchors: 84 },
                classes: classes.clone(),
                input,
            };
            let text = card.to_toml();
            let inputs = [tensor(input.data_type, &shape)];
            let read = ModelCard::from_toml("m.toml", &text, "m.onnx", &inputs, &outputs, &[]);
            assert_eq!(read.as_ref(), Ok(&card), "{text}");
        }
    }

    #[test]
    fn numbers_are_written_short() {
        assert_eq!(number(1.0 / 255.0).to_string(), "0.003921569");
        assert_eq!(number(1.0).to_string(), "1.0");
        assert_eq!(number(0.485).to_string(), "0.485");
    }
}
