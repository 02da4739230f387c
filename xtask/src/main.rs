//! The project's own chores: the tidy checks, the whole of CI, and the measurements behind every figure we quote.
//!
//! What is not here: anything that ships. The measurements drive the release binary from outside, as a user would.

#![forbid(unsafe_code)]

mod ci;
mod cross;
mod error;
mod lab;
mod measure;
mod places;
mod sanitize;
mod spills;
mod tidy;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

const HELP: &str = "\
The project's own chores.

    cargo xtask tidy                 check the tree: floors, unsafe, lengths, links, ...
    cargo xtask ci                   everything that CI runs (the same script, .ci/run)
    cargo xtask cross [...]          the binary for 64-bit Arm, its size, and the tests in an emulator
    cargo xtask measure list         the measurements there are
    cargo xtask measure NAME [...]   measure, and print one JSON object on stdout
    cargo xtask lab [NAME...]        the binary against real camera drivers, in a virtual machine
    cargo xtask lab --check          whether this machine has what that takes
    cargo xtask spills               that the native engine's hot loops keep their sums in registers
    cargo xtask sanitize             the native engine's tests under AddressSanitizer and ThreadSanitizer
    cargo xtask help                 this text

Options of cross:
    --json          the figures as one JSON object
    --no-run        build the release binary and run nothing, so that no emulator is wanted

Options of measure:
    --rounds N      how often each side runs, alternating (each measurement has its own default)
    --clip FILE     another clip than the measurement's own
    --model FILE    another model than the measurement's own
    --report DIR    a table and a plot of it, too (compare)
    --no-build      take the release binary as it is
Models and footage are looked for under $OCELLI_ASSETS, else in ../shared beside the checkout;
Python, for the peers that need it, is $OCELLI_PYTHON, else python3.
";

/// Exit status for a command line that makes no sense.
const EXIT_USAGE: u8 = 2;

/// What the command line asks for.
#[derive(Debug, PartialEq, Eq)]
enum Command {
    Help,
    Tidy,
    Ci,
    Spills,
    Sanitize,
    Cross(cross::Options),
    Lab(lab::Wanted),
    MeasureList,
    Measure { name: String, options: measure::Options },
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match parse(&arguments) {
        Ok(Command::Help) => {
            print!("{HELP}");
            ExitCode::SUCCESS
        }
        Ok(Command::Tidy) => tidy::run(&repository_root()),
        Ok(Command::Ci) => ci::run(&repository_root()),
        Ok(Command::Spills) => spills::run(&repository_root()),
        Ok(Command::Sanitize) => sanitize::run(&repository_root()),
        Ok(Command::Cross(options)) => cross::run(&repository_root(), options),
        Ok(Command::Lab(wanted)) => lab::run(&repository_root(), &wanted),
        Ok(Command::MeasureList) => {
            measure::list();
            ExitCode::SUCCESS
        }
        Ok(Command::Measure { name, options }) => measure::run(&repository_root(), &name, options),
        Err(message) => {
            eprintln!("error: {message}\nhint: cargo xtask help");
            ExitCode::from(EXIT_USAGE)
        }
    }
}

fn parse(arguments: &[String]) -> Result<Command, String> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        [] | ["help" | "-h" | "--help"] => Ok(Command::Help),
        ["tidy"] => Ok(Command::Tidy),
        ["ci"] => Ok(Command::Ci),
        ["spills"] => Ok(Command::Spills),
        ["sanitize"] => Ok(Command::Sanitize),
        ["cross", rest @ ..] => Ok(Command::Cross(cross::Options::parse(rest)?)),
        ["lab", "--check"] => Ok(Command::Lab(lab::Wanted::Check)),
        ["lab", names @ ..] if names.iter().all(|name| !name.starts_with('-')) => {
            Ok(Command::Lab(lab::Wanted::Scenarios(names.iter().map(|&name| name.to_owned()).collect())))
        }
        ["lab", ..] => Err("lab takes names of scenarios, or --check".to_owned()),
        ["measure", "list"] => Ok(Command::MeasureList),
        ["measure", name, rest @ ..] if !name.starts_with('-') => {
            Ok(Command::Measure { name: (*name).to_owned(), options: parse_measure(rest)? })
        }
        ["measure", ..] => Err("measure wants a name; `cargo xtask measure list` has them".to_owned()),
        [first, ..] => Err(format!("`{first}` is no chore of ours, or it takes no arguments")),
    }
}

fn parse_measure(words: &[&str]) -> Result<measure::Options, String> {
    let mut options = measure::Options::default();
    let mut words = words.iter();
    while let Some(&word) = words.next() {
        let mut value = || words.next().copied().ok_or(format!("{word} wants a value"));
        match word {
            "--rounds" => options.rounds = Some(parse_rounds(value()?)?),
            "--clip" => options.clip = Some(PathBuf::from(value()?)),
            "--model" => options.model = Some(PathBuf::from(value()?)),
            "--report" => options.report = Some(PathBuf::from(value()?)),
            "--no-build" => options.build = measure::Build::AsItIs,
            _ => return Err(format!("measure does not know `{word}`")),
        }
    }
    Ok(options)
}

fn parse_rounds(text: &str) -> Result<usize, String> {
    text.parse()
        .ok()
        .filter(|rounds| (1..=measure::ROUNDS_MAX).contains(rounds))
        .ok_or(format!("--rounds {text}: a number from 1 to {}", measure::ROUNDS_MAX))
}

/// The checkout this binary was built from.
fn repository_root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse_line(line: &str) -> Result<Command, String> {
        parse(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn every_chore_is_understood() {
        assert_eq!(parse_line(""), Ok(Command::Help));
        assert_eq!(parse_line("tidy"), Ok(Command::Tidy));
        assert_eq!(parse_line("ci"), Ok(Command::Ci));
        assert_eq!(parse_line("spills"), Ok(Command::Spills));
        assert_eq!(parse_line("sanitize"), Ok(Command::Sanitize));
        let build_alone = cross::Options { depth: cross::Depth::Build, ..cross::Options::default() };
        assert_eq!(parse_line("cross --no-run"), Ok(Command::Cross(build_alone)));
        assert_eq!(parse_line("lab --check"), Ok(Command::Lab(lab::Wanted::Check)));
        let capture = lab::Wanted::Scenarios(vec!["capture".to_owned()]);
        assert_eq!(parse_line("lab capture"), Ok(Command::Lab(capture)));
        assert_eq!(parse_line("measure list"), Ok(Command::MeasureList));
        let options = measure::Options {
            rounds: Some(5),
            clip: Some(PathBuf::from("a.mp4")),
            report: Some(PathBuf::from("there")),
            build: measure::Build::AsItIs,
            ..measure::Options::default()
        };
        let asked = parse_line("measure memory --rounds 5 --clip a.mp4 --report there --no-build");
        assert_eq!(asked, Ok(Command::Measure { name: "memory".to_owned(), options }));
    }

    #[test]
    fn nonsense_is_an_error() {
        for line in ["tidi", "tidy now", "measure", "measure --rounds 3", "measure memory --rounds 0"] {
            assert!(parse_line(line).is_err(), "{line}");
        }
        for line in ["measure memory --rounds", "measure memory --frobnicate", "cross arm", "lab --chek"] {
            assert!(parse_line(line).is_err(), "{line}");
        }
    }
}
