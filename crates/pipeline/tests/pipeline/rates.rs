//! Every consumer has its own rate: the predictor, each sink, and eyes; and inference can be turned off while frames go on.

use std::sync::{Arc, Mutex, OnceLock};

use ocelli_capture::Pace;
use ocelli_frame::{Counts, DropReason, Health};
use ocelli_pipeline::{Condition, Demand, Pipeline, Stop, Switch};

use crate::parts::{Keeping, Numbered, Reading, pipeline, read_pixels};
use crate::watch::{Count, HANG, all_emitted, dropped, run};

const FRAMES: u64 = 60;
/// Thirty a second.
const INTERVAL_NS: u64 = 33_333_333;

/// A source whose next frame waits until what became of those before has been seen.
fn one_by_one(pace: Pace, results_before: impl Fn(u64) -> u64 + Send + 'static) -> (Numbered, Keeping) {
    let (sink, kept) = Keeping::new("sink", Demand::Every);
    let source = Numbered::new(0, FRAMES, pace).every(INTERVAL_NS).before(move |sequence| {
        kept.written.wait_for(results_before(sequence));
        Ok(())
    });
    (source, sink)
}

fn thinned(count: u64) -> Counts {
    let mut counts = Counts { captured: FRAMES, emitted: count, ..Counts::default() };
    let place = DropReason::ALL.iter().position(|reason| *reason == DropReason::Rate).unwrap();
    counts.dropped[place] = FRAMES - count;
    counts
}

#[test]
fn the_predictor_gets_as_many_a_second_as_were_asked_for() {
    for pace in [Pace::Live, Pace::Max] {
        let (source, sink) = one_by_one(pace, |sequence| sequence.div_ceil(3));
        let mut pipeline = pipeline(Reading::new(), &Stop::default());
        pipeline.set_infer_fps(10.0);
        pipeline.add_source(Box::new(source));
        pipeline.add_sink(Box::new(sink));
        let outcome = run(pipeline);
        assert_eq!(outcome.sources[0].counts, thinned(FRAMES / 3), "{pace:?}");
        assert_eq!(outcome.sinks[0].counts, all_emitted(FRAMES / 3));
    }
}

#[test]
fn each_sink_has_its_own_rate_for_each_source() {
    let (every, kept_every) = Keeping::new("every", Demand::Every);
    let (some, kept_some) = Keeping::new("some", Demand::Every);
    let mut pipeline = pipeline(Reading::new(), &Stop::default());
    for index in 0..2 {
        pipeline.add_source(Box::new(Numbered::new(index, FRAMES, Pace::Max).every(INTERVAL_NS)));
    }
    pipeline.add_sink(Box::new(every));
    pipeline.add_sink_at(Box::new(some), 5.0);
    let outcome = run(pipeline);
    assert_eq!(outcome.sinks[0].counts, all_emitted(2 * FRAMES));
    assert_eq!(kept_every.written.value(), 2 * FRAMES);
    let counts = outcome.sinks[1].counts;
    assert_eq!((counts.emitted, dropped(&counts, DropReason::Rate)), (20, 100));
    for source in 0..2 {
        let results = kept_some.results();
        let of_one = results.iter().filter(|result| result.source.0 == source);
        assert!(of_one.map(|result| result.sequence).eq((0..FRAMES).step_by(6)));
    }
}

/// A switch that closures made before the pipeline have as well.
#[derive(Clone, Default)]
struct LaterSwitch(Arc<OnceLock<Switch>>);

impl LaterSwitch {
    fn of(&self, pipeline: &Pipeline) {
        let switch = pipeline.switches().remove(0);
        assert!(switch.is_on());
        assert!(self.0.set(switch).is_ok());
    }

    fn get(&self) -> &Switch {
        self.0.get().unwrap()
    }
}

#[test]
fn inference_that_is_off_drops_a_live_sources_frames() {
    const OFF: std::ops::Range<u64> = 20..50;
    let switch = LaterSwitch::default();
    let (sink, kept) = Keeping::new("sink", Demand::Every);
    let (turned, sequences) = (switch.clone(), kept.clone());
    let source = Numbered::new(0, FRAMES, Pace::Live).before(move |sequence| {
        kept.written.wait_for(sequence.min(OFF.start) + sequence.saturating_sub(OFF.end));
        turned.get().set(!OFF.contains(&sequence));
        Ok(())
    });
    let mut pipeline = pipeline(Reading::new(), &Stop::default());
    pipeline.add_source(Box::new(source));
    pipeline.add_sink(Box::new(sink));
    switch.of(&pipeline);
    let outcome = run(pipeline);
    let counts = outcome.sources[0].counts;
    assert_eq!((counts.emitted, dropped(&counts, DropReason::Paused)), (30, 30), "{counts:?}");
    assert!(sequences.sequences().into_iter().eq((0..OFF.start).chain(OFF.end..FRAMES)));
}

