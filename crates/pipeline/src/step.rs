//! One frame from start to end. Three steps, each on a thread of its own, each to be read aloud:
//!
//! 1. [`capture`]: the source gives its next frame, which is looked at; it gets its ticket and goes to the predictor's door.
//! 2. [`Predicting::step`]: the predictor takes the next frame of the next source, works, and says what it found; the
//!    ticket is resolved, the result measured and brought to every sink's door.
//! 3. [`write`]: the sink takes the next result and writes it.
//!
//! Nothing here allocates once the first frames have passed, and nothing waits except at a door.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use ocelli_capture::{Next as SourceNext, Source, SourceError};
use ocelli_frame::{
    Clock, Counts, DropReason, FailReason, Frame, FrameResult, Health, SourceIndex, StageTimes,
};
use ocelli_predict::{Job, Next, PredictError, Predictor};

use crate::gate::Gate;
use crate::handover::{Bell, Taken};
use crate::health::Checking;
use crate::lane::{Offer, SinkLane, SourceLane};
use crate::rate::{RateLimit, time_for_rates};
use crate::recycle::Recycle;
use crate::{MetricsHandle, Sink, SinkError, Stop};

/// How long a thread waits before it looks up to see whether the run is to end.
const PATIENCE: Duration = Duration::from_millis(100);
/// How long it waits for an answer while the predictor has room for another frame, which may come at any moment.
const PATIENCE_WITH_ROOM: Duration = Duration::from_millis(1);

/// Step 1, on the source's thread.
pub(crate) fn capture(
    source: &mut dyn Source,
    checking: &mut Checking,
    gate: &mut Gate,
    lane: &SourceLane,
    clock: &dyn Clock,
    stop: &Stop,
) -> Result<ControlFlow<()>, SourceError> {
    if stop.is_requested() {
        return Ok(ControlFlow::Break(()));
    }
    if !gate.is_time_to_read(PATIENCE) {
        return Ok(ControlFlow::Continue(()));
    }
    let next = source.next(PATIENCE);
    lane.lose(source.take_lost());
    let figures = source.take_figures();
    if figures.away.is_some() {
        checking.begin_anew();
    }
    lane.figures.add(figures);
    let frame = match next? {
        SourceNext::Frame(frame) => frame,
        SourceNext::TimedOut => return Ok(ControlFlow::Continue(())),
        SourceNext::Ended => return Ok(ControlFlow::Break(())),
    };
    let (health, is_unwanted) = checking.look_at(&frame);
    lane.figures.set_health(health);
    lane.tap.show(&frame);
    let refused = if is_unwanted { Some(DropReason::Frozen) } else { gate.refuses(&frame) };
    if let Some(reason) = refused {
        lane.account.lose(reason, 1);
        return Ok(ControlFlow::Continue(()));
    }
    let door_is_open = lane.offer(frame, health, clock.now_ns());
    Ok(if door_is_open { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
}

/// Step 2, on the predictor's thread.
pub(crate) struct Predicting<'a> {
    predictor: Box<dyn Predictor>,
    sources: &'a [SourceLane],
    sinks: &'a [SinkLane],
    clock: &'a dyn Clock,
    bell: &'a Bell,
    stop: &'a Stop,
    metrics: &'a MetricsHandle,
    results: Recycle<FrameResult>,
    in_flight: Vec<InFlight>,
    /// For each sink with a rate, one limit for each source; for others none.
    sink_limits: Vec<Vec<RateLimit>>,
    /// Each source's account when its previous result went out.
    counts_before: Vec<Counts>,
    /// The source whose turn it is: round robin.
    turn: usize,
    first_error: Option<PredictError>,
}

/// What is known of a frame in the predictor's hands: how long it had waited at the door, and what it is like.
#[derive(Debug)]
struct InFlight {
    source: SourceIndex,
    sequence: u64,
    queue_ns: u64,
    health: Health,
}

/// What the predictor's thread shares with the others.
pub(crate) struct Surroundings<'a> {
    pub(crate) sources: &'a [SourceLane],
    pub(crate) sinks: &'a [SinkLane],
    pub(crate) clock: &'a dyn Clock,
    pub(crate) bell: &'a Bell,
    pub(crate) stop: &'a Stop,
    pub(crate) metrics: &'a MetricsHandle,
}

impl<'a> Predicting<'a> {
    pub(crate) fn new(
        predictor: Box<dyn Predictor>,
        results: Recycle<FrameResult>,
        surroundings: Surroundings<'a>,
    ) -> Self {
        let Surroundings { sources, sinks, clock, bell, stop, metrics } = surroundings;
        Self {
            in_flight: Vec::with_capacity(predictor.capacity()),
            counts_before: vec![Counts::default(); sources.len()],
            sink_limits: sinks
                .iter()
                .map(|sink| sink.fps_max.map_or(Vec::new(), |fps| vec![RateLimit::new(fps); sources.len()]))
                .collect(),
            predictor,
            sources,
            sinks,
            clock,
            bell,
            stop,
            metrics,
            results,
            turn: 0,
            first_error: None,
        }
    }

