//! `ocelli bench`: the whole, or one part, timed.

mod engine;
mod postprocess;
mod preprocess;
mod run;
mod timing;

use crate::args::BenchWhat;
use crate::failure::Failure;

/// Measures what was asked for.
pub fn run(what: &BenchWhat) -> Result<(), Failure> {
    match what {
        BenchWhat::Run(arguments) => run::run(arguments),
        BenchWhat::Preprocess(arguments) => preprocess::run(arguments),
        BenchWhat::Engine(arguments) => engine::run(arguments),
        BenchWhat::Postprocess(arguments) => postprocess::run(arguments),
    }
}
