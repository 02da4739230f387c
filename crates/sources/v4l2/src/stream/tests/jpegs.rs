//! The stream over a driver that gives JPEGs: what is decoded, and when a JPEG's own buffer goes back.

use super::*;

const SIZE: Size = Size { width: 16, height: 16 };
const COLOR: [u8; 3] = [90, 140, 100];

/// A stream of buffers that hold the same JPEG, all of them the driver's.
struct Jpegs {
    stream: Stream<Script>,
    script: Script,
    jpeg_bytes: usize,
}

impl Jpegs {
    fn new(buffers: usize, returns: impl Fn(&Script) -> Arc<Returns>) -> Self {
        let mut jpeg = Vec::new();
        let encoder = jpeg_encoder::Encoder::new(&mut jpeg, 95);
        encoder.encode(&[COLOR; 256].concat(), 16, 16, jpeg_encoder::ColorType::Ycbcr).unwrap();
        let layout = PictureLayout::of(&granted(FourCc::MJPG, SIZE, 0, jpeg.len())).unwrap();
        let script = Script::default();
        let returns = returns(&script);
        let memory = HostMemory::new(buffers, jpeg.len()).unwrap();
        let mut pool = Pool::new(Box::new(Returning::new(memory, Arc::clone(&returns))), 0);
        // What a driver fills: the test writes it before the buffers are handed over.
        for slot in 0..buffers {
            pool.acquire_slot(slot).unwrap().bytes_mut().copy_from_slice(&jpeg);
        }
        let spare = Spare::new(3, layout.own_bytes(), 0).unwrap();
        let queue = script.clone();
        let parts = StreamParts { queue, layout, pool, spare, returns, interval_ns: INTERVAL_NS };
        let mut stream = Stream::new(parts);
        stream.queue_all().unwrap();
        Self { stream, script, jpeg_bytes: jpeg.len() }
    }

    /// The driver fills a buffer, of which so many bytes are missing.
    fn fill(&self, missing: usize) {
        self.script.fill_as(|said| said.bytes_used[0] = self.jpeg_bytes - missing);
    }

    fn next_at(&mut self, now_ns: u64) -> Option<Frame> {
        let at = Timestamp { ns: 0, clock: ClockKind::Read };
        let info = |_| FrameInfo::packed(PixelFormat::Yuv24, SIZE, at);
        self.stream.next(Duration::ZERO, || now_ns, info).unwrap()
    }

    /// A whole one.
    fn next(&mut self) -> Frame {
        self.fill(0);
        self.next_at(0).unwrap()
    }
}

fn shows_the_color(frame: &Frame) -> bool {
    frame.plane(0).row(15)[45..].iter().zip(COLOR).all(|(got, want)| got.abs_diff(want) < 3)
}

#[test]
fn jpegs_are_decoded_damaged_ones_are_counted_and_unwanted_ones_are_not_looked_at() {
    let mut jpegs = Jpegs::new(4, |_| Returns::new(None));
    let frame = jpegs.next();
    assert_eq!((frame.info().format, frame.info().sequence), (PixelFormat::Yuv24, 0));
    assert!(shows_the_color(&frame));
    jpegs.fill(30);
    assert!(jpegs.next_at(0).is_none(), "cut short");
    assert_eq!(jpegs.script.queued(), [2, 3, 1], "damaged ones go back at once");
    drop(frame);
    // Late: two that are damaged are passed over unseen.
    let nearly_all = jpegs.jpeg_bytes - 3;
    jpegs.fill(nearly_all);
    jpegs.fill(nearly_all);
    jpegs.fill(0);
    assert_eq!(jpegs.next_at(INTERVAL_NS + 1).unwrap().info().sequence, 4);
    assert_eq!(jpegs.stream.take_lost(), Lost { superseded: 2, driver: 0, corrupt: 1 });
}

#[test]
fn a_jpegs_buffer_goes_back_with_its_picture_by_whoever_lets_go_of_that_last() {
    let mut jpegs = Jpegs::new(4, Script::way_back);
    let held = jpegs.next();
    let clone = held.clone();
    drop(held);
    assert_eq!(jpegs.script.queued(), [1, 2, 3], "its picture is still read");
    std::thread::spawn(move || drop(clone)).join().unwrap();
    assert_eq!(jpegs.script.queued(), [1, 2, 3, 0]);
    // Its place in memory of ours has nothing to keep any more.
    for _ in 0..10 {
        drop(jpegs.next());
        assert_eq!(jpegs.script.queued().len(), 4);
    }
}

#[test]
fn where_the_driver_runs_short_a_jpegs_buffer_goes_back_at_once() {
    let mut jpegs = Jpegs::new(4, Script::way_back);
    let (first, second) = (jpegs.next(), jpegs.next());
    assert_eq!(jpegs.script.queued(), [2, 3]);
    let third = jpegs.next();
    assert_eq!(jpegs.script.queued(), [3, 2], "one alone would have been left");
    assert!([&first, &second, &third].into_iter().all(shows_the_color));
    drop((third, second, first));
    assert_eq!(jpegs.script.queued(), [3, 2, 1, 0], "each once");
    assert_eq!(jpegs.stream.take_lost(), Lost::default());
}

#[test]
fn a_picture_that_outlives_its_stream_queues_nothing() {
    let mut jpegs = Jpegs::new(4, Script::way_back);
    let held = jpegs.next();
    let Jpegs { stream, script, .. } = jpegs;
    drop(stream);
    assert!(shows_the_color(&held));
    drop(held);
    assert_eq!(script.queued(), [1, 2, 3], "buffer 0 may be another one's by now");
}
