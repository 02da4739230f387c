//! A source whose pixels say which frame they are, a predictor that reads them, a sink that keeps what it gets. Each
//! calls a closure of the test's before it does its work.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ocelli_capture::{Figures, Next as SourceNext, Pace, Source, SourceError, SourceInfo};
use ocelli_frame::{
    Away, AwayReason, BoxXyxy, ClockKind, Detection, Frame, FrameInfo, FrameResult, PixelFormat, Pool,
    Predictions, Size, SourceIndex, StageTimes, Timestamp,
};
use ocelli_pipeline::{Delivery, Demand, FRAMES_WATCHED, Pipeline, Sink, SinkError, Stop, frames_held};
use ocelli_predict::{Job, Next, PredictError, Predictor};
use ocelli_testkit::ManualClock;

use crate::watch::Count;

const SIZE: Size = Size { width: 64, height: 2 };
/// More frames than any run gets to.
pub const ENDLESS: u64 = u64::MAX;

/// What a test does before a part does its work on a `T`: wait, fail, panic.
type Before<T, E> = Box<dyn FnMut(&T) -> Result<(), E> + Send>;

pub fn pipeline(predictor: impl Predictor + 'static, stop: &Stop) -> Pipeline {
    Pipeline::new(Arc::new(ManualClock::default()), Box::new(predictor), 4, stop.clone())
}

/// Gives so many numbered frames. The pool has exactly the slots that the pipeline says it may hold, so a frame that
/// is held for longer than it should be is noticed.
pub struct Numbered {
    info: SourceInfo,
    source: SourceIndex,
    pool: Pool,
    frames: u64,
    next: u64,
    /// When the first frame was captured, and the time from one to the next.
    captured_ns: u64,
    interval_ns: u64,
    /// Frames that all have the picture of the first of them.
    same: Range<u64>,
    /// It was away before this frame.
    away_before: Option<u64>,
    /// How often it was asked for a frame: one more than the number of frames that it has got rid of.
    pub asked: Count,
    before: Box<dyn FnMut(u64) -> Result<(), SourceError> + Send>,
}

impl Numbered {
    pub fn new(index: u16, frames: u64, pace: Pace) -> Self {
        let pool = pool_of(frames_held(1, 1));
        let info = SourceInfo { name: format!("s{index}"), size: Some(SIZE), fps: None, frames: None, pace };
        let before = Box::new(|_| Ok(()));
        Self {
            info,
            source: SourceIndex(index),
            pool,
            frames,
            next: 0,
            captured_ns: 0,
            interval_ns: 0,
            same: 0..0,
            away_before: None,
            asked: Count::default(),
            before,
        }
    }

    /// Makes room for another predictor than one of capacity 1, or other sinks than one that wants pixels.
    pub fn held_by(mut self, predictor_capacity: usize, sinks_with_pixels: usize) -> Self {
        self.pool = pool_of(frames_held(predictor_capacity, sinks_with_pixels));
        self
    }

    /// Makes room for eyes too.
    pub fn watched(mut self) -> Self {
        self.pool = pool_of(frames_held(1, 1) + FRAMES_WATCHED);
        self
    }

    /// The first frame was captured then.
    pub fn dated(mut self, captured_ns: u64) -> Self {
        self.captured_ns = captured_ns;
        self
    }

    /// Each frame was captured so long after the one before.
    pub fn every(mut self, interval_ns: u64) -> Self {
        self.interval_ns = interval_ns;
        self
    }

    /// It was away before this frame.
    pub fn away_before(mut self, sequence: u64) -> Self {
        self.away_before = Some(sequence);
        self
    }

    /// These frames all have the picture of the first of them.
    pub fn same(mut self, same: Range<u64>) -> Self {
        self.same = same;
        self
    }

    /// Calls `before` with each frame's number before it makes it.
    pub fn before(mut self, before: impl FnMut(u64) -> Result<(), SourceError> + Send + 'static) -> Self {
        self.before = Box::new(before);
        self
    }
}

fn pool_of(frames: usize) -> Pool {
    let bytes = FrameInfo::packed_bytes(PixelFormat::Grey, SIZE);
    Pool::host(frames, bytes, 0).unwrap()
}

impl Source for Numbered {
    fn info(&self) -> &SourceInfo {
        &self.info
    }

    fn next(&mut self, _timeout: Duration) -> Result<SourceNext, SourceError> {
        self.asked.up();
        if self.next == self.frames {
            return Ok(SourceNext::Ended);
        }
        (self.before)(self.next)?;
        let mut filling = self.pool.acquire().expect("frames_held is the sum of all holders");
        let shown = if self.same.contains(&self.next) { self.same.start } else { self.next };
        for chunk in filling.bytes_mut().chunks_exact_mut(16) {
            chunk[..8].copy_from_slice(&shown.to_le_bytes());
            chunk[8..].copy_from_slice(&u64::from(self.source.0).to_le_bytes());
        }
        let captured =
            Timestamp { ns: self.captured_ns + self.next * self.interval_ns, clock: ClockKind::Read };
        let mut info = FrameInfo::packed(PixelFormat::Grey, SIZE, captured);
        (info.source, info.sequence) = (self.source, self.next);
        self.next += 1;
        Ok(SourceNext::Frame(filling.publish(info).unwrap()))
    }

    fn take_figures(&mut self) -> Figures {
        let is_back = self.away_before.take_if(|before| *before + 1 == self.next).is_some();
        let away = Away { from_ns: 0, to_ns: 1, reason: AwayReason::Stalled };
        Figures { away: is_back.then_some(away), ..Figures::default() }
    }
}

