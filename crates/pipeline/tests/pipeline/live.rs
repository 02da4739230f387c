//! Live runs: the newest wins, whoever is slow is counted and delays nobody.

use std::sync::Arc;

use ocelli_capture::Pace;
use ocelli_frame::DropReason;
use ocelli_pipeline::{Demand, Stop};

use crate::parts::{Keeping, Numbered, Reading, pipeline};
use crate::watch::{all_emitted, dropped, run};

#[test]
fn behind_a_slow_predictor_the_newest_frame_wins() {
    const FRAMES: u64 = 200;
    let (sink, kept) = Keeping::new("sink", Demand::Every);
    // The predictor works on each frame for as long as the source takes for five; the source keeps near the sink.
    let written = kept.written.clone();
    let source = Numbered::new(0, FRAMES, Pace::Live).before(move |sequence| {
        written.wait_for(sequence / 5);
        Ok(())
    });
    let asked = source.asked.clone();
    let mut taken = 0;
    let predictor = Reading::new().before(move |_| {
        taken += 1;
        asked.wait_for((taken * 5 + 1).min(FRAMES + 1));
        Ok(())
    });
    let mut pipeline = pipeline(predictor, &Stop::default());
    pipeline.add_source(Box::new(source));
    pipeline.add_sink(Box::new(sink.with_pixels()));
    let outcome = run(pipeline);
    assert!(outcome.is_success(), "{outcome:?}");
    let counts = outcome.sources[0].counts;
    let superseded = dropped(&counts, DropReason::Superseded);
    assert_eq!((counts.captured, counts.emitted + superseded), (FRAMES, FRAMES));
    assert!((FRAMES / 5..=FRAMES / 5 + 1).contains(&counts.emitted), "{counts:?}");

    let results = kept.results();
    assert!(results.windows(2).all(|pair| pair[0].sequence < pair[1].sequence));
    assert_eq!(results.last().unwrap().sequence, FRAMES - 1, "the last frame is nobody's to replace");
    // Each line says what was lost since the one before; together they say all of it.
    let told: u64 =
        results.iter().map(|result| dropped(&result.lost_since_previous, DropReason::Superseded)).sum();
    assert_eq!(told, superseded);
}

#[test]
fn a_sink_that_wants_the_newest_gets_it_and_the_rest_is_counted() {
    const FRAMES: u64 = 200;
    let (every, kept_every) = Keeping::new("every", Demand::Every);
    let (newest, kept_newest) = Keeping::new("newest", Demand::Newest);
    // It writes each result for as long as the other one writes eight; the source keeps near it.
    let (written, written_by_other) = (kept_newest.written.clone(), kept_every.written.clone());
    let source = Numbered::new(0, FRAMES, Pace::Max).before(move |sequence| {
        written.wait_for(sequence / 10);
        Ok(())
    });
    let written = kept_newest.written.clone();
    let newest = newest.before(move |_| {
        written_by_other.wait_for(((written.value() + 1) * 8).min(FRAMES));
        Ok(())
    });
    let mut pipeline = pipeline(Reading::new(), &Stop::default());
    pipeline.add_source(Box::new(source));
    pipeline.add_sink(Box::new(every));
    pipeline.add_sink(Box::new(newest.with_pixels()));
    let outcome = run(pipeline);
    assert!(outcome.is_success(), "{outcome:?}");
    assert!(kept_every.sequences().into_iter().eq(0..FRAMES), "the slow one delays nobody");
    assert_eq!(outcome.sinks[0].counts, all_emitted(FRAMES));
    let counts = outcome.sinks[1].counts;
    assert_eq!(counts.captured, FRAMES);
    assert_eq!(counts.emitted + dropped(&counts, DropReason::Superseded), FRAMES);
    assert!((FRAMES / 10..=FRAMES / 8 + 2).contains(&counts.emitted), "{counts:?}");
    let sequences = kept_newest.sequences();
    assert!(sequences.is_sorted() && sequences.last() == Some(&(FRAMES - 1)), "{sequences:?}");
}

/// Live, a sink that wants every result has a short queue, and nobody waits for it.
#[test]
fn a_slow_sink_loses_live_results_and_holds_nobody_back() {
    const FRAMES: u64 = 50;
    let (slow, kept_slow) = Keeping::new("slow", Demand::Every);
    let (quick, kept_quick) = Keeping::new("quick", Demand::Every);
    // The source goes at the quick sink's rate; the slow one writes its first result until the source has ended.
    let written = kept_quick.written.clone();
    let source = Numbered::new(0, FRAMES, Pace::Live).before(move |sequence| {
        written.wait_for(sequence);
        Ok(())
    });
    let asked = source.asked.clone();
    let slow = slow.before(move |_| {
        asked.wait_for(FRAMES + 1);
        Ok(())
    });
    let mut pipeline = pipeline(Reading::new(), &Stop::default());
    pipeline.add_source(Box::new(source));
    pipeline.add_sink(Box::new(slow));
    pipeline.add_sink(Box::new(quick));
    let outcome = run(pipeline);
    assert!(outcome.is_success(), "{outcome:?}");
    assert_eq!(
        (outcome.sources[0].counts, outcome.sinks[1].counts),
        (all_emitted(FRAMES), all_emitted(FRAMES))
    );
    assert!(kept_quick.sequences().into_iter().eq(0..FRAMES));
    let counts = outcome.sinks[0].counts;
    assert_eq!((counts.captured, counts.emitted + dropped(&counts, DropReason::Sink)), (FRAMES, FRAMES));
    // It had room for four beside the one that it was writing; how long it took to begin is its own affair.
    assert!((4..=10).contains(&counts.emitted), "{counts:?}");
    assert!(kept_slow.sequences().is_sorted());
}

/// Results are used again and again; a sink that takes its time must not see one change under its eyes.
#[test]
fn a_result_stays_as_it_is_while_a_sink_reads_it() {
    const FRAMES: u64 = 100;
    let source = Numbered::new(0, FRAMES, Pace::Live);
    let asked = source.asked.clone();
    let (reader, kept) = Keeping::new("reader", Demand::Newest);
    let reader = reader.before(move |result| {
        let before = (result.sequence, Arc::new(result.predictions.clone()));
        asked.wait_for((result.sequence + 20).min(FRAMES + 1));
        assert_eq!((result.sequence, &result.predictions), (before.0, &*before.1));
        Ok(())
    });
    let mut pipeline = pipeline(Reading::new(), &Stop::default());
    pipeline.add_source(Box::new(source));
    pipeline.add_sink(Box::new(reader));
    let outcome = run(pipeline);
    assert!(outcome.is_success(), "{outcome:?}");
    assert!(!kept.results().is_empty());
}
