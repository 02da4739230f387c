//! `ocelli models`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand};
use ocelli_frame::Size;

use crate::args::ModelArguments;
use crate::args::model::parse_size;

/// The models that have a name, and what is in a model file
#[derive(Debug, Args)]
pub struct ModelsArguments {
    #[command(subcommand)]
    pub what: ModelsWhat,
}

/// What to do with models.
#[derive(Debug, Subcommand)]
pub enum ModelsWhat {
    /// The models that --model knows by name
    List(ModelsList),
    /// What is in a model: inputs, outputs, card, metadata, licence, sha256
    Info(ModelsInfo),
    /// Download a model, so that it is here when it is needed
    Pull(ModelsPull),
}

/// The models that --model knows by name
#[derive(Debug, Args)]
pub struct ModelsList {
    /// A JSON array on stdout
    #[arg(long)]
    pub json: bool,
}

/// What is in a model: inputs, outputs, card, metadata, licence, sha256
#[derive(Debug, Args)]
pub struct ModelsInfo {
    /// A model file, or a name from `ocelli models list`
    #[arg(value_name = "MODEL")]
    pub model: PathBuf,

    /// What the model file does not say about itself: a TOML file [default: the model's, ending in .toml]
    #[arg(long, value_name = "FILE")]
    pub card: Option<PathBuf>,

    /// The engine that reads it: native, rten, auto
    #[arg(long, default_value = "native")]
    pub backend: String,

    /// Side of the model's input, or WIDTHxHEIGHT, where the model leaves it open
    #[arg(long, value_name = "SIZE", value_parser = parse_size)]
    pub imgsz: Option<Size>,

    /// One JSON object on stdout
    #[arg(long, conflicts_with = "toml")]
    pub json: bool,

    /// The native engine's plan: each step with its kernel, products and weights
    #[arg(long, conflicts_with = "toml")]
    pub plan: bool,

    /// With --plan, how long each step takes, and how near it comes to this machine's peak
    #[arg(long, requires = "plan")]
    pub time: bool,

    /// With --time, the engine's threads [default: one for each core]
    #[arg(long, value_name = "N", requires = "time", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub threads: Option<u16>,

    /// The card alone, as the TOML file to begin from when you write your own
    #[arg(long)]
    pub toml: bool,
}

impl ModelsInfo {
    /// As `--model` and its companions would say it.
    pub fn model_arguments(&self) -> ModelArguments {
        ModelArguments {
            model: Some(self.model.clone()),
            card: self.card.clone(),
            task: None,
            backend: self.backend.clone(),
            winograd: None,
            threads: self.threads,
            cores: Vec::new(),
            imgsz: self.imgsz,
            offline: true,
        }
    }
}

/// Download a model, so that it is here when it is needed
#[derive(Debug, Args)]
pub struct ModelsPull {
    /// A name from `ocelli models list`
    pub name: String,

    /// Seconds for a connection to come about
    #[arg(long, value_name = "SECONDS", default_value = "10", value_parser = parse_seconds)]
    pub connect_timeout: Duration,

    /// Seconds without a single byte after which the server is given up
    #[arg(long, value_name = "SECONDS", default_value = "30", value_parser = parse_seconds)]
    pub stall_timeout: Duration,

    /// Times to go on after it broke off
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u32).range(0..=100))]
    pub retries: u32,

    /// Only look whether it is here
    #[arg(long)]
    pub offline: bool,
}

fn parse_seconds(text: &str) -> Result<Duration, String> {
    match text.parse::<f64>() {
        Ok(seconds) if (0.001..=86_400.0).contains(&seconds) => Ok(Duration::from_secs_f64(seconds)),
        _ => Err("a number of seconds from 0.001 to 86400".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_a_time_and_not_for_ever() {
        assert_eq!(parse_seconds("0.5"), Ok(Duration::from_millis(500)));
        for bad in ["", "0", "-1", "NaN", "inf", "1e9", "1s"] {
            assert!(parse_seconds(bad).is_err(), "{bad}");
        }
    }
}
