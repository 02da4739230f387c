//! What goes wrong stays where it went wrong, is told, and leaves balanced accounts behind.

use ocelli_capture::{Next, Pace, Source, SourceError, SourceErrorKind, SourceInfo};
use ocelli_frame::{DropReason, FailReason};
use ocelli_pipeline::{Demand, RunOutcome, SinkError, Stop};
use ocelli_predict::PredictError;

use crate::parts::{ENDLESS, Keeping, Numbered, Reading, pipeline};
use crate::watch::{all_emitted, dropped, failed, run};

fn full_disk() -> SinkError {
    SinkError::new("out.jsonl: line 5: no space", "make room")
}

#[test]
fn a_sink_that_fails_leaves_the_others_alone() {
    let (first, kept_first) = Keeping::new("first", Demand::Every);
    let (failing, kept_failing) = Keeping::new("failing", Demand::Every);
    let (last, kept_last) = Keeping::new("last", Demand::Every);
    let failing = failing.before(|result| if result.sequence == 4 { Err(full_disk()) } else { Ok(()) });
    let mut pipeline = pipeline(Reading::new(), &Stop::default());
    pipeline.add_source(Box::new(Numbered::new(0, 200, Pace::Max)));
    pipeline.add_sink(Box::new(first));
    pipeline.add_sink(Box::new(failing));
    pipeline.add_sink(Box::new(last));
    let outcome = run(pipeline);
    assert!(!outcome.is_success() && !outcome.stopped);
    for (kept, index) in [(&kept_first, 0), (&kept_last, 2)] {
        assert!(kept.sequences().into_iter().eq(0..200));
        assert_eq!(outcome.sinks[index].counts, all_emitted(200));
        assert!(outcome.sinks[index].error.is_none());
    }
    let failed_sink = &outcome.sinks[1];
    assert_eq!(failed_sink.error.as_ref().unwrap().to_string(), "out.jsonl: line 5: no space");
    assert!(kept_failing.sequences().into_iter().eq(0..4));
    assert_eq!(kept_failing.finished.value(), 1, "it is closed all the same");
    let counts = failed_sink.counts;
    assert_eq!((counts.emitted, counts.captured), (4, 4 + failed(&counts, FailReason::Write)));
    assert!((1..=10).contains(&failed(&counts, FailReason::Write)), "{counts:?}");
    assert_eq!(outcome.sources[0].counts, all_emitted(200));
}

#[test]
fn when_every_sink_has_failed_the_run_ends() {
    let mut pipeline = pipeline(Reading::new(), &Stop::default());
    pipeline.add_source(Box::new(Numbered::new(0, ENDLESS, Pace::Max)));
    for failing_at in [3, 50] {
        let (sink, _) = Keeping::new("failing", Demand::Every);
        pipeline.add_sink(Box::new(
            sink.before(move |result| if result.sequence == failing_at { Err(full_disk()) } else { Ok(()) }),
        ));
    }
    let outcome = run(pipeline);
    assert!(outcome.stopped && outcome.sinks.iter().all(|sink| sink.error.is_some()), "{outcome:?}");
    assert_eq!(outcome.sinks[1].counts.emitted, 50);
}

#[test]
fn a_source_that_fails_ends_alone_and_its_frames_come_through() {
    let (sink, kept) = Keeping::new("sink", Demand::Every);
    let mut pipeline = pipeline(Reading::new(), &Stop::default());
    pipeline.add_source(Box::new(Numbered::new(0, 100, Pace::Max).before(|sequence| {
        let gone = || SourceError::new(SourceErrorKind::Unplugged, "cam0: gone", "plug it in");
        if sequence == 7 { Err(gone()) } else { Ok(()) }
    })));
    pipeline.add_source(Box::new(Numbered::new(1, 100, Pace::Max)));
    pipeline.add_sink(Box::new(sink));
    let outcome = run(pipeline);
    assert!(!outcome.is_success() && !outcome.stopped);
    assert_eq!(outcome.sources[0].error.as_ref().unwrap().kind(), SourceErrorKind::Unplugged);
    assert_eq!(outcome.sources[0].counts, all_emitted(7));
    assert!(outcome.sources[1].error.is_none());
    assert_eq!(outcome.sources[1].counts, all_emitted(100));
    assert_eq!(kept.results().len(), 107);
}

#[test]
fn a_frame_that_the_predictor_cannot_do_is_told_in_the_next_line() {
    let predictor = Reading::new().before(|frame| match frame.info().sequence {
        sequence @ (3 | 4) => Err(PredictError::new(format!("frame {sequence}: no tensor"), "send another")),
        _ => Ok(()),
    });
    let (sink, kept) = Keeping::new("sink", Demand::Every);
    let mut pipeline = pipeline(predictor, &Stop::default());
    pipeline.add_source(Box::new(Numbered::new(0, 10, Pace::Max)));
    pipeline.add_sink(Box::new(sink));
    let outcome = run(pipeline);
    assert_eq!(outcome.predict_error.as_ref().unwrap().to_string(), "frame 3: no tensor");
    let counts = outcome.sources[0].counts;
    assert_eq!((counts.emitted, failed(&counts, FailReason::Inference)), (8, 2));
    let told = kept
        .results()
        .into_iter()
        .map(|result| (result.sequence, failed(&result.lost_since_previous, FailReason::Inference)));
    assert!(told.eq([(0, 0), (1, 0), (2, 0), (5, 2), (6, 0), (7, 0), (8, 0), (9, 0)]));
}

