//! Waiting with an end: for counts, and for runs.

use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use ocelli_frame::{Counts, DropReason, FailReason};
use ocelli_pipeline::{Pipeline, RunOutcome};

/// Long enough for the slowest machine; only a fault waits for it.
pub const HANG: Duration = Duration::from_secs(60);

/// A number that goes up, and that others may wait for.
#[derive(Clone, Default)]
pub struct Count(Arc<(Mutex<u64>, Condvar)>);

impl Count {
    pub fn up(&self) {
        *self.0.0.lock().unwrap() += 1;
        self.0.1.notify_all();
    }

    pub fn value(&self) -> u64 {
        *self.0.0.lock().unwrap()
    }

    pub fn wait_for(&self, at_least: u64) {
        let count = self.0.0.lock().unwrap();
        let (count, waited) = self.0.1.wait_timeout_while(count, HANG, |count| *count < at_least).unwrap();
        let value = *count;
        drop(count);
        assert!(!waited.timed_out(), "waited for {at_least}, it stayed at {value}");
    }
}

/// Runs it to its end, and sees that the books are right: balanced, nothing in flight, nothing unknown to the sinks.
pub fn run(pipeline: Pipeline) -> RunOutcome {
    let (sender, receiver) = sync_channel(1);
    let runner = std::thread::spawn(move || sender.send(pipeline.run()).is_ok());
    let outcome = match receiver.recv_timeout(HANG) {
        Ok(outcome) => outcome,
        Err(RecvTimeoutError::Timeout) => panic!("the run hangs"),
        Err(RecvTimeoutError::Disconnected) => panic!("the run panicked: {:?}", runner.join()),
    };
    let sources = outcome.sources.iter().map(|source| (&source.name, source.counts));
    let sinks = outcome.sinks.iter().map(|sink| (&sink.name, sink.counts));
    for (name, counts) in sources.chain(sinks) {
        assert!(counts.is_balanced(), "{name}: {counts:?}");
        assert_eq!(counts.in_flight, 0, "{name}: {counts:?}");
    }
    outcome
}

pub fn dropped(counts: &Counts, reason: DropReason) -> u64 {
    counts.dropped_named().find(|(named, _)| *named == reason).unwrap().1
}

pub fn failed(counts: &Counts, reason: FailReason) -> u64 {
    counts.failed_named().find(|(named, _)| *named == reason).unwrap().1
}

/// Everything that came in went out.
pub fn all_emitted(count: u64) -> Counts {
    Counts { captured: count, emitted: count, ..Counts::default() }
}
