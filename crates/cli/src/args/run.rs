//! `ocelli run`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use ocelli_capture::Pace;
use ocelli_pipeline::{OnFrozen, RateLimit};

use crate::args::{ModelArguments, SettingArguments};

/// Find things in video or pictures, and write down what was found
#[derive(Debug, Args)]
pub struct RunArguments {
    /// A camera (0, /dev/video0), video, pictures (file, folder, glob), an http address, or `synthetic:`; several run side by side
    #[arg(required = true, value_name = "SOURCE")]
    pub sources: Vec<String>,

    #[command(flatten)]
    pub model: ModelArguments,

    #[command(flatten)]
    pub settings: SettingArguments,

    #[command(flatten)]
    pub play: PlayArguments,

    /// Where results go: jsonl:PATH (- is stdout), coco:PATH, yolo:DIR, images:DIR, video:PATH, web: (a page on port 7001), window:; may be given several times
    #[arg(short, long = "sink", value_name = "SINK")]
    pub sinks: Vec<String>,

    /// Write the account, rates, ages and stage times of the whole run to this JSON file
    #[arg(long, value_name = "FILE")]
    pub summary: Option<PathBuf>,

    /// Frames a second of each source that go to the model at most; all of them are captured
    #[arg(long, value_name = "X", value_parser = parse_fps)]
    pub infer_fps: Option<f64>,

    /// What becomes of a live source's pictures once they have been the same for 2 s
    #[arg(long, value_enum, default_value_t = OnFrozenArgument::Infer)]
    pub on_frozen: OnFrozenArgument,

    /// No progress and no summary on stderr
    #[arg(short, long)]
    pub quiet: bool,
}

/// How sources play.
#[derive(Debug, Args)]
pub struct PlayArguments {
    /// Take every frame as fast as it can be worked on, or play as if it were a camera, the newest frame first
    #[arg(long, value_enum, default_value_t = PaceArgument::Max)]
    pub pace: PaceArgument,

    /// Start again at the end, for ever
    #[arg(long = "loop")]
    pub looped: bool,

    /// Frames a second, instead of the source's own rate
    #[arg(long, value_name = "X", value_parser = parse_fps)]
    pub fps: Option<f64>,

    /// What decodes video instead of the processor, through ffmpeg: one of `ffmpeg -hwaccels`
    #[arg(long, value_name = "NAME")]
    pub hwaccel: Option<String>,
}

impl PlayArguments {
    /// Every frame, once, as fast as it can be worked on.
    pub fn once() -> Self {
        Self { pace: PaceArgument::Max, looped: false, fps: None, hwaccel: None }
    }
}

/// `--pace`.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum PaceArgument {
    /// Every frame counts
    Max,
    /// By timestamps; the newest frame wins
    Live,
}

impl From<PaceArgument> for Pace {
    fn from(pace: PaceArgument) -> Self {
        match pace {
            PaceArgument::Max => Self::Max,
            PaceArgument::Live => Self::Live,
        }
    }
}

/// `--on-frozen`.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum OnFrozenArgument {
    /// Work on them as on any other
    Infer,
    /// Drop them, counted
    Skip,
}

impl From<OnFrozenArgument> for OnFrozen {
    fn from(on_frozen: OnFrozenArgument) -> Self {
        match on_frozen {
            OnFrozenArgument::Infer => Self::Infer,
            OnFrozenArgument::Skip => Self::Skip,
        }
    }
}

fn parse_fps(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(fps) if RateLimit::FPS.contains(&fps) => Ok(fps),
        _ => Err("a rate from 0.001 to 10000".to_owned()),
    }
}
