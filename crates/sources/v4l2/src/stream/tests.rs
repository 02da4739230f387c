//! The stream over a driver with a script: who has which buffer, and when.

use ocelli_frame::{ClockKind, HostMemory, PixelFormat, Size, Timestamp};

use super::*;
use crate::picture::tests::granted;
use crate::returns::Returning;
use crate::script::Script;
use crate::sys::FourCc;

mod jpegs;

const SIZE: Size = Size { width: 8, height: 1 };
const INTERVAL_NS: u64 = 1_000;

/// A stream of so many buffers, all of them the driver's, which go back on the stream's own thread.
fn stream(buffers: usize) -> (Stream<Script>, Script) {
    stream_with(buffers, |_| Returns::new(None))
}

/// The same, where readers queue.
fn stream_with_way_back(buffers: usize) -> (Stream<Script>, Script) {
    stream_with(buffers, Script::way_back)
}

fn stream_with(buffers: usize, returns: impl Fn(&Script) -> Arc<Returns>) -> (Stream<Script>, Script) {
    let script = Script::default();
    let returns = returns(&script);
    let layout = PictureLayout::of(&granted(FourCc::GREY, SIZE, 8, 8)).unwrap();
    let memory = Returning::new(HostMemory::new(buffers, 8).unwrap(), Arc::clone(&returns));
    let pool = Pool::new(Box::new(memory), 0);
    let spare = Spare::new(2, 8, 0).unwrap();
    let parts = StreamParts { queue: script.clone(), layout, pool, spare, returns, interval_ns: INTERVAL_NS };
    let mut stream = Stream::new(parts);
    stream.queue_all().unwrap();
    (stream, script)
}

fn info(monotonic_ns: Option<u64>) -> FrameInfo {
    let at = Timestamp { ns: monotonic_ns.unwrap_or(0), clock: ClockKind::Monotonic };
    FrameInfo::packed(PixelFormat::Grey, SIZE, at)
}

/// Asks for the next frame at this time.
fn next_at(stream: &mut Stream<Script>, now_ns: u64) -> Option<Frame> {
    stream.next(Duration::ZERO, || now_ns, info).unwrap()
}

fn next(stream: &mut Stream<Script>) -> Option<Frame> {
    next_at(stream, 0)
}

#[test]
fn a_buffer_goes_back_only_when_its_last_reader_has_let_go() {
    let (mut stream, script) = stream(3);
    assert_eq!(script.queued(), [0, 1, 2]);
    script.fill();
    let held = next(&mut stream).unwrap();
    let clone = held.clone();
    drop(held);
    for _ in 0..100 {
        script.fill();
        let passing = next(&mut stream).unwrap();
        assert_ne!(passing.slot(), clone.slot());
        assert!(!script.queued().contains(&0), "it is still read");
    }
    drop(clone);
    assert!(!script.queued().contains(&0), "it goes back on the stream's own thread");
    assert!(next(&mut stream).is_none());
    assert!(script.queued().contains(&0));
}

#[test]
fn the_last_reader_queues_its_buffer_itself_and_at_once() {
    let (mut stream, script) = stream_with_way_back(3);
    script.fill();
    let held = next(&mut stream).unwrap();
    let clone = held.clone();
    drop(held);
    assert!(!script.queued().contains(&0), "it is still read");
    std::thread::spawn(move || drop(clone)).join().unwrap();
    assert_eq!(script.queued(), [1, 2, 0]);
    assert!(next(&mut stream).is_none());
    assert_eq!(script.queued(), [1, 2, 0], "once is enough");
}

#[test]
fn what_a_reader_cannot_queue_is_left_to_the_stream() {
    let (mut stream, script) = stream_with_way_back(3);
    script.fill();
    let held = next(&mut stream).unwrap();
    script.driver().refuses_to_queue = Some(Errno::INVAL);
    drop(held);
    assert_eq!(script.queued(), [1, 2]);
    script.driver().refuses_to_queue = None;
    assert!(next(&mut stream).is_none());
    assert_eq!(script.queued(), [1, 2, 0]);
}

#[test]
fn a_lease_that_outlives_its_stream_queues_nothing() {
    let (mut stream, script) = stream_with_way_back(3);
    script.fill();
    let held = next(&mut stream).unwrap();
    drop(stream);
    drop(held);
    assert_eq!(script.queued(), [1, 2], "buffer 0 may be another one's by now");
}

#[test]
fn readers_on_other_threads_and_the_stream_never_queue_a_buffer_twice() {
    let (mut stream, script) = stream_with_way_back(4);
    std::thread::scope(|scope| {
        let (to_reader, frames) = std::sync::mpsc::sync_channel::<Frame>(1);
        let reader =
            scope.spawn(move || frames.into_iter().map(|frame| frame.plane(0).row(0).len()).sum::<usize>());
        let mut sent = 0;
        while sent < 10_000 {
            script.fill();
            if let Some(frame) = next(&mut stream) {
                to_reader.send(frame).unwrap();
                sent += 1;
            }
        }
        drop(to_reader);
        assert_eq!(reader.join().unwrap(), 80_000);
    });
    assert!(next(&mut stream).is_none_or(|frame| frame.slot() < 4));
    let mut queued = script.queued();
    queued.sort_unstable();
    queued.dedup();
    assert_eq!(queued.len(), script.queued().len());
}

