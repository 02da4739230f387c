//! The source over a camera with a script: what is unplugged, broken and mended, and what the run is told of it.

use ocelli_frame::{Away, AwayReason, Frame};
use ocelli_testkit::ManualClock;

use super::*;
use crate::camera::fake::{Fake, INTERVAL_NS};
use crate::sys::Errno;

const SECOND: u64 = 1_000_000_000;

/// A source at work, the camera behind it, and the time.
struct Bench {
    source: CameraSource<Fake>,
    fake: Fake,
    clock: Arc<ManualClock>,
}

impl Bench {
    fn with(patience: Patience) -> Self {
        let (fake, clock) = (Fake::new(), Arc::new(ManualClock::default()));
        clock.advance_ns(SECOND);
        let place = Place { name: "cam".into(), path: "/dev/video0".into(), patience };
        let source = CameraSource::open(fake.clone(), place, Arc::clone(&clock) as _).unwrap();
        Self { source, fake, clock }
    }

    fn new() -> Self {
        Self::with(Patience::default())
    }

    /// Asks once, a frame's time later.
    fn ask(&mut self) -> Result<Next, SourceError> {
        self.clock.advance_ns(INTERVAL_NS);
        self.source.next(Duration::from_millis(100))
    }

    /// Asks until there is a picture.
    fn frame(&mut self) -> Frame {
        for _ in 0..1000 {
            if let Next::Frame(frame) = self.ask().unwrap() {
                return frame;
            }
        }
        panic!("no picture");
    }

    /// Asks for so long without getting a picture.
    fn nothing_for(&mut self, ns: u64) {
        let until_ns = self.clock.now_ns() + ns;
        while self.clock.now_ns() < until_ns {
            assert!(matches!(self.ask().unwrap(), Next::TimedOut));
        }
    }

    fn away(&mut self) -> Option<Away> {
        self.source.take_figures().away
    }

    fn notes(&self) -> String {
        self.source.notes.take().join("\n")
    }
}

#[test]
fn an_unplugged_camera_is_looked_for_and_told_of() {
    let mut bench = Bench::new();
    let first = bench.frame();
    let seen_ns = bench.clock.now_ns();
    assert_eq!(bench.source.take_figures().away_since_ns, None);
    bench.fake.unplug();
    bench.nothing_for(100 * SECOND);
    assert_eq!(bench.source.take_figures().away_since_ns, Some(seen_ns));
    assert_eq!(bench.fake.held(), (0, 1), "the file is closed, the lease still mapped");
    bench.fake.plug_in();
    let plugged_in_ns = bench.clock.now_ns();
    let second = bench.frame();
    let back_ns = bench.clock.now_ns();
    assert!(back_ns - plugged_in_ns < 2 * SECOND);
    let away = Away { from_ns: seen_ns, to_ns: back_ns, reason: AwayReason::Unplugged };
    assert_eq!((bench.away(), bench.away()), (Some(away), None));
    assert_eq!(bench.source.take_figures().away_since_ns, None);
    assert_eq!((first.info().sequence, second.info().sequence), (0, 1));
    assert_eq!((first.generation(), second.generation()), (0, 1));
    let notes = bench.notes();
    assert!(notes.contains("cam: /dev/video0: the camera is gone (DQBUF: "), "{notes}");
    assert!(
        notes.contains("cam: was away for 10") && notes.contains(" s (unplugged), from 1.033 s"),
        "{notes}"
    );
    assert_eq!(notes.lines().count(), 3, "{notes}");
    let looked = bench.fake.world().opened;
    assert!((95..=110).contains(&looked), "once a second, not {looked} times");
}

