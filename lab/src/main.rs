//! `lab`: what the lab's scenarios need inside the guest beside `ocelli` itself.
//!
//! `lab camera` is a USB camera, made of software: the kernel's own drivers bind to it. `lab leases` is a reader that
//! holds a frame for long.

mod camera;
mod clock;
mod leases;

use std::process::ExitCode;

const HELP: &str = "\
lab camera [--port N] [--serial S] [--broken-every N] [--cut-every N] [--stall-at N --stall-ms MS]
    a USB camera in port N (0), which sends the pictures in /lab/pictures until it is killed
lab leases CAMERA [--frames N] [--rows-alike] [--queue-early]
    hold a frame while N others pass, and tell whether its pixels are the same then
";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let ended = match words.as_slice() {
        ["camera", options @ ..] => camera::run(options).map(|()| ExitCode::SUCCESS),
        ["leases", options @ ..] => leases::run(options),
        _ => Err(HELP.to_owned()),
    };
    ended.unwrap_or_else(|why| {
        eprintln!("lab: {why}");
        ExitCode::FAILURE
    })
}
