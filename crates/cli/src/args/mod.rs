//! The command line: text becomes typed things here, once. `key=value` in Ultralytics' manner is another spelling of
//! `--key value`.

mod bench;
mod demo;
mod devices;
mod eval;
mod key_value;
mod model;
mod models;
mod run;

use clap::{Parser, Subcommand};

pub use bench::{
    BenchArguments, BenchEngine, BenchPostprocess, BenchPreprocess, BenchRun, BenchWhat, Repeat,
};
pub use demo::DemoArguments;
pub use devices::DevicesArguments;
pub use eval::EvalArguments;
pub use key_value::with_key_values;
pub use model::{ModelArguments, SettingArguments};
pub use models::{ModelsArguments, ModelsInfo, ModelsList, ModelsPull, ModelsWhat};
pub use run::{PlayArguments, RunArguments};

/// Live video in, results out, with an age that is small, known and bounded.
#[derive(Debug, Parser)]
#[command(name = "ocelli", version, max_term_width = 100, disable_help_subcommand = true)]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Find things in video or pictures, and write down what was found
    Run(RunArguments),
    /// The whole pipeline on a built-in scene and a built-in model: no download, no camera, no file
    Demo(DemoArguments),
    /// Measure a model's accuracy against labelled pictures (COCO box mAP)
    Eval(EvalArguments),
    /// Measure the speed of the whole, or of one part
    Bench(BenchArguments),
    /// The models that have a name, and what is in a model file
    Models(ModelsArguments),
    /// The cameras of this machine: formats, sizes, rates and controls
    Devices(DevicesArguments),
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_definition_is_sound() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn the_short_help_fits_a_screen() {
        let mut command = Arguments::command();
        for name in ["run", "demo", "eval", "bench", "models", "devices"] {
            let help = command.find_subcommand_mut(name).unwrap().render_help().to_string();
            assert!(help.lines().count() <= 50, "{name} -h has {} lines", help.lines().count());
        }
    }
}