#[test]
fn leases_of_before_are_unmapped_and_never_queued_again() {
    let mut bench = Bench::new();
    let first = bench.frame();
    bench.fake.fail(Errno::IO);
    let second = bench.frame();
    bench.fake.unplug();
    bench.nothing_for(SECOND);
    bench.fake.plug_in();
    let third = bench.frame();
    let generations = [&first, &second, &third].map(|frame| (frame.generation(), frame.slot()));
    assert_eq!(generations, [(0, 0), (1, 0), (2, 0)], "the same buffer of three generations");
    assert_eq!(bench.fake.held(), (1, 3), "one file, and what is still read");
    assert_eq!((first.plane(0).row(0).len(), second.plane(0).row(0).len()), (8, 8));
    drop(first);
    assert_eq!(bench.fake.held(), (1, 2));
    drop(second);
    assert_eq!(bench.fake.held(), (1, 1));
    for _ in 0..10 {
        drop(bench.frame());
        let queued = bench.fake.world().script.queued();
        assert!(!queued.contains(&0), "buffer 0 is the third's, which is still read");
    }
    drop(third);
    drop(bench.frame());
    assert!(bench.fake.world().script.queued().contains(&0));
}

#[test]
fn a_hundred_unplugs_leave_nothing_behind() {
    let mut bench = Bench::new();
    let mut away_times = 0;
    for round in 0..100u64 {
        let frame = bench.frame();
        assert_eq!(frame.info().sequence, round);
        away_times += usize::from(bench.away().is_some());
        bench.fake.unplug();
        bench.nothing_for(SECOND);
        drop(frame);
        assert_eq!(bench.fake.held(), (0, 0));
        bench.fake.plug_in();
    }
    drop(bench.frame());
    assert_eq!(away_times, 99);
    assert_eq!(bench.fake.held(), (1, 1));
    let fake = bench.fake.clone();
    drop(bench);
    assert_eq!(fake.held(), (0, 0));
}

#[test]
fn a_driver_that_gives_up_is_started_again_at_once_on_the_same_file() {
    let mut bench = Bench::new();
    drop(bench.frame());
    let seen_ns = bench.clock.now_ns();
    bench.fake.fail(Errno::IO);
    assert!(matches!(bench.ask().unwrap(), Next::TimedOut));
    let Next::Frame(frame) = bench.ask().unwrap() else { panic!("it streams again") };
    assert_eq!(bench.fake.tries(), (1, 1));
    assert_eq!(bench.fake.held(), (1, 1));
    let back_ns = bench.clock.now_ns();
    assert_eq!(bench.away(), Some(Away { from_ns: seen_ns, to_ns: back_ns, reason: AwayReason::Failed }));
    assert_eq!((frame.generation(), frame.info().sequence), (1, 1));
    let notes = bench.notes();
    assert!(notes.contains("DQBUF") && notes.contains(": it is started again\n"), "{notes}");
}

#[test]
fn what_starting_again_does_not_mend_is_closed_and_opened_and_then_given_up() {
    let mut bench = Bench::new();
    drop(bench.frame());
    let failed_ns = bench.clock.now_ns();
    bench.fake.world().refuses.extend([SourceErrorKind::Io; 1000]);
    bench.fake.fail(Errno::IO);
    let error = loop {
        match bench.ask() {
            Ok(Next::TimedOut) => {}
            Ok(other) => panic!("{other:?}"),
            Err(error) => break error,
        }
        assert!(bench.clock.now_ns() < failed_ns + 70 * SECOND, "it is not given up");
    };
    assert_eq!(error.kind(), SourceErrorKind::Io);
    assert!(bench.clock.now_ns() >= failed_ns + 60 * SECOND);
    assert!(matches!(bench.ask().unwrap(), Next::Ended));
    assert_eq!(bench.fake.held(), (0, 0));
    let away = bench.away().unwrap();
    assert_eq!((away.from_ns, away.reason), (failed_ns, AwayReason::Failed));
    assert_eq!(bench.fake.world().restarted, 1);
}

#[test]
fn a_camera_that_falls_silent_is_started_again() {
    let mut bench = Bench::new();
    drop(bench.frame());
    let seen_ns = bench.clock.now_ns();
    bench.fake.world().script.driver().is_running = false;
    bench.nothing_for(SECOND - 2 * INTERVAL_NS);
    assert_eq!(bench.fake.world().restarted, 0, "a second is nothing yet");
    bench.nothing_for(2 * INTERVAL_NS);
    assert_eq!(bench.fake.world().restarted, 1);
    drop(bench.frame());
    let away = bench.away().unwrap();
    assert_eq!((away.from_ns, away.reason), (seen_ns, AwayReason::Stalled));
    assert!(bench.notes().contains("cam: /dev/video0: no picture for 1.0 s: it is started again"));
}

