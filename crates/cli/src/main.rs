//! The binary `ocelli`: flags, wiring, and what people see. The only crate that knows every backend, source and sink,
//! and the only one that reads the clock.

#![forbid(unsafe_code)]

mod args;
mod clock;
mod commands;
mod failure;
mod memory;
mod signals;
mod status;
mod wiring;

use std::process::ExitCode;

use clap::Parser;

use args::{Arguments, Command};

fn main() -> ExitCode {
    let arguments = Arguments::parse_from(args::with_key_values(std::env::args_os()));
    let outcome = match arguments.command {
        Command::Run(arguments) => commands::run::run(&arguments),
        Command::Demo(arguments) => commands::demo::run(&arguments),
        Command::Eval(arguments) => commands::eval::run(&arguments),
        Command::Bench(arguments) => commands::bench::run(&arguments.what),
        Command::Models(arguments) => commands::models::run(&arguments.what),
        Command::Devices(arguments) => commands::devices::run(&arguments),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprint!("{failure}");
            failure.exit_code()
        }
    }
}
