//! SIGINT and SIGTERM end a run in order; a second one ends the process.

use ocelli_pipeline::Stop;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

use crate::failure::Failure;

/// From now on a signal asks `stop` for the end of the run. The second of its kind kills at once, with 128 + its
/// number as the exit code.
pub fn stop_on_signals(stop: &Stop) -> Result<(), Failure> {
    for signal in [SIGINT, SIGTERM] {
        // Registered first, so that it sees the flag as it was before this very signal.
        let registered = flag::register_conditional_shutdown(signal, 128 + signal, stop.flag())
            .and_then(|_| flag::register(signal, stop.flag()));
        if let Err(error) = registered {
            return Err(Failure::new(
                format!("cannot listen for signals: {error}"),
                "this should not happen on any supported system: please report it",
            ));
        }
    }
    Ok(())
}
