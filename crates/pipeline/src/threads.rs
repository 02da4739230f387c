//! The threads of a run: one a source, one for the predictor, one a sink. A thread that panics asks the run to end;
//! its doors close behind it, so that nobody waits for it.

use std::any::Any;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{Builder, Scope, ScopedJoinHandle, scope};

use ocelli_capture::{Source, SourceError};
use ocelli_frame::{Clock, Counts, FailReason};
use ocelli_predict::PredictError;

use crate::gate::Gate;
use crate::handover::{HandOver, Taken};
use crate::health::Checking;
use crate::lane::{Offer, Parcel, SinkLane, SourceLane};
use crate::outcome::{RunOutcome, SinkOutcome, SourceOutcome};
use crate::plan::Pipeline;
use crate::step::{Predicting, Surroundings, capture, write};
use crate::{Sink, SinkError, Stop};

/// Runs a pipeline to its end.
pub(crate) fn run(pipeline: Pipeline) -> RunOutcome {
    let started_ns = pipeline.clock.now_ns();
    let results = pipeline.results();
    let Pipeline { clock, sources, source_lanes, predictor, predictor_bell, .. } = pipeline;
    let Pipeline { sinks, sink_lanes, metrics, stop, on_frozen, infer_fps, notes, .. } = pipeline;
    let (clock, stop) = (&*clock, &stop);
    let source_names: Vec<_> = sources.iter().map(|source| source.info().name.clone()).collect();
    let sink_names: Vec<_> = sinks.iter().map(|sink| sink.name().to_owned()).collect();
    let sinks_alive = AtomicUsize::new(sinks.len());

    let mut panicked = Vec::new();
    let (source_errors, predict_error, sink_errors) = scope(|scope| {
        let surroundings = Surroundings {
            sources: &source_lanes,
            sinks: &sink_lanes,
            clock,
            bell: &predictor_bell,
            stop,
            metrics: &metrics,
        };
        let predicting_name = format!("predictor {}", predictor.name());
        let predicting = Predicting::new(predictor, results, surroundings);
        let (lanes_in, lanes_out, alive) = (&source_lanes, &sink_lanes, &sinks_alive);
        // Should a thread not start, those that did must not wait for it.
        let _leaving = Leaving { close: &|| close_doors(lanes_in, lanes_out), stop };
        let source_threads: Vec<_> = (sources.into_iter().zip(&source_lanes).zip(&source_names))
            .map(|((source, lane), name)| {
                let checking = Checking::new(name, lane.pace, on_frozen, notes.clone());
                let gate = Gate::new(lane.pace, lane.switch.clone(), infer_fps);
                spawn(scope, format!("source {name}"), move || {
                    run_source(source, checking, gate, lane, clock, stop)
                })
            })
            .collect();
        let predictor_thread =
            spawn(scope, predicting_name, move || run_predictor(predicting, lanes_in, lanes_out, stop));
        let sink_threads: Vec<_> = (sinks.into_iter().zip(&sink_lanes).zip(&sink_names))
            .map(|((sink, lane), name)| {
                spawn(scope, format!("sink {name}"), move || run_sink(sink, lane, stop, alive))
            })
            .collect();
        let source_errors = join_all(source_threads, &mut panicked);
        let predict_error = join_all(vec![predictor_thread], &mut panicked).pop().flatten();
        (source_errors, predict_error, join_all(sink_threads, &mut panicked))
    });

    let ended_ns = clock.now_ns();
    let sources = source_names.into_iter().zip(source_lanes).zip(source_errors);
    let sinks = sink_names.into_iter().zip(sink_lanes).zip(sink_errors);
    RunOutcome {
        sources: sources
            .map(|((name, lane), error)| {
                let totals = lane.figures.totals(ended_ns);
                SourceOutcome { name, counts: close_account(lane), totals, error }
            })
            .collect(),
        sinks: sinks
            .map(|((name, lane), error)| SinkOutcome { name, counts: close_sink_account(lane), error })
            .collect(),
        metrics: metrics.lock().clone(),
        wall_ns: ended_ns - started_ns,
        predict_error,
        panicked,
        stopped: stop.is_requested(),
    }
}

