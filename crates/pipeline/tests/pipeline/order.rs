//! Runs in which every frame counts: order, fairness, and predictors that answer as they like.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use ocelli_capture::Pace;
use ocelli_frame::Detection;
use ocelli_pipeline::{Demand, Pipeline, Stop};
use ocelli_predict::Fake;
use ocelli_testkit::ManualClock;

use crate::parts::{Keeping, Numbered, Reading, pipeline};
use crate::watch::{Count, all_emitted, run};

#[test]
fn at_pace_max_a_slow_sink_gets_every_frame_in_order() {
    let source = Numbered::new(0, 300, Pace::Max);
    let asked = source.asked.clone();
    let (slow, kept) = Keeping::new("slow", Demand::Every);
    // It begins only when the source has run ahead as far as the hand-overs let it, and stays behind.
    let slow = slow.with_pixels().before(move |result| {
        asked.wait_for((result.sequence + 5).min(301));
        Ok(())
    });
    let mut pipeline = pipeline(Reading::new(), &Stop::default());
    pipeline.add_source(Box::new(source));
    pipeline.add_sink(Box::new(slow));
    let outcome = run(pipeline);
    assert!(outcome.is_success() && !outcome.stopped, "{outcome:?}");
    assert!(kept.sequences().into_iter().eq(0..300));
    assert_eq!((outcome.sources[0].counts, outcome.sinks[0].counts), (all_emitted(300), all_emitted(300)));
    assert_eq!((outcome.metrics.results(), kept.finished.value()), (300, 1));
}

#[test]
fn a_predictor_with_several_jobs_may_answer_in_any_order() {
    const CAPACITY: usize = 4;
    let (sink, kept) = Keeping::new("sink", Demand::Every);
    let mut pipeline = pipeline(Reading::new().newest_of(CAPACITY), &Stop::default());
    for index in 0..2 {
        pipeline.add_source(Box::new(Numbered::new(index, 60, Pace::Max).held_by(CAPACITY, 1)));
    }
    pipeline.add_sink(Box::new(sink.with_pixels()));
    let outcome = run(pipeline);
    assert!(outcome.is_success(), "{outcome:?}");
    let of_source = |index: u16| {
        let results = kept.results().into_iter().filter(move |result| result.source.0 == index);
        results.map(|result| result.sequence).collect::<Vec<_>>()
    };
    let mut sequences = [of_source(0), of_source(1)];
    let in_order = sequences.iter().all(|sequences| sequences.is_sorted());
    assert!(!in_order, "the predictor was to turn the order around: {sequences:?}");
    for (sequences, source) in sequences.iter_mut().zip(&outcome.sources) {
        sequences.sort_unstable();
        assert!(sequences.iter().copied().eq(0..60));
        assert_eq!(source.counts, all_emitted(60));
    }
}

#[test]
fn sources_take_turns_at_the_predictor() {
    const FRAMES: u64 = 40;
    const SOURCES: usize = 3;
    let sources: Vec<_> = (0..SOURCES as u16).map(|index| Numbered::new(index, FRAMES, Pace::Max)).collect();
    let asked: Vec<Count> = sources.iter().map(|source| source.asked.clone()).collect();
    let mut taken = [0; SOURCES];
    // Each answer waits until every source has a next frame at its door: it has been asked for the one behind it.
    let predictor = Reading::new().before(move |frame| {
        taken[usize::from(frame.info().source.0)] += 1;
        for (asked, taken) in asked.iter().zip(taken) {
            asked.wait_for((taken + 2).min(FRAMES + 1));
        }
        Ok(())
    });
    let (sink, kept) = Keeping::new("sink", Demand::Every);
    let mut pipeline = pipeline(predictor, &Stop::default());
    sources.into_iter().for_each(|source| pipeline.add_source(Box::new(source)));
    pipeline.add_sink(Box::new(sink));
    let outcome = run(pipeline);
    let turns: Vec<_> = kept.results().iter().map(|result| usize::from(result.source.0)).collect();
    let first = turns[0];
    assert!(
        (0..SOURCES * FRAMES as usize).map(|n| (first + n) % SOURCES).eq(turns.iter().copied()),
        "{turns:?}"
    );
    assert!(outcome.sources.iter().all(|source| source.counts == all_emitted(FRAMES)), "{outcome:?}");
    assert_eq!(outcome.sinks[0].counts, all_emitted(FRAMES * SOURCES as u64));
}

/// Ages and stages are differences on the run's clock, which moves here only while the predictor works.
#[test]
fn ages_are_measured_on_the_run_s_clock() {
    let clock = Arc::new(ManualClock::default());
    let found = Detection { class_id: 0, confidence: 1.0, box_in_source: Default::default() };
    let predictor = Fake::new(Arc::clone(&clock) as _, Duration::from_millis(5), vec![found]);
    let (sink, _) = Keeping::new("sink", Demand::Every);
    let sink = sink.before(|result| {
        assert_eq!(result.stages.inference_ns, 5_000_000);
        assert!(result.predictions.detections.is_empty(), "an empty box is left out");
        // Frames here are captured at 0, so a result's age is all the time that has passed.
        assert_eq!(result.age_ns, (result.sequence + 1) * 5_000_000);
        Ok(())
    });
    let mut pipeline = Pipeline::new(clock, Box::new(predictor), 1, Stop::default());
    pipeline.add_source(Box::new(Numbered::new(0, 100, Pace::Max)));
    pipeline.add_sink(Box::new(sink));
    let outcome = run(pipeline);
    assert!(outcome.is_success(), "{outcome:?}");
    assert_eq!(outcome.wall_ns, 500_000_000);
    assert!((outcome.metrics.fps() - 200.0).abs() < 1e-6, "{}", outcome.metrics.fps());
}

/// Invariant 9, during the run: whoever looks, whenever, finds balanced accounts.
#[test]
fn every_snapshot_of_every_account_balances() {
    let mut pipeline = pipeline(Reading::new(), &Stop::default());
    for (index, pace) in [Pace::Max, Pace::Live, Pace::Live].into_iter().enumerate() {
        pipeline.add_source(Box::new(Numbered::new(index as u16, 20_000, pace)));
    }
    pipeline.add_sink(Box::new(Keeping::new("every", Demand::Every).0));
    pipeline.add_sink(Box::new(Keeping::new("newest", Demand::Newest).0));
    let progress = pipeline.progress();
    let done = AtomicBool::new(false);
    let outcome = std::thread::scope(|scope| {
        let hammer = scope.spawn(|| {
            let mut looks = 0u64;
            while !done.load(Ordering::Relaxed) {
                for account in &progress.accounts {
                    let counts = account.snapshot();
                    assert!(counts.is_balanced(), "{counts:?}");
                    assert!(counts.in_flight <= 4, "{counts:?}");
                }
                looks += 1;
                let metrics = progress.metrics.lock();
                assert_eq!(metrics.results(), metrics.age().len());
            }
            looks
        });
        let outcome = run(pipeline);
        done.store(true, Ordering::Relaxed);
        assert!(hammer.join().unwrap() > 0);
        outcome
    });
    assert!(outcome.is_success(), "{outcome:?}");
    assert!(outcome.sources.iter().all(|source| source.counts.captured == 20_000));
}
