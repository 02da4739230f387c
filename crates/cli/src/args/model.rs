//! Which model, on what, and what of its findings is kept: the same words for every command.

use std::path::PathBuf;

use clap::Args;
use ocelli_frame::Size;
use ocelli_model::Task;

/// Which model, and what it runs on.
#[derive(Debug, Args)]
pub struct ModelArguments {
    /// The model: an ONNX file, a name from `ocelli models list`, or `none` for frames, times and account only
    #[arg(short, long, value_name = "MODEL")]
    pub model: Option<PathBuf>,

    /// What the model file does not say about itself: a TOML file [default: the model's, ending in .toml]
    #[arg(long, value_name = "FILE")]
    pub card: Option<PathBuf>,

    /// What the model is expected to do: detect, classify, pose, segment
    #[arg(long)]
    pub task: Option<Task>,

    /// The engine: native, rten, or auto, which is rten where native lacks an operator
    #[arg(long, default_value = "native")]
    pub backend: String,

    /// Megabytes for weights that the native engine transforms to be faster [default: 64]
    #[arg(long, value_name = "MB", value_parser = clap::value_parser!(u32).range(0..=4096))]
    pub winograd: Option<u32>,

    /// The engine's threads [default: one for each core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub threads: Option<u16>,

    /// The cores that the engine's threads run on, such as 0,1 [default: any]
    #[arg(long, value_delimiter = ',', value_name = "LIST")]
    pub cores: Vec<usize>,

    /// Side of the model's input, or WIDTHxHEIGHT, where the model leaves it open
    #[arg(long, value_name = "SIZE", value_parser = parse_size)]
    pub imgsz: Option<Size>,

    /// Never download: a model asked for by name has to be here already
    #[arg(long)]
    pub offline: bool,
}

/// What is kept of what the model finds.
#[derive(Debug, Args)]
pub struct SettingArguments {
    /// Keep what is more certain than this, 0 to 1 [default: 0.25; eval: 0.001]
    #[arg(long, value_name = "X")]
    pub conf: Option<f32>,

    /// Of two boxes that overlap more than this, 0 to 1, keep the better one
    #[arg(long, value_name = "X", default_value_t = 0.7)]
    pub iou: f32,

    /// Boxes kept per picture
    #[arg(long, alias = "max_det", value_name = "N", default_value_t = 300, value_parser = parse_max_det)]
    pub max_det: usize,

    /// Keep these classes only, by number, such as 0,2 [default: all]
    #[arg(long, value_delimiter = ',', value_name = "LIST")]
    pub classes: Vec<u32>,
}

fn parse_max_det(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(count @ 1..=30_000) => Ok(count),
        _ => Err("a number from 1 to 30000".to_owned()),
    }
}

/// `640` or `640x480`, each side from 1 to 16384.
pub fn parse_size(text: &str) -> Result<Size, String> {
    let side = |text: &str| match text.parse() {
        Ok(side @ 1..=16_384) => Ok(side),
        _ => Err("a side from 1 to 16384, or WIDTHxHEIGHT".to_owned()),
    };
    let (width, height) = text.split_once('x').unwrap_or((text, text));
    Ok(Size { width: side(width)?, height: side(height)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_a_side_or_two() {
        assert_eq!(parse_size("640"), Ok(Size { width: 640, height: 640 }));
        assert_eq!(parse_size("640x480"), Ok(Size { width: 640, height: 480 }));
        for bad in ["", "0", "x", "640x", "99999", "-1", "640x480x3"] {
            assert!(parse_size(bad).is_err(), "{bad}");
        }
    }
}
