//! Memory of ours under a stream, and a driver that writes to it by its address as the real ones do.

use std::time::Duration;

use ocelli_frame::{ClockKind, Frame, FrameInfo, PixelFormat, Pool, Size, Timestamp};

use super::*;
use crate::picture::PictureLayout;
use crate::picture::tests::granted;
use crate::queue::{Queue, Ready};
use crate::returns::Returning;
use crate::script::Script;
use crate::spare::Spare;
use crate::stream::{Stream, StreamParts};
use crate::sys::{Dequeued, FourCc};

const SIZE: Size = Size { width: 8, height: 1 };
const BUFFERS: usize = 4;

/// Fills each buffer with its picture's number as it is dequeued.
struct Writing {
    script: Script,
    lent: OwnBuffers,
}

impl Queue for Writing {
    fn start(&mut self) -> Result<(), Errno> {
        self.script.start()
    }

    fn queue(&mut self, index: u32) -> Result<(), Errno> {
        self.script.queue(index)
    }

    fn wait(&mut self, timeout: Duration) -> Result<Ready, Errno> {
        self.script.fill();
        self.script.wait(timeout)
    }

    fn dequeue(&mut self) -> Result<Option<Dequeued>, Errno> {
        let said = self.script.dequeue()?;
        if let Some(Dequeued { index, sequence, .. }) = said {
            let (base, bytes) = self.lent.region(index as usize, 0).unwrap();
            // SAFETY: the region is mapped while `lent` is held, and nobody reads a buffer that is the driver's.
            unsafe { base.write_bytes(sequence as u8, bytes) };
        }
        Ok(said)
    }
}

/// A stream over that driver, which readers queue for; beside it, who holds its memory.
fn stream() -> (Stream<Writing>, Script, OwnBuffers) {
    let (script, memory) = (Script::default(), OwnBuffers::new(BUFFERS, [8]).unwrap());
    let returns = script.way_back();
    let layout = PictureLayout::of(&granted(FourCc::GREY, SIZE, 8, 8)).unwrap();
    let pool = Pool::new(Box::new(Returning::new(memory.clone(), Arc::clone(&returns))), 0);
    let spare = Spare::new(2, 8, 0).unwrap();
    let queue = Writing { script: script.clone(), lent: memory.clone() };
    let mut stream = Stream::new(StreamParts { queue, layout, pool, spare, returns, interval_ns: 1_000 });
    stream.queue_all().unwrap();
    (stream, script, memory)
}

fn next(stream: &mut Stream<Writing>) -> Frame {
    let at = Timestamp { ns: 0, clock: ClockKind::Monotonic };
    let info = |_| FrameInfo::packed(PixelFormat::Grey, SIZE, at);
    stream.next(Duration::ZERO, || 0, info).unwrap().unwrap()
}

#[test]
fn a_frame_that_is_held_is_as_it_was_and_nothing_is_copied() {
    let (mut stream, script, memory) = stream();
    let held = next(&mut stream);
    for number in 1..=100u8 {
        let passing = next(&mut stream);
        assert_eq!(passing.plane(0).row(0), [number; 8]);
        assert_eq!(held.plane(0).row(0), [0; 8]);
    }
    let (base, _) = memory.region(held.slot(), 0).unwrap();
    assert_eq!(held.plane(0).bytes.as_ptr(), base.as_ptr().cast_const(), "it is read where it was written");
    assert_eq!(stream.take_copied(), 0);
    let mut queued = script.queued();
    queued.sort_unstable();
    assert_eq!(queued, [1, 2, 3]);
    std::thread::spawn(move || drop(held)).join().unwrap();
    assert_eq!(script.queued().len(), BUFFERS);
}

#[test]
fn memory_outlives_its_stream_for_its_last_reader_and_is_not_queued_again() {
    let (mut stream, script, memory) = stream();
    let held = next(&mut stream);
    let queue = stream.into_queue();
    assert_eq!(memory.holders(), 3, "the reader's, the queue's, which has not stopped yet, and ours");
    drop(queue);
    assert_eq!((memory.holders(), held.plane(0).row(0)), (2, &[0u8; 8][..]));
    let queued = script.queued();
    drop(held);
    assert_eq!((memory.holders(), script.queued()), (1, queued));
}

#[test]
fn every_piece_begins_with_a_page_and_none_touches_another() {
    let memory = OwnBuffers::new(3, [100_000, 50_000, 1]).unwrap();
    let mut ends = 0;
    for slot in 0..3 {
        for (piece, bytes) in [100_000, 50_000, 1].into_iter().enumerate() {
            let (base, length) = memory.region(slot, piece).unwrap();
            let address = base.addr().get();
            assert_eq!((length, address % PIECE_ALIGN_BYTES), (bytes, 0));
            assert!(address >= ends, "piece {piece} of buffer {slot}");
            ends = address + length;
            // SAFETY: all of it is mapped, and nobody else's.
            let first_and_last = unsafe { (base.read(), base.add(length - 1).read()) };
            assert_eq!(first_and_last, (0, 0));
        }
    }
    assert!(memory.region(0, 3).is_none() && memory.region(3, 0).is_none());
}

#[test]
fn large_memory_begins_with_a_huge_page_and_absurd_sizes_are_refused() {
    let memory = OwnBuffers::new(4, [1 << 20]).unwrap();
    assert_eq!(memory.region(0, 0).unwrap().0.addr().get() % HUGE_PAGE_BYTES, 0);
    assert!(memory.in_words().starts_with("its buffers are memory of ours, 4096 KiB"));
    assert!(!OwnBuffers::new(4, [100]).unwrap().in_words().contains("huge"));
    for piece_bytes in [usize::MAX, usize::MAX / 4, usize::MAX - PIECE_ALIGN_BYTES] {
        assert_eq!(OwnBuffers::new(4, [piece_bytes]).unwrap_err(), Errno::NOMEM);
    }
}
