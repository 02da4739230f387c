//! Pictures that are black, or the same again and again: of live sources they are told; frozen ones are dropped where that
//! is asked for.

use std::sync::{Arc, Mutex};

use ocelli_capture::Pace;
use ocelli_frame::{DropReason, Health};
use ocelli_pipeline::{Demand, OnFrozen, Stop};

use crate::parts::{Keeping, Numbered, Reading, pipeline};
use crate::watch::{dropped, run};

/// Of these the middle ones are the same picture.
const FRAMES: u64 = 20;
const SAME_FROM: u64 = 4;
const SAME_TO: u64 = 14;
/// Half a second from one to the next.
const INTERVAL_NS: u64 = 500_000_000;

/// The results with their health, how many frames were dropped as frozen, and the notes.
fn watched(pace: Pace, on_frozen: OnFrozen) -> (Vec<(u64, Health)>, u64, Vec<String>) {
    watch(Numbered::new(0, FRAMES, pace).every(INTERVAL_NS).same(SAME_FROM..SAME_TO), pace, on_frozen)
}

fn watch(source: Numbered, pace: Pace, on_frozen: OnFrozen) -> (Vec<(u64, Health)>, u64, Vec<String>) {
    let seen: Arc<Mutex<Vec<(u64, Health)>>> = Arc::default();
    let keep = Arc::clone(&seen);
    let (sink, kept) = Keeping::new("sink", Demand::Every);
    let sink = sink.before(move |result| {
        keep.lock().unwrap().push((result.sequence, result.health));
        Ok(())
    });
    // One frame at a time, so that none displaces another.
    let skips = pace == Pace::Live && on_frozen == OnFrozen::Skip;
    let source = source.before(move |sequence| {
        let worked_on = (0..sequence).filter(|before| !(skips && is_frozen(*before)));
        kept.written.wait_for(worked_on.count() as u64);
        Ok(())
    });
    let mut pipeline = pipeline(Reading::new(), &Stop::default());
    pipeline.set_on_frozen(on_frozen);
    let notes = pipeline.notes();
    pipeline.add_source(Box::new(source));
    pipeline.add_sink(Box::new(sink));
    let outcome = run(pipeline);
    assert!(outcome.is_success(), "{outcome:?}");
    let frozen = dropped(&outcome.sources[0].counts, DropReason::Frozen);
    assert_eq!(outcome.sources[0].counts.captured, FRAMES);
    let seen = seen.lock().unwrap().clone();
    (seen, frozen, notes.take())
}

/// The fourth picture after the first of them is two seconds younger.
fn is_frozen(sequence: u64) -> bool {
    (SAME_FROM + 4..SAME_TO).contains(&sequence)
}

/// All numbers are small, and small numbers are dark; that is told after a second.
fn health_of(sequence: u64) -> Health {
    match sequence {
        0 | 1 => Health::Good,
        sequence if is_frozen(sequence) => Health::Frozen,
        _ => Health::Black,
    }
}

#[test]
fn frozen_pictures_are_told_in_their_results_and_when_it_begins_and_ends() {
    let (seen, dropped, notes) = watched(Pace::Live, OnFrozen::Infer);
    assert_eq!(seen, (0..FRAMES).map(|sequence| (sequence, health_of(sequence))).collect::<Vec<_>>());
    let expected = [
        "s0: its pictures are black, at 1.000 s",
        "s0: its pictures are no longer black: from 1.000 s to 4.000 s",
        "s0: its pictures are frozen, at 4.000 s",
        "s0: its pictures are no longer frozen: from 4.000 s to 7.000 s",
        "s0: its pictures are black, at 7.000 s",
    ];
    assert_eq!((dropped, notes), (0, expected.map(String::from).to_vec()));
}

#[test]
fn frozen_pictures_are_dropped_where_that_is_asked_for() {
    let (seen, dropped, notes) = watched(Pace::Live, OnFrozen::Skip);
    let kept =
        (0..FRAMES).filter(|sequence| !is_frozen(*sequence)).map(|sequence| (sequence, health_of(sequence)));
    assert_eq!(seen, kept.collect::<Vec<_>>());
    assert_eq!((dropped, notes.len()), (6, 5));
}

#[test]
fn where_every_frame_counts_nobody_looks() {
    let (seen, dropped, notes) = watched(Pace::Max, OnFrozen::Skip);
    assert!(seen.into_iter().eq((0..FRAMES).map(|sequence| (sequence, Health::Good))));
    assert_eq!((dropped, notes.len()), (0, 0));
}

#[test]
fn time_away_is_not_time_frozen() {
    let source = Numbered::new(0, FRAMES, Pace::Live).every(INTERVAL_NS).same(0..FRAMES).away_before(3);
    let (seen, ..) = watch(source, Pace::Live, OnFrozen::Infer);
    let first = seen.into_iter().find(|(_, health)| *health == Health::Frozen);
    assert_eq!(first, Some((7, Health::Frozen)), "two seconds after it was back");
}
