//! `ocelli eval`.

use std::path::PathBuf;

use clap::Args;

use crate::args::{ModelArguments, SettingArguments};

/// Measure a model's accuracy against labelled pictures (COCO box mAP)
#[derive(Debug, Args)]
pub struct EvalArguments {
    /// A folder of pictures
    pub images: String,

    /// A folder of YOLO labels: for each picture a text file of `class cx cy w h`, 0 to 1
    pub labels: PathBuf,

    #[command(flatten)]
    pub model: ModelArguments,

    #[command(flatten)]
    pub settings: SettingArguments,

    /// One JSON object on stdout
    #[arg(long)]
    pub json: bool,
}
