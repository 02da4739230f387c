//! Invariant 5: after warm-up a frame allocates nothing, on any thread, from the source's pool to the file's last byte.
//!
//! The allocator of this process counts. It is the one test of its binary, without the test harness, whose threads
//! would allocate too. Decoders and engines are not in it: what is counted is the frame, its ticket, the hand-overs,
//! the result, the measurements and the two file sinks.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use ocelli_capture::{Next, Pace, Source, SourceError, SourceInfo};
use ocelli_frame::{
    BoxXyxy, ClockKind, Detection, FrameInfo, PixelFormat, Pool, Size, SourceIndex, Timestamp,
};
use ocelli_pipeline::{Delivery, Demand, Pipeline, Sink, SinkError, Stop, frames_held};
use ocelli_predict::Fake;
use ocelli_record::{CocoSink, Destination, JsonlSink};
use ocelli_report::RunLabels;
use ocelli_testkit::{CountingAllocator, ManualClock};

/// Frames until everything has grown to its size.
const WARM_UP: u64 = 100;
/// Frames until the count ends.
const COUNTED: u64 = 1_000;
/// Frames in all: threads that end are not counted.
const FRAMES: u64 = 1_100;
/// Frames that one source may be ahead of the other, so that both are warm, and neither has ended, while we count.
const AHEAD_MAX: u64 = 8;
const DETECTIONS: usize = 20;
const SIZE: Size = Size { width: 64, height: 36 };

/// Allocations so far when the sink had written the last frame of the warm-up, and the last that counts.
static AT_WARM: AtomicU64 = AtomicU64::new(0);
static AT_END: AtomicU64 = AtomicU64::new(0);

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

fn main() {
    let clock = Arc::new(ManualClock::default());
    let predictor = Fake::new(Arc::clone(&clock) as _, Duration::from_millis(5), detections());
    let mut pipeline = Pipeline::new(clock, Box::new(predictor), DETECTIONS, Stop::default());
    let done = Arc::new([AtomicU64::new(0), AtomicU64::new(0)]);
    pipeline.add_source(Box::new(Numbered::new(0, Arc::clone(&done))));
    pipeline.add_source(Box::new(Numbered::new(1, done)));
    pipeline.add_sink(Box::new(Watching(jsonl())));
    let null = Destination::Path("/dev/null".into());
    pipeline.add_sink(Box::new(CocoSink::create("coco", null).expect("/dev/null can be written")));
    let outcome = pipeline.run();

    assert!(outcome.is_success(), "{outcome:?}");
    for account in outcome.sources.iter().map(|source| source.counts) {
        assert_eq!((account.captured, account.emitted), (FRAMES, FRAMES));
    }
    let (at_warm, at_end) = (AT_WARM.load(Ordering::SeqCst), AT_END.load(Ordering::SeqCst));
    assert!(at_warm > 0, "the start allocates, so a count of 0 would mean that nothing is counted");
    assert_eq!(at_end - at_warm, 0, "allocations between frame {WARM_UP} and frame {COUNTED}");
    println!("test a_frame_allocates_nothing_after_warm_up ... ok");
    println!("test result: ok. 1 passed; 0 failed; {at_warm} allocations before frame {WARM_UP}, none after");
}

fn detections() -> Vec<Detection> {
    let at = |n: usize| n as f32 * 2.5 + 0.125;
    let found = (0..DETECTIONS).map(|n| Detection {
        class_id: n as u32,
        confidence: 1.0 / (n + 1) as f32,
        box_in_source: BoxXyxy { x1: at(n), y1: 1.0, x2: at(n) + 7.3, y2: 30.1 },
    });
    found.collect()
}

fn jsonl() -> JsonlSink {
    let labels = RunLabels {
        sources: vec!["first".into(), "second".into()],
        backend: "fake".into(),
        model: "none".into(),
        classes: vec!["thing \"with\" quotes".into()],
    };
    let file = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("allocations.jsonl");
    JsonlSink::create("jsonl", Destination::Path(file), Arc::new(labels))
        .expect("a file in the target folder")
}

/// A source whose frames carry names, from a pool as large as the pipeline's holders and itself.
struct Numbered {
    info: SourceInfo,
    source: SourceIndex,
    pool: Pool,
    name: Arc<str>,
    next: u64,
    /// Frames of either source so far.
    done: Arc<[AtomicU64; 2]>,
}

impl Numbered {
    fn new(index: u16, done: Arc<[AtomicU64; 2]>) -> Self {
        let bytes = FrameInfo::packed_bytes(PixelFormat::Nv12, SIZE);
        let pool = Pool::host(frames_held(1, 0) + 1, bytes, 0).expect("a small pool");
        let info = SourceInfo {
            name: format!("numbered {index}"),
            size: Some(SIZE),
            fps: None,
            frames: Some(FRAMES),
            pace: Pace::Max,
        };
        Self { info, source: SourceIndex(index), pool, name: "picture.png".into(), next: 0, done }
    }
}

impl Source for Numbered {
    fn info(&self) -> &SourceInfo {
        &self.info
    }

    fn next(&mut self, timeout: Duration) -> Result<Next, SourceError> {
        if self.next == FRAMES {
            return Ok(Next::Ended);
        }
        let mine = usize::from(self.source.0);
        if self.next > self.done[1 - mine].load(Ordering::SeqCst) + AHEAD_MAX {
            std::thread::yield_now();
            return Ok(Next::TimedOut);
        }
        let Some(mut filling) = self.pool.acquire_timeout(timeout) else { return Ok(Next::TimedOut) };
        filling.bytes_mut().fill(self.next as u8);
        let captured = Timestamp { ns: self.next, clock: ClockKind::Read };
        let mut info = FrameInfo::packed(PixelFormat::Nv12, SIZE, captured);
        (info.source, info.sequence, info.name) = (self.source, self.next, Some(Arc::clone(&self.name)));
        info.media_time_ns = Some(self.next * 33_366_700);
        self.next += 1;
        self.done[mine].store(self.next, Ordering::SeqCst);
        Ok(Next::Frame(filling.publish(info).expect("the pool's slots fit")))
    }
}

/// The real sink, and a look at the allocator around it.
struct Watching(JsonlSink);

impl Sink for Watching {
    fn name(&self) -> &str {
        self.0.name()
    }

    fn demand(&self) -> (Demand, bool) {
        self.0.demand()
    }

    fn write(&mut self, delivery: &Delivery) -> Result<(), SinkError> {
        self.0.write(delivery)?;
        match delivery.result.sequence {
            WARM_UP => AT_WARM.store(CountingAllocator::on_all_threads(), Ordering::SeqCst),
            COUNTED => AT_END.store(CountingAllocator::on_all_threads(), Ordering::SeqCst),
            _ => {}
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<(), SinkError> {
        self.0.finish()
    }
}
