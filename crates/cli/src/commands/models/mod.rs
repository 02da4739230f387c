//! `ocelli models`: one file for each thing that it does.

mod info;
mod list;
mod plan;
mod pull;

use crate::args::ModelsWhat;
use crate::failure::Failure;

/// Does what was asked for.
pub fn run(what: &ModelsWhat) -> Result<(), Failure> {
    match what {
        ModelsWhat::List(arguments) => list::run(arguments),
        ModelsWhat::Info(arguments) => info::run(arguments),
        ModelsWhat::Pull(arguments) => pull::run(arguments),
    }
}