    /// Takes what the predictor has room for, waits for one answer, and sends it on.
    pub(crate) fn step(&mut self) -> ControlFlow<()> {
        let rings_seen = self.bell.rings();
        let all_closed = self.take_from_doors();
        if self.in_flight.is_empty() {
            if all_closed {
                return ControlFlow::Break(());
            }
            self.bell.wait(rings_seen, PATIENCE);
            return ControlFlow::Continue(());
        }
        let result = Arc::get_mut(self.results.borrow()).expect("borrowed results have no other holder");
        let has_room = self.in_flight.len() < self.predictor.capacity();
        let patience = if has_room { PATIENCE_WITH_ROOM } else { PATIENCE };
        match self.predictor.next(patience, &mut result.predictions) {
            Next::Done(job, outcome) => self.settle(job, outcome),
            Next::TimedOut => {}
        }
        ControlFlow::Continue(())
    }

    /// The first error that a frame met.
    pub(crate) fn into_first_error(self) -> Option<PredictError> {
        self.first_error
    }

    /// Fills the predictor from the sources' doors, one frame from each in turn. True where every door is closed and
    /// nothing stands at any.
    fn take_from_doors(&mut self) -> bool {
        let count = self.sources.len();
        let mut closed = 0;
        let mut looked = 0;
        while looked < count && self.in_flight.len() < self.predictor.capacity() {
            let lane = &self.sources[self.turn];
            self.turn = (self.turn + 1) % count;
            match lane.door.take() {
                Taken::Item(offer) if self.stop.is_requested() => {
                    offer.job.ticket.drop_for(DropReason::Shutdown);
                    (looked, closed) = (0, 0);
                }
                Taken::Item(offer) => {
                    self.submit(offer);
                    (looked, closed) = (0, 0);
                }
                Taken::Empty => looked += 1,
                Taken::Closed => (looked, closed) = (looked + 1, closed + 1),
            }
        }
        closed == count
    }

    fn submit(&mut self, Offer { job, health, offered_ns }: Offer) {
        let info = job.frame.info();
        let queue_ns = self.clock.now_ns().saturating_sub(offered_ns);
        let in_flight = InFlight { source: info.source, sequence: info.sequence, queue_ns, health };
        self.sources[usize::from(info.source.0)].tap.show_taken(&job.frame);
        match self.predictor.submit(job) {
            Ok(()) => self.in_flight.push(in_flight),
            Err(job) => {
                // It said it had room. The frame is accounted for and the predictor's fault is told.
                job.ticket.fail(FailReason::Inference);
                self.first_error.get_or_insert_with(|| {
                    PredictError::new("the predictor refused a frame it had room for", "report this")
                });
            }
        }
    }

    /// A job is done: its ticket is resolved, and what was found goes to the sinks.
    fn settle(&mut self, job: Job, outcome: Result<StageTimes, PredictError>) {
        let Job { ticket, frame } = job;
        let InFlight { queue_ns, health, .. } = self.forget(&frame);
        self.sources[usize::from(frame.info().source.0)].tap.show_done(&frame);
        match outcome {
            Ok(stages) => {
                ticket.emit();
                self.deliver(&frame, health, StageTimes { queue_ns, ..stages });
            }
            Err(error) => {
                ticket.fail(FailReason::Inference);
                self.first_error.get_or_insert(error);
            }
        }
    }

    fn forget(&mut self, frame: &Frame) -> InFlight {
        let info = frame.info();
        let place = self
            .in_flight
            .iter()
            .position(|waiting| waiting.source == info.source && waiting.sequence == info.sequence)
            .expect("a predictor answers only for frames it was given");
        self.in_flight.swap_remove(place)
    }

    /// Completes the result whose predictions the predictor has just written, and brings it to every sink's door.
    fn deliver(&mut self, frame: &Frame, health: Health, stages: StageTimes) {
        let now_ns = self.clock.now_ns();
        let info = frame.info();
        let lane = &self.sources[usize::from(info.source.0)];
        let counts = lane.account.snapshot();
        let before = &mut self.counts_before[usize::from(info.source.0)];
        let shared = self.results.borrow();
        let result = Arc::get_mut(shared).expect("borrowed results have no other holder");
        result.source = info.source;
        result.sequence = info.sequence;
        result.name.clone_from(&info.name);
        result.captured = info.captured;
        result.media_time_ns = info.media_time_ns;
        result.age_ns = now_ns.saturating_sub(info.captured.ns);
        result.size = info.size;
        result.stages = stages;
        result.health = health;
        result.lost_since_previous = counts.since(before);
        result.away = lane.figures.take_away_before(info.captured.ns);
        *before = counts;
        self.metrics.record(result, now_ns);
        let time_ns = time_for_rates(lane.pace, info.captured.ns, info.media_time_ns);
        for (sink, limits) in self.sinks.iter().zip(&mut self.sink_limits) {
            let limit = limits.get_mut(usize::from(info.source.0));
            if limit.is_none_or(|limit| limit.admits(time_ns)) {
                sink.offer(shared, frame, lane.pace);
            } else {
                sink.leave_out();
            }
        }
    }
}

/// Step 3, on the sink's thread.
pub(crate) fn write(sink: &mut dyn Sink, lane: &SinkLane) -> Result<ControlFlow<()>, SinkError> {
    let rings_seen = lane.bell.rings();
    match lane.door.take() {
        Taken::Item(parcel) => match sink.write(&parcel.delivery) {
            Ok(()) => parcel.ticket.emit(),
            Err(error) => {
                parcel.ticket.fail(FailReason::Write);
                return Err(error);
            }
        },
        Taken::Empty => lane.bell.wait(rings_seen, PATIENCE),
        Taken::Closed => return Ok(ControlFlow::Break(())),
    }
    Ok(ControlFlow::Continue(()))
}