/// Closes doors on leaving, and asks for the end of the run where the thread panics.
struct Leaving<'a> {
    close: &'a dyn Fn(),
    stop: &'a Stop,
}

impl Drop for Leaving<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.stop.request();
        }
        (self.close)();
    }
}

fn run_source(
    mut source: Box<dyn Source>,
    mut checking: Checking,
    mut gate: Gate,
    lane: &SourceLane,
    clock: &dyn Clock,
    stop: &Stop,
) -> Option<SourceError> {
    let end = || {
        lane.figures.end();
        lane.door.close();
    };
    let _leaving = Leaving { close: &end, stop };
    loop {
        match capture(&mut *source, &mut checking, &mut gate, lane, clock, stop) {
            Ok(ControlFlow::Continue(())) => {}
            Ok(ControlFlow::Break(())) => return None,
            Err(error) if error.kind().is_passing() => {}
            Err(error) => return Some(error),
        }
    }
}

fn run_predictor(
    mut predicting: Predicting<'_>,
    lanes_in: &[SourceLane],
    lanes_out: &[SinkLane],
    stop: &Stop,
) -> Option<PredictError> {
    let _leaving = Leaving { close: &|| close_doors(lanes_in, lanes_out), stop };
    while predicting.step().is_continue() {}
    predicting.into_first_error()
}

fn close_doors(lanes_in: &[SourceLane], lanes_out: &[SinkLane]) {
    lanes_in.iter().for_each(|lane| lane.door.close());
    lanes_out.iter().for_each(|lane| lane.door.close());
}

/// A sink that fails closes its door and leaves the others alone; where it was the last one, nobody is left to run for.
fn run_sink(
    mut sink: Box<dyn Sink>,
    lane: &SinkLane,
    stop: &Stop,
    sinks_alive: &AtomicUsize,
) -> Option<SinkError> {
    let _leaving = Leaving { close: &|| lane.door.close(), stop };
    let error = loop {
        match write(&mut *sink, lane) {
            Ok(ControlFlow::Continue(())) => {}
            Ok(ControlFlow::Break(())) => break None,
            Err(error) => break Some(error),
        }
    };
    if error.is_some() {
        lane.door.close();
        while let Taken::Item(parcel) = lane.door.take() {
            parcel.ticket.fail(FailReason::Write);
        }
        if sinks_alive.fetch_sub(1, Ordering::Relaxed) == 1 {
            stop.request();
        }
    }
    let finished = sink.finish();
    error.or(finished.err())
}

/// The counts after the run; what a thread that panicked left at the door counts as lost.
fn close_account(lane: SourceLane) -> Counts {
    empty::<Offer>(&lane.door);
    lane.account.snapshot()
}

fn close_sink_account(lane: SinkLane) -> Counts {
    empty::<Parcel>(&lane.door);
    lane.account.snapshot()
}

fn empty<T>(door: &HandOver<T>) {
    while let Taken::Item(item) = door.take() {
        drop(item);
    }
}

type Named<'scope, T> = (String, ScopedJoinHandle<'scope, T>);

fn spawn<'scope, T: Send + 'scope>(
    scope: &'scope Scope<'scope, '_>,
    name: String,
    body: impl FnOnce() -> T + Send + 'scope,
) -> Named<'scope, T> {
    let thread = Builder::new()
        .name(name.clone())
        .spawn_scoped(scope, body)
        .expect("the system has room for one more thread");
    (name, thread)
}

/// Waits for threads; a panic is noted with the thread's name, and counts as no answer.
fn join_all<T>(threads: Vec<Named<'_, Option<T>>>, panicked: &mut Vec<(String, String)>) -> Vec<Option<T>> {
    let mut answers = Vec::with_capacity(threads.len());
    for (name, thread) in threads {
        answers.push(thread.join().unwrap_or_else(|panic| {
            panicked.push((name, message_of(&*panic)));
            None
        }));
    }
    answers
}

fn message_of(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no message".to_owned())
}