/// Where a thread is to panic.
#[derive(Clone, Copy, PartialEq)]
enum Where {
    Source,
    Predictor,
    Sink,
}

/// Two endless sources, two sinks; one part panics at its frame 20.
fn run_with_panic(place: Where) -> (RunOutcome, u64) {
    let panic_at = move |here: Where, sequence: u64| {
        assert!(!(here == place && sequence == 20), "made to panic");
    };
    let predictor = Reading::new().before(move |frame| {
        panic_at(Where::Predictor, frame.info().sequence);
        Ok(())
    });
    let (sink, _) = Keeping::new("one", Demand::Every);
    let sink = sink.before(move |result| {
        panic_at(Where::Sink, result.sequence);
        Ok(())
    });
    let (other, kept) = Keeping::new("two", Demand::Every);
    let mut pipeline = pipeline(predictor, &Stop::default());
    pipeline.add_source(Box::new(Numbered::new(0, ENDLESS, Pace::Max).before(move |sequence| {
        panic_at(Where::Source, sequence);
        Ok(())
    })));
    pipeline.add_source(Box::new(Numbered::new(1, ENDLESS, Pace::Live)));
    pipeline.add_sink(Box::new(sink));
    pipeline.add_sink(Box::new(other));
    (run(pipeline), kept.finished.value())
}

#[test]
fn a_panic_in_a_source_ends_the_run_in_order() {
    let (outcome, finished) = run_with_panic(Where::Source);
    assert_eq!(outcome.panicked, [("source s0".to_owned(), "made to panic".to_owned())]);
    assert!(!outcome.is_success());
    assert_eq!((outcome.sources[0].counts.captured, finished), (20, 1));
    assert!(
        outcome.sources.iter().all(|source| failed(&source.counts, FailReason::Lost) == 0),
        "{outcome:?}"
    );
}

#[test]
fn a_panic_in_the_predictor_loses_the_frames_in_its_hands() {
    let (outcome, finished) = run_with_panic(Where::Predictor);
    assert_eq!(outcome.panicked, [("predictor reading".to_owned(), "made to panic".to_owned())]);
    assert_eq!(finished, 1);
    let lost = outcome.sources.iter().map(|source| failed(&source.counts, FailReason::Lost)).sum::<u64>();
    // One in its hands, and at most one at either door.
    assert!((1..=3).contains(&lost), "{outcome:?}");
}

#[test]
fn a_panic_in_a_sink_loses_its_results_and_ends_the_run() {
    let (outcome, finished) = run_with_panic(Where::Sink);
    assert_eq!(outcome.panicked, [("sink one".to_owned(), "made to panic".to_owned())]);
    assert_eq!(finished, 1);
    let counts = outcome.sinks[0].counts;
    assert!((1..=6).contains(&failed(&counts, FailReason::Lost)), "{counts:?}");
    let other = outcome.sinks[1].counts;
    assert_eq!(failed(&other, FailReason::Lost), 0, "{other:?}");
}

#[test]
fn a_stop_finishes_what_is_in_flight_and_drops_what_waits() {
    let stop = Stop::default();
    let source = Numbered::new(0, ENDLESS, Pace::Max);
    let (asked, requested) = (source.asked.clone(), stop.clone());
    let predictor = Reading::new().before(move |frame| {
        if frame.info().sequence == 10 {
            asked.wait_for(13);
            requested.request();
        }
        Ok(())
    });
    let (sink, kept) = Keeping::new("sink", Demand::Every);
    let mut pipeline = pipeline(predictor, &stop);
    pipeline.add_source(Box::new(source));
    pipeline.add_sink(Box::new(sink));
    let outcome = run(pipeline);
    assert!(outcome.stopped && outcome.is_success(), "{outcome:?}");
    assert!(kept.sequences().into_iter().eq(0..=10));
    assert_eq!((outcome.sinks[0].counts, kept.finished.value()), (all_emitted(11), 1));
    let counts = outcome.sources[0].counts;
    // Frame 11 stood at the door, frame 12 in the source's hands.
    assert_eq!((counts.captured, dropped(&counts, DropReason::Shutdown)), (13, 2), "{counts:?}");
}

/// A camera that never sends.
struct Silent(SourceInfo, Stop);

impl Source for Silent {
    fn info(&self) -> &SourceInfo {
        &self.0
    }

    fn next(&mut self, _timeout: std::time::Duration) -> Result<Next, SourceError> {
        self.1.request();
        Ok(Next::TimedOut)
    }
}

#[test]
fn a_stop_reaches_a_source_that_has_nothing_to_say() {
    let stop = Stop::default();
    let info = SourceInfo { name: "silent".into(), size: None, fps: None, frames: None, pace: Pace::Live };
    let mut pipeline = pipeline(Reading::new(), &stop);
    pipeline.add_source(Box::new(Silent(info, stop)));
    let outcome = run(pipeline);
    assert!(outcome.stopped && outcome.is_success());
    assert_eq!((outcome.sources[0].counts, outcome.metrics.results()), (all_emitted(0), 0));
}

#[test]
fn a_run_without_sources_or_sinks_ends() {
    assert!(run(pipeline(Reading::new(), &Stop::default())).is_success());
    let mut without_sinks = pipeline(Reading::new(), &Stop::default());
    without_sinks.add_source(Box::new(Numbered::new(0, 50, Pace::Max)));
    assert_eq!(run(without_sinks).sources[0].counts, all_emitted(50));
}
