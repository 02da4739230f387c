//! A run whose frames are given by hand.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use ocelli_capture::{Next as SourceNext, Pace, Source, SourceError, SourceInfo};
use ocelli_frame::{
    BoxXyxy, Clock, ClockKind, Detection, FrameInfo, PixelFormat, Pool, Predictions, Size, SourceIndex,
    StageTimes, Timestamp,
};
use ocelli_pipeline::{FRAMES_WATCHED, Pipeline, RunOutcome, Stop, frames_held};
use ocelli_predict::{Job, Next, Predictor};
use ocelli_report::RunLabels;
use ocelli_testkit::ManualClock;
use ocelli_web::{View, WebSink, WebSpec};

/// Long enough for the slowest machine; only a fault waits for it.
pub const HANG: Duration = Duration::from_secs(60);
/// Thirty frames a second.
pub const INTERVAL_NS: u64 = 33_333_333;
/// Of the pictures, where nothing else is said.
pub const SIZE: Size = Size { width: 320, height: 180 };

/// What a run is made of.
pub struct Order {
    pub sink: String,
    pub sources: usize,
    pub size: Size,
    /// Frames of each source that eyes may hold.
    pub watched: usize,
}

impl Default for Order {
    fn default() -> Self {
        Self { sink: "web:0?fps=240".to_owned(), sources: 1, size: SIZE, watched: FRAMES_WATCHED }
    }
}

/// A run that is under way.
pub struct Run {
    pub clock: Arc<ManualClock>,
    /// Where it is served.
    pub address: SocketAddr,
    /// What it says of where it is served.
    pub shown: String,
    /// Lets the predictor answer, or holds it.
    pub door: Door,
    pub events: Arc<Mutex<Vec<String>>>,
    gates: Vec<SyncSender<()>>,
    held: Vec<Arc<AtomicUsize>>,
    thread: Option<JoinHandle<RunOutcome>>,
    stop: Stop,
}

impl Run {
    pub fn start() -> Self {
        Self::of(Order::default())
    }

    pub fn with(sink: &str) -> Self {
        Self::of(Order { sink: sink.to_owned(), ..Order::default() })
    }

    pub fn of(Order { sink, sources, size, watched }: Order) -> Self {
        let clock = Arc::new(ManualClock::default());
        let (door, stop) = (Door::default(), Stop::default());
        let predictor = Numbering { job: None, door: door.clone() };
        let mut pipeline =
            Pipeline::new(Arc::clone(&clock) as Arc<dyn Clock>, Box::new(predictor), 4, stop.clone());
        let (mut gates, mut held) = (Vec::new(), Vec::new());
        for index in 0..sources {
            let (gate, given) = sync_channel(0);
            gates.push(gate);
            let source = Given::new(index as u16, size, watched, given, &clock);
            held.push(Arc::clone(&source.held));
            pipeline.add_source(Box::new(source));
        }
        let events = Arc::new(Mutex::new(Vec::<String>::new()));
        let view = view_of(&pipeline, sources, &clock, &events);
        let web = WebSink::open(&WebSpec::parse(&sink).unwrap(), view).unwrap();
        let shown = web.address().to_owned();
        let authority = shown.split("//").nth(1).unwrap().split('/').next().unwrap();
        let port = authority.rsplit(':').next().unwrap().parse().unwrap();
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        pipeline.add_sink(Box::new(web));
        let thread = Some(std::thread::spawn(move || pipeline.run()));
        Self { clock, address, shown, door, events, gates, held, thread, stop }
    }

    /// A source gives one frame, an interval after the one before.
    pub fn give(&self, source: usize) {
        self.clock.advance_ns(INTERVAL_NS);
        self.gates[source].send(()).unwrap();
    }

    /// Whether all of a source's frames come back to it while it gives none.
    pub fn all_come_back(&self, source: usize) -> bool {
        (0..600).any(|_| {
            std::thread::sleep(Duration::from_millis(100));
            self.held[source].load(Ordering::SeqCst) == 0
        })
    }

