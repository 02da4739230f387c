//! `ocelli bench`.

use clap::{Args, Subcommand};
use ocelli_frame::{PixelFormat, Size};

use crate::args::model::parse_size;
use crate::args::{ModelArguments, SettingArguments};

/// Measure the speed of the whole, or of one part
#[derive(Debug, Args)]
pub struct BenchArguments {
    #[command(subcommand)]
    pub what: BenchWhat,
}

/// What to measure.
#[derive(Debug, Subcommand)]
pub enum BenchWhat {
    /// A whole run, stage by stage
    Run(BenchRun),
    /// Frame to input tensor
    Preprocess(BenchPreprocess),
    /// One inference
    Engine(BenchEngine),
    /// Output tensor to boxes
    Postprocess(BenchPostprocess),
}

/// A whole run, stage by stage
#[derive(Debug, Args)]
pub struct BenchRun {
    /// Video, pictures, or `synthetic:`
    pub source: String,

    #[command(flatten)]
    pub model: ModelArguments,

    #[command(flatten)]
    pub settings: SettingArguments,

    /// One JSON object on stdout
    #[arg(long)]
    pub json: bool,
}

/// Frame to input tensor
#[derive(Debug, Args)]
pub struct BenchPreprocess {
    /// The frame's pixel format: i420, nv12, yuyv, uyvy, yuv24, rgb24, bgr24, grey
    #[arg(long, default_value = "yuyv", value_parser = parse_format)]
    pub format: PixelFormat,

    /// The frame's size
    #[arg(long, default_value = "1280x720", value_parser = parse_size)]
    pub size: Size,

    /// Side of the input tensor, or WIDTHxHEIGHT
    #[arg(long, default_value = "640", value_parser = parse_size)]
    pub imgsz: Size,

    /// Threads; preprocess uses one
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=1))]
    pub threads: u16,

    #[command(flatten)]
    pub repeat: Repeat,
}

/// One inference
#[derive(Debug, Args)]
pub struct BenchEngine {
    #[command(flatten)]
    pub model: ModelArguments,

    /// Run on this source's first frame, prepared as in `run`, instead of on a picture from a formula
    #[arg(long)]
    pub source: Option<String>,

    #[command(flatten)]
    pub repeat: Repeat,
}

/// Output tensor to boxes
#[derive(Debug, Args)]
pub struct BenchPostprocess {
    /// Classes of the head
    #[arg(long, default_value_t = 80, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub head_classes: u16,

    /// Side of the model's input, or WIDTHxHEIGHT: it gives the number of anchors
    #[arg(long, default_value = "640", value_parser = parse_size)]
    pub imgsz: Size,

    #[command(flatten)]
    pub settings: SettingArguments,

    /// Every class of an anchor is a candidate, as in `eval`
    #[arg(long)]
    pub multi_label: bool,

    #[command(flatten)]
    pub repeat: Repeat,
}

/// How often, and how to say it.
#[derive(Debug, Args)]
pub struct Repeat {
    /// Measured runs, after a tenth as many to warm up
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub runs: u32,

    /// One JSON object on stdout
    #[arg(long)]
    pub json: bool,
}

fn parse_format(text: &str) -> Result<PixelFormat, String> {
    PixelFormat::from_name(text).ok_or_else(|| {
        let known = PixelFormat::ALL.map(|format| format.to_string().to_lowercase());
        format!("one of {}", known.join(", "))
    })
}