#[test]
fn where_every_frame_counts_inference_that_is_off_holds_the_source() {
    const OFF_AT: u64 = 20;
    let switch = LaterSwitch::default();
    let (sink, kept) = Keeping::new("sink", Demand::Every);
    let turned = switch.clone();
    let source = Numbered::new(0, FRAMES, Pace::Max).before(move |sequence| {
        assert!(turned.get().is_on(), "frame {sequence} was asked for while inference was off");
        turned.get().set(sequence != OFF_AT);
        Ok(())
    });
    let mut pipeline = pipeline(Reading::new(), &Stop::default());
    pipeline.add_source(Box::new(source));
    pipeline.add_sink(Box::new(sink));
    switch.of(&pipeline);
    let presser = std::thread::spawn(move || {
        kept.written.wait_for(OFF_AT + 1);
        switch.get().set(true);
    });
    let outcome = run(pipeline);
    presser.join().unwrap();
    assert_eq!(outcome.sources[0].counts, all_emitted(FRAMES));
}

/// The predictor has frame 0 in its hands until eyes have seen all sixty, from a pool of exactly so many slots as are
/// held.
#[test]
fn eyes_see_every_frame_they_have_time_for_while_the_predictor_is_busy() {
    let (looked, taken) = (Count::default(), Count::default());
    let (before_frame, before_answer, has_taken) = (looked.clone(), looked.clone(), taken.clone());
    let source = Numbered::new(0, FRAMES, Pace::Live).watched().before(move |sequence| {
        before_frame.wait_for(sequence);
        has_taken.wait_for(sequence.min(1));
        Ok(())
    });
    let predictor = Reading::new().before(move |_| {
        taken.up();
        before_answer.wait_for(FRAMES);
        Ok(())
    });
    let (sink, _) = Keeping::new("sink", Demand::Every);
    let mut pipeline = pipeline(predictor, &Stop::default());
    pipeline.add_source(Box::new(source));
    pipeline.add_sink(Box::new(sink.with_pixels()));
    let tap = pipeline.taps().remove(0);
    let watching = tap.watch();
    let eyes = std::thread::spawn(move || {
        let bell = tap.bell();
        let mut last = None;
        while last != Some(FRAMES - 1) {
            let rings_seen = bell.rings();
            match tap.picture(last) {
                Some(frame) => {
                    let (_, sequence) = read_pixels(&frame);
                    assert_eq!(sequence, last.map_or(0, |last| last + 1));
                    last = Some(sequence);
                    looked.up();
                }
                None => bell.wait(rings_seen, HANG),
            }
        }
        drop(watching);
    });
    let outcome = run(pipeline);
    eyes.join().unwrap();
    let counts = outcome.sources[0].counts;
    assert_eq!((counts.captured, counts.emitted), (FRAMES, 2), "{counts:?}");
    assert_eq!(dropped(&counts, DropReason::Superseded), FRAMES - 2);
}

#[test]
fn a_sources_condition_can_be_seen() {
    let (sink, kept) = Keeping::new("sink", Demand::Every);
    let source = Numbered::new(0, FRAMES, Pace::Live).every(500_000_000).before(move |sequence| {
        kept.written.wait_for(sequence);
        Ok(())
    });
    let seen: Arc<Mutex<Vec<Condition>>> = Arc::default();
    let mut pipeline = pipeline(Reading::new(), &Stop::default());
    pipeline.add_source(Box::new(source));
    let progress = pipeline.progress();
    let (looked, look) = (Arc::clone(&seen), progress.clone());
    pipeline.add_sink(Box::new(sink.before(move |_| {
        looked.lock().unwrap().extend(look.conditions());
        Ok(())
    })));
    run(pipeline);
    let seen = seen.lock().unwrap();
    assert_eq!(seen[0], Condition::default());
    assert!(seen[..FRAMES as usize - 1].iter().all(|condition| !condition.has_ended));
    // Small numbers are dark, which is told after a second.
    assert_eq!(seen[10].health, Health::Black);
    assert!(progress.conditions().all(|condition| condition.has_ended));
}