    /// The run ends, and its books are right.
    pub fn end(mut self) -> RunOutcome {
        self.stop.request();
        self.gates.clear();
        let outcome = self.thread.take().unwrap().join().unwrap();
        for counts in outcome.sources.iter().map(|source| source.counts) {
            assert!(counts.is_balanced() && counts.in_flight == 0, "{counts:?}");
        }
        assert!(outcome.panicked.is_empty() && outcome.sinks[0].error.is_none());
        outcome
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        self.door.open();
        self.stop.request();
        self.gates.clear();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn view_of(
    pipeline: &Pipeline,
    sources: usize,
    clock: &Arc<ManualClock>,
    events: &Arc<Mutex<Vec<String>>>,
) -> View {
    let labels = RunLabels {
        sources: (0..sources).map(|index| format!("cam{index}")).collect(),
        backend: "fake".to_owned(),
        model: "numbering@1".to_owned(),
        classes: vec!["person".to_owned()],
    };
    let told = Arc::clone(events);
    View {
        clock: Arc::clone(clock) as Arc<dyn Clock>,
        labels: Arc::new(labels),
        taps: pipeline.taps(),
        switches: pipeline.switches(),
        progress: pipeline.progress(),
        events_from: Box::new(move |count| told.lock().unwrap()[count..].to_vec()),
    }
}

/// A run of no sources, which never begins.
pub fn view_of_nothing() -> View {
    let clock = Arc::new(ManualClock::default());
    let predictor = Numbering { job: None, door: Door::default() };
    let run = Pipeline::new(Arc::clone(&clock) as Arc<dyn Clock>, Box::new(predictor), 4, Stop::default());
    view_of(&run, 0, &clock, &Arc::default())
}

/// Gives a frame for each word. Its pool has exactly the slots that may be held, so a frame that is held for longer
/// is noticed.
struct Given {
    info: SourceInfo,
    source: SourceIndex,
    size: Size,
    pool: Pool,
    given: Receiver<()>,
    next: u64,
    clock: Arc<ManualClock>,
    /// Frames that others held when it last looked.
    held: Arc<AtomicUsize>,
    slots: usize,
}

impl Given {
    fn new(index: u16, size: Size, watched: usize, given: Receiver<()>, clock: &Arc<ManualClock>) -> Self {
        let bytes = FrameInfo::packed_bytes(PixelFormat::I420, size);
        Self {
            info: SourceInfo {
                name: format!("cam{index}"),
                size: Some(size),
                fps: None,
                frames: None,
                pace: Pace::Live,
            },
            source: SourceIndex(index),
            size,
            slots: frames_held(1, 0) + watched,
            pool: Pool::host(frames_held(1, 0) + watched, bytes, 0).unwrap(),
            held: Arc::default(),
            given,
            next: 0,
            clock: Arc::clone(clock),
        }
    }
}

impl Source for Given {
    fn info(&self) -> &SourceInfo {
        &self.info
    }

    fn next(&mut self, timeout: Duration) -> Result<SourceNext, SourceError> {
        let given = self.given.recv_timeout(timeout);
        self.held.store(self.slots - self.pool.free_slots().count_ones() as usize, Ordering::SeqCst);
        match given {
            Ok(()) => {}
            Err(RecvTimeoutError::Timeout) => return Ok(SourceNext::TimedOut),
            Err(RecvTimeoutError::Disconnected) => return Ok(SourceNext::Ended),
        }
        let mut filling = self.pool.acquire().expect("nobody holds more than was said");
        // Noise, so that JPEGs are large, and another each time, so that no picture is frozen.
        let mut state = (self.next << 8 | u64::from(self.source.0)) + 1;
        for bytes in filling.bytes_mut().chunks_mut(8) {
            state = state.wrapping_mul(0x5851_F42D_4C95_7F2D).wrapping_add(1);
            bytes.copy_from_slice(&(state ^ state >> 32).to_le_bytes()[..bytes.len()]);
        }
        let captured = Timestamp { ns: self.clock.now_ns(), clock: ClockKind::Read };
        let mut info = FrameInfo::packed(PixelFormat::I420, self.size, captured);
        (info.source, info.sequence) = (self.source, self.next);
        self.next += 1;
        Ok(SourceNext::Frame(filling.publish(info).unwrap()))
    }
}

/// Opened, it lets pass; closed, it holds.
#[derive(Clone, Default)]
pub struct Door(Arc<(Mutex<Doorway>, Condvar)>);

#[derive(Default)]
struct Doorway {
    is_closed: bool,
    somebody_waits: bool,
}

impl Door {
    pub fn close(&self) {
        self.0.0.lock().unwrap().is_closed = true;
    }

    pub fn open(&self) {
        self.0.0.lock().unwrap().is_closed = false;
        self.0.1.notify_all();
    }

    /// Waits until somebody stands before it.
    pub fn wait_for_knock(&self) {
        let way = self.0.0.lock().unwrap();
        let (way, waited) = self.0.1.wait_timeout_while(way, HANG, |way| !way.somebody_waits).unwrap();
        drop(way);
        assert!(!waited.timed_out(), "nobody came");
    }

    fn pass(&self) {
        let mut way = self.0.0.lock().unwrap();
        way.somebody_waits = true;
        self.0.1.notify_all();
        way = self.0.1.wait_while(way, |way| way.is_closed).unwrap();
        way.somebody_waits = false;
    }
}

/// Says of each frame one box, whose left edge is the frame's number.
struct Numbering {
    job: Option<Job>,
    door: Door,
}

impl Predictor for Numbering {
    fn name(&self) -> &str {
        "numbering"
    }

    fn capacity(&self) -> usize {
        1
    }

    fn submit(&mut self, job: Job) -> Result<(), Job> {
        match self.job.replace(job) {
            None => Ok(()),
            Some(job) => Err(job),
        }
    }

    fn next(&mut self, _timeout: Duration, predictions: &mut Predictions) -> Next {
        let Some(job) = self.job.take() else { return Next::TimedOut };
        self.door.pass();
        predictions.clear();
        let x1 = job.frame.info().sequence as f32;
        predictions.detections.push(Detection {
            class_id: 0,
            confidence: 0.5,
            box_in_source: BoxXyxy { x1, y1: 0.0, x2: x1 + 10.0, y2: 10.0 },
        });
        Next::Done(job, Ok(StageTimes::default()))
    }
}
