//! SIGINT and SIGTERM end a run in order; one that comes again, a while later, ends the process.

use std::thread;

use ocelli_frame::Clock;
use ocelli_pipeline::Stop;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::clock::MonotonicClock;
use crate::failure::Failure;

/// Signals this soon after the first are part of it: `timeout`, shells and service managers signal a process and then
/// its group, which it is in.
const SAME_SIGNAL_NS: u64 = 1_000_000_000;

/// From now on a signal asks `stop` for the end of the run. One that comes over a second later finds it too slow: it
/// kills at once, with 128 + its number as the exit code.
pub fn stop_on_signals(stop: &Stop) -> Result<(), Failure> {
    let failed = |error: std::io::Error| {
        Failure::new(
            format!("cannot listen for signals: {error}"),
            "this should not happen on any supported system: please report it",
        )
    };
    let mut signals = Signals::new([SIGINT, SIGTERM]).map_err(failed)?;
    let stop = stop.clone();
    let listen = move || {
        let clock = MonotonicClock::start();
        let mut first_ns = None;
        for signal in signals.forever() {
            let now_ns = clock.now_ns();
            if now_ns - *first_ns.get_or_insert(now_ns) > SAME_SIGNAL_NS {
                std::process::exit(128 + signal);
            }
            stop.request();
        }
    };
    thread::Builder::new().name("signals".to_owned()).spawn(listen).map_err(failed)?;
    Ok(())
}