/// Source and sequence as every pixel of a frame says.
pub fn read_pixels(frame: &Frame) -> (u64, u64) {
    let number = |bytes: &[u8]| u64::from_le_bytes(bytes.try_into().unwrap());
    let plane = frame.plane(0);
    let mut said = plane.bytes.chunks_exact(16).map(|chunk| (number(&chunk[8..]), number(&chunk[..8])));
    let first = said.next().unwrap();
    assert!(said.all(|other| other == first), "a frame that was written to while it was read");
    first
}

/// Says of each frame one detection: its class is the sequence that the pixels give, its left edge the source.
pub struct Reading {
    capacity: usize,
    /// Answers the newest of its jobs first, and, while it has room, waits for more.
    newest_first: bool,
    waited: u32,
    jobs: VecDeque<Job>,
    before: Before<Frame, PredictError>,
}

impl Reading {
    pub fn new() -> Self {
        let before = Box::new(|_: &Frame| Ok(()));
        Self { capacity: 1, newest_first: false, waited: 0, jobs: VecDeque::new(), before }
    }

    pub fn newest_of(mut self, capacity: usize) -> Self {
        (self.capacity, self.newest_first) = (capacity, true);
        self
    }

    /// Calls `before` with each frame before it reads it.
    pub fn before(mut self, before: impl FnMut(&Frame) -> Result<(), PredictError> + Send + 'static) -> Self {
        self.before = Box::new(before);
        self
    }
}

impl Predictor for Reading {
    fn name(&self) -> &str {
        "reading"
    }

    fn capacity(&self) -> usize {
        self.capacity
    }

    fn submit(&mut self, job: Job) -> Result<(), Job> {
        assert!(self.jobs.len() < self.capacity);
        self.jobs.push_back(job);
        Ok(())
    }

    fn next(&mut self, _timeout: Duration, predictions: &mut Predictions) -> Next {
        // It waits a while for more jobs; at the end of a run there are none.
        if self.newest_first && self.jobs.len() < self.capacity && self.waited < 50 {
            self.waited += 1;
            std::thread::sleep(Duration::from_millis(1));
            return Next::TimedOut;
        }
        self.waited = 0;
        let job = if self.newest_first { self.jobs.pop_back() } else { self.jobs.pop_front() };
        let Some(job) = job else { return Next::TimedOut };
        if let Err(error) = (self.before)(&job.frame) {
            return Next::Done(job, Err(error));
        }
        let (source, sequence) = read_pixels(&job.frame);
        predictions.clear();
        predictions.detections.push(Detection {
            class_id: sequence as u32,
            confidence: 1.0,
            box_in_source: BoxXyxy { x1: source as f32, y1: 0.0, x2: 64.0, y2: 2.0 },
        });
        Next::Done(job, Ok(StageTimes::default()))
    }
}

/// What a sink keeps of its results.
#[derive(Clone, Default)]
pub struct Kept {
    results: Arc<Mutex<Vec<FrameResult>>>,
    pub written: Count,
    pub finished: Count,
}

impl Kept {
    /// Every result so far. Each is seen to say of its pixels what the predictor read in them (invariant 11).
    pub fn results(&self) -> Vec<FrameResult> {
        let results = self.results.lock().unwrap().clone();
        for result in &results {
            let [detection] = result.predictions.detections[..] else { panic!("{result:?}") };
            let read = (detection.box_in_source.x1 as u16, u64::from(detection.class_id));
            assert_eq!(read, (result.source.0, result.sequence));
        }
        results
    }

    pub fn sequences(&self) -> Vec<u64> {
        self.results().iter().map(|result| result.sequence).collect()
    }
}

/// Keeps copies of its results.
pub struct Keeping {
    name: String,
    demand: (Demand, bool),
    kept: Kept,
    before: Before<FrameResult, SinkError>,
}

impl Keeping {
    pub fn new(name: &str, demand: Demand) -> (Self, Kept) {
        let kept = Kept::default();
        let before = Box::new(|_: &FrameResult| Ok(()));
        (Self { name: name.into(), demand: (demand, false), kept: kept.clone(), before }, kept)
    }

    /// Wants the frame with each result, and sees that it is the result's own.
    pub fn with_pixels(mut self) -> Self {
        self.demand.1 = true;
        self
    }

    /// Calls `before` with each result before it keeps it.
    pub fn before(
        mut self,
        before: impl FnMut(&FrameResult) -> Result<(), SinkError> + Send + 'static,
    ) -> Self {
        self.before = Box::new(before);
        self
    }
}

impl Sink for Keeping {
    fn name(&self) -> &str {
        &self.name
    }

    fn demand(&self) -> (Demand, bool) {
        self.demand
    }

    fn write(&mut self, delivery: &Delivery) -> Result<(), SinkError> {
        (self.before)(&delivery.result)?;
        assert_eq!(delivery.frame.is_some(), self.demand.1);
        if let Some(frame) = &delivery.frame {
            let expected = (u64::from(delivery.result.source.0), delivery.result.sequence);
            assert_eq!(read_pixels(frame), expected);
        }
        self.kept.results.lock().unwrap().push((*delivery.result).clone());
        self.kept.written.up();
        Ok(())
    }

    fn finish(&mut self) -> Result<(), SinkError> {
        self.kept.finished.up();
        Ok(())
    }
}