#[test]
fn a_camera_that_stays_silent_is_closed_and_opened_again_and_given_up() {
    let mut bench = Bench::new();
    drop(bench.frame());
    bench.fake.world().is_silent = true;
    bench.fake.world().script.driver().is_running = false;
    let begun_ns = bench.clock.now_ns();
    let error = loop {
        if let Err(error) = bench.ask() {
            break error;
        }
        assert!(bench.clock.now_ns() < begun_ns + 80 * SECOND);
    };
    assert_eq!(error.kind(), SourceErrorKind::Stalled);
    let (opened, restarted) = bench.fake.tries();
    assert!(restarted == 1 && (10..20).contains(&opened), "{opened} {restarted}");
}

#[test]
fn what_is_silent_on_purpose_may_be() {
    let mut bench = Bench::with(Patience { quiet_max_ns: Some(0), ..Patience::default() });
    drop(bench.frame());
    bench.fake.world().script.driver().is_running = false;
    bench.nothing_for(1000 * SECOND);
    assert_eq!(bench.fake.world().restarted, 0);
}

#[test]
fn a_picture_of_another_size_is_told() {
    let mut bench = Bench::new();
    assert_eq!(bench.frame().info().size.width, 8);
    bench.fake.world().width = 16;
    bench.fake.world().script.driver().has_changed = true;
    let frame = bench.frame();
    assert_eq!((frame.info().size.width, frame.plane(0).row(0).len()), (16, 16));
    assert_eq!(bench.fake.tries(), (1, 1));
    assert_eq!(bench.fake.world().changes, 1);
    assert_eq!(bench.away().unwrap().reason, AwayReason::Changed);
    let notes = bench.notes();
    assert!(notes.contains("cam: 8x1 GREY at 30 fps\n") && notes.contains("cam: 16x1 GREY"), "{notes}");
}

#[test]
fn a_refused_start_is_tried_again() {
    let mut bench = Bench::new();
    bench.fake.world().script.driver().refuses_to_start = Some(Errno::INVAL);
    drop(bench.frame());
    assert_eq!(bench.fake.tries(), (1, 1));
}

#[test]
fn how_long_it_is_waited_for_can_be_said() {
    let mut bench = Bench::with(Patience { away_max_ns: Some(0), ..Patience::default() });
    drop(bench.frame());
    bench.fake.unplug();
    assert_eq!(bench.ask().unwrap_err().kind(), SourceErrorKind::Unplugged);
    assert!(matches!(bench.ask().unwrap(), Next::Ended));
    assert_eq!(bench.fake.world().opened, 1, "it is not looked for");

    let mut bench = Bench::with(Patience { away_max_ns: Some(5 * SECOND), ..Patience::default() });
    drop(bench.frame());
    bench.fake.unplug();
    bench.nothing_for(4 * SECOND);
    let error = (0..100).find_map(|_| bench.ask().err()).expect("it is given up");
    assert_eq!(error.kind(), SourceErrorKind::Unplugged);
}

#[test]
fn another_obstacle_is_told_and_a_camera_in_other_hands_is_waited_for() {
    let mut bench = Bench::new();
    drop(bench.frame());
    bench.fake.unplug();
    bench.nothing_for(SECOND);
    bench.fake.world().refuses.extend([SourceErrorKind::Busy; 80]);
    bench.fake.plug_in();
    bench.nothing_for(75 * SECOND);
    drop(bench.frame());
    let notes = bench.notes();
    assert_eq!(notes.matches("it is tried again").count(), 1, "{notes}");
    assert_eq!(bench.away().unwrap().reason, AwayReason::Unplugged, "as it began");
}

#[test]
fn counts_outlive_the_session_that_made_them() {
    let mut bench = Bench::new();
    drop(bench.frame());
    bench.fake.world().script.driver().sequence += 3;
    drop(bench.frame());
    bench.fake.fail(Errno::IO);
    assert!(matches!(bench.ask().unwrap(), Next::TimedOut));
    assert_eq!(bench.source.take_lost().driver, 3);
    assert_eq!(bench.frame().info().sequence, 5);
    assert_eq!(bench.source.take_lost(), Lost::default());
}
