//! `ocelli demo`.

use std::path::PathBuf;

use clap::Args;

/// The whole pipeline on a built-in scene and a built-in model: no download, no camera, no file
#[derive(Debug, Args)]
#[command(
    after_help = "It is a self test too: it ends with exit code 1 where precision or recall is under 0.95."
)]
pub struct DemoArguments {
    /// Frames of the scene
    #[arg(long, value_name = "N", default_value_t = 300, value_parser = clap::value_parser!(u32).range(2..=1_000_000))]
    pub frames: u32,

    /// Write the figures to this JSON file
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,

    /// Write the scene, with what was found drawn onto it, to this MP4 file
    #[arg(long, value_name = "FILE", default_value = "ocelli-demo.mp4")]
    pub video: PathBuf,

    /// The engine: native, rten, auto
    #[arg(long, default_value = "native")]
    pub backend: String,

    /// The engine's threads [default: one for each core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub threads: Option<u16>,
}
