//! The scene as a source: the same on every run, numbered in its pixels, true to its truth, paced, and free of
//! allocations once it runs.

use std::sync::Arc;
use std::time::Duration;

use ocelli_capture::synthetic::{Scene, SceneOptions, open};
use ocelli_capture::{Next, OpenOptions, Pace, Source};
use ocelli_frame::{Clock, ClockKind, Frame, Size, SourceIndex};
use ocelli_testkit::{CountingAllocator, ManualClock};

const TIMEOUT: Duration = Duration::from_millis(20);

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

fn options(pace: Pace) -> (OpenOptions, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::default());
    let shared = Arc::clone(&clock) as Arc<dyn Clock>;
    (OpenOptions { source: SourceIndex(2), readers: 2, clock: shared, pace, looped: false, fps: None }, clock)
}

fn small(frames: Option<u64>) -> SceneOptions {
    SceneOptions { size: Size { width: 161, height: 121 }, frames, ..SceneOptions::default() }
}

fn frame(source: &mut dyn Source) -> Frame {
    match source.next(TIMEOUT).unwrap() {
        Next::Frame(frame) => frame,
        other => panic!("{other:?}"),
    }
}

fn pixels(frame: &Frame) -> Vec<u8> {
    (0..3).flat_map(|plane| frame.plane(plane).bytes.to_vec()).collect()
}

#[test]
fn a_scene_is_a_function_of_seed_and_number() {
    let (options, _) = options(Pace::Max);
    let mut first = open(small(Some(20)), &options).unwrap();
    let mut again = open(small(Some(20)), &options).unwrap();
    let other = SceneOptions { seed: 2, ..small(Some(20)) };
    let mut other = open(other, &options).unwrap();
    let mut before = Vec::new();
    for sequence in 0..20 {
        let (a, b, c) = (frame(&mut *first), frame(&mut *again), frame(&mut *other));
        assert_eq!((a.info().sequence, a.info().source), (sequence, SourceIndex(2)));
        assert_eq!(Scene::read_sequence(&a), Some(sequence));
        assert_eq!(pixels(&a), pixels(&b));
        assert_ne!(pixels(&a), pixels(&c));
        assert_ne!(pixels(&a), before);
        before = pixels(&a);
    }
    assert!(matches!(first.next(TIMEOUT).unwrap(), Next::Ended));
    assert!(matches!(first.next(TIMEOUT).unwrap(), Next::Ended));
    // Frame 19 can be had without those before it.
    let scene = Scene::new(small(None)).unwrap();
    let mut alone = vec![0; scene.frame_bytes()];
    scene.render(19, &mut alone);
    assert_eq!(alone, before);
}

/// A frame with and without one object differs where the truth says that the object is, and nowhere else.
#[test]
fn the_truth_is_where_the_pixels_change() {
    let size = Size { width: 320, height: 240 };
    let scene = |objects| Scene::new(SceneOptions { size, objects, ..SceneOptions::default() }).unwrap();
    for objects in 1..7u32 {
        let (without, with) = (scene(objects - 1), scene(objects));
        let (mut a, mut b) = (vec![0; with.frame_bytes()], vec![0; with.frame_bytes()]);
        for sequence in [0, 17, 300, 4001, 1 << 40] {
            without.render(sequence, &mut a);
            with.render(sequence, &mut b);
            let (mut x1, mut y1, mut x2, mut y2) = (f32::MAX, f32::MAX, 0f32, 0f32);
            for row in 0..240 {
                for column in 0..320 {
                    let chroma = 320 * 240 + row / 2 * 160 + column / 2;
                    let places = [row * 320 + column, chroma, chroma + 160 * 120];
                    // More than half an edge pixel's worth.
                    if places.iter().map(|&at| u32::from(a[at].abs_diff(b[at]))).sum::<u32>() > 32 {
                        (x1, y1) = (x1.min(column as f32), y1.min(row as f32));
                        (x2, y2) = (x2.max(column as f32 + 1.0), y2.max(row as f32 + 1.0));
                    }
                }
            }
            let truth = with.truth(sequence);
            // The last object lies in front of all others, so it is always there, and whole but for the edges.
            let last = truth.last().unwrap();
            assert_eq!(last.class_id, (objects - 1) % 3);
            let found = last.box_in_source;
            let apart = [found.x1 - x1, found.y1 - y1, found.x2 - x2, found.y2 - y2];
            assert!(
                apart.iter().all(|apart| apart.abs() <= 3.0),
                "{objects}/{sequence}: {found:?} {apart:?}"
            );
        }
    }
}

#[test]
fn what_is_behind_something_is_seen_in_part() {
    let scene = Scene::new(SceneOptions { objects: 24, ..SceneOptions::default() }).unwrap();
    let (mut partly, mut wholly) = (0, 0);
    for sequence in (0..3000).step_by(100) {
        let truth = scene.truth(sequence);
        assert!(truth.len() <= 24);
        for object in truth {
            let area = object.box_in_source.area();
            assert!(object.visible > 0.0 && object.visible <= 1.0 && area > 0.0);
            assert_eq!(object.box_in_source, object.box_in_source.clipped(scene.options().size));
            if object.visible < 0.8 { partly += 1 } else { wholly += 1 }
        }
    }
    assert!(partly > 50 && wholly > 100, "{partly} {wholly}");
}

#[test]
fn live_is_paced_by_the_clock_and_max_is_not() {
    let (mut options, clock) = options(Pace::Live);
    clock.advance_ns(77);
    let mut source = open(small(None), &options).unwrap();
    for sequence in 0..4u64 {
        let frame = loop {
            if let Next::Frame(frame) = source.next(TIMEOUT).unwrap() {
                break frame;
            }
        };
        let due_ns = sequence * 1_000_000_000 / 30;
        assert_eq!(frame.info().media_time_ns, Some(due_ns));
        assert_eq!((frame.info().captured.ns, frame.info().captured.clock), (77 + due_ns, ClockKind::Stream));
        assert_eq!(clock.now_ns(), 77 + due_ns);
    }
    options.pace = Pace::Max;
    options.fps = Some(10.0);
    let mut source = open(small(None), &options).unwrap();
    assert_eq!(source.info().fps, Some(10.0));
    let now = clock.now_ns();
    drop(frame(&mut *source));
    let second = frame(&mut *source);
    assert_eq!((second.info().captured.ns, second.info().captured.clock), (now, ClockKind::Read));
    assert_eq!(second.info().media_time_ns, Some(100_000_000));
}

#[test]
fn looped_goes_on_and_starved_times_out() {
    let (mut options, _) = options(Pace::Max);
    options.looped = true;
    let mut source = open(small(Some(2)), &options).unwrap();
    assert_eq!(source.info().frames, None);
    let mut held: Vec<_> = (0..3).map(|_| frame(&mut *source)).collect();
    assert!(matches!(source.next(Duration::from_millis(1)).unwrap(), Next::TimedOut));
    held.remove(1);
    assert_eq!(frame(&mut *source).info().sequence, 3);
    assert_eq!(Scene::read_sequence(&held[1]), Some(2));
}

#[test]
fn a_frame_allocates_nothing() {
    let (options, _) = options(Pace::Max);
    let mut source = open(small(None), &options).unwrap();
    drop(frame(&mut *source));
    let before = CountingAllocator::on_this_thread();
    for _ in 0..50 {
        drop(frame(&mut *source));
    }
    assert_eq!(CountingAllocator::on_this_thread() - before, 0);
}