#[test]
fn buffers_go_back_in_whatever_order_they_are_let_go() {
    let (mut stream, script) = stream(4);
    let frames: Vec<_> = (0..3)
        .map(|_| {
            script.fill();
            next(&mut stream).unwrap()
        })
        .collect();
    let [first, second, third] = <[Frame; 3]>::try_from(frames).unwrap();
    drop(second);
    next(&mut stream);
    assert_eq!(script.queued(), [3, 1]);
    drop((third, first));
    next(&mut stream);
    assert_eq!(script.queued(), [3, 1, 0, 2]);
}

#[test]
fn where_readers_hold_too_much_a_picture_is_copied_and_the_driver_keeps_a_buffer() {
    let (mut stream, script) = stream(2);
    let mut held = Vec::new();
    for _ in 0..3 {
        script.fill();
        held.push(next(&mut stream).unwrap());
    }
    assert_eq!((stream.take_copied(), stream.take_copied()), (2, 0));
    assert_eq!(held.iter().map(|frame| frame.info().sequence).collect::<Vec<_>>(), [0, 1, 2]);
    assert_eq!(script.queued(), [1], "what was copied went back at once");
}

#[test]
fn a_late_caller_gets_the_newest_and_the_rest_count_as_superseded() {
    let (mut stream, script) = stream(4);
    script.fill();
    drop(next_at(&mut stream, 0));
    (0..3).for_each(|_| script.fill());
    let newest = next_at(&mut stream, INTERVAL_NS + 1).unwrap();
    assert_eq!(newest.info().sequence, 3);
    assert_eq!(stream.take_lost(), Lost { superseded: 2, ..Lost::default() });
    assert_eq!(stream.take_lost(), Lost::default());
}

#[test]
fn a_punctual_caller_gets_them_one_by_one() {
    let (mut stream, script) = stream(4);
    script.fill();
    drop(next_at(&mut stream, 0));
    (0..2).for_each(|_| script.fill());
    let numbers = [next_at(&mut stream, INTERVAL_NS), next_at(&mut stream, INTERVAL_NS)]
        .map(|frame| frame.unwrap().info().sequence);
    assert_eq!((numbers, stream.take_lost()), ([1, 2], Lost::default()));
}

#[test]
fn what_the_driver_lost_and_what_is_damaged_is_counted() {
    let (mut stream, script) = stream(4);
    script.fill();
    drop(next(&mut stream));
    script.driver().sequence += 2;
    script.fill_as(|said| said.is_corrupt = true);
    assert!(next(&mut stream).is_none());
    script.fill_as(|said| said.bytes_used[0] = 7);
    assert!(next(&mut stream).is_none(), "cut short");
    assert_eq!(script.queued().len(), 4, "damaged ones go back at once");
    script.fill();
    assert_eq!(next(&mut stream).unwrap().info().sequence, 5);
    assert_eq!(stream.take_lost(), Lost { superseded: 0, driver: 2, corrupt: 2 });
}

#[test]
fn the_drivers_time_and_number_are_on_the_frame() {
    let (mut stream, script) = stream(2);
    script.driver().sequence = u32::MAX;
    script.fill();
    let first = next(&mut stream).unwrap();
    assert_eq!((first.info().sequence, first.info().captured.ns), (0, u64::from(u32::MAX)));
    drop(first);
    script.fill();
    assert_eq!(next(&mut stream).unwrap().info().sequence, 1, "the wrap is no gap");
}

#[test]
fn a_buffer_that_the_driver_refuses_once_is_offered_again() {
    let (mut stream, script) = stream(3);
    script.fill();
    drop(next(&mut stream));
    script.driver().refuses_to_queue = Some(Errno::INVAL);
    assert!(next(&mut stream).is_none());
    assert_eq!(script.queued().len(), 2);
    script.driver().refuses_to_queue = None;
    assert!(next(&mut stream).is_none());
    assert_eq!(script.queued().len(), 3);
}

#[test]
fn a_device_that_goes_or_lies_is_an_error_and_leases_stay_readable() {
    let (mut stream, script) = stream(3);
    script.fill();
    let held = next(&mut stream).unwrap();
    script.fill_as(|said| said.index = 0);
    let lie = stream.next(Duration::ZERO, || 0, info).unwrap_err();
    assert_eq!(lie, StreamError::NotQueued(0));
    script.driver().fails = Some(Errno::NODEV);
    let gone = stream.next(Duration::ZERO, || 0, info).unwrap_err();
    assert_eq!(gone, StreamError::Failed("DQBUF", Errno::NODEV));
    drop(stream);
    assert_eq!(held.plane(0).row(0).len(), 8);
}
