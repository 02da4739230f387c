//! A lane is one hand-over with the account of whoever stands at its end: one from each source to the predictor, one
//! from the predictor to each sink.

use std::sync::Arc;

use ocelli_capture::{Lost, Pace};
use ocelli_frame::{Account, DropReason, FailReason, Frame, FrameResult, Health, Ticket};
use ocelli_predict::Job;

use crate::figures::LaneFigures;
use crate::handover::{Bell, HandOver, Rendezvous, Slot};
use crate::{Delivery, Demand, Switch, Tap};

/// Frames that wait for the predictor where every frame counts.
const FRAMES_WAITING: usize = 1;
/// Results that wait for a sink that takes every one.
pub(crate) const RESULTS_WAITING: usize = 4;

/// A frame at the predictor's door.
#[derive(Debug)]
pub(crate) struct Offer {
    pub(crate) job: Job,
    pub(crate) health: Health,
    pub(crate) offered_ns: u64,
}

/// From one source to the predictor.
#[derive(Debug)]
pub(crate) struct SourceLane {
    pub(crate) account: Arc<Account>,
    pub(crate) figures: Arc<LaneFigures>,
    pub(crate) tap: Arc<Tap>,
    pub(crate) switch: Switch,
    pub(crate) door: HandOver<Offer>,
    pub(crate) pace: Pace,
}

impl SourceLane {
    /// Rings `bell`, the predictor's, when a frame stands at the door, and `eyes` when one can be seen.
    pub(crate) fn new(pace: Pace, bell: Arc<Bell>, eyes: Arc<Bell>) -> Self {
        let door = match pace {
            Pace::Live => HandOver::Newest(Slot::new(bell)),
            Pace::Max => HandOver::Every(Rendezvous::new(FRAMES_WAITING, bell)),
        };
        Self {
            account: Account::new(),
            figures: Arc::default(),
            tap: Tap::new(eyes),
            switch: Switch::new(),
            door,
            pace,
        }
    }

    /// Frames that were lost on the way here.
    pub(crate) fn lose(&self, lost: Lost) {
        let Lost { superseded, driver, corrupt } = lost;
        self.account.lose(DropReason::Superseded, superseded);
        self.account.lose(DropReason::Driver, driver);
        self.account.lose(DropReason::Corrupt, corrupt);
    }

    /// Brings a frame to the door, by the lane's own rule: a live frame takes the place of an older one, any other
    /// waits its turn. False where the door is closed.
    pub(crate) fn offer(&self, frame: Frame, health: Health, now_ns: u64) -> bool {
        let job = Job { ticket: self.account.open(), frame };
        let offer = Offer { job, health, offered_ns: now_ns };
        let sent_away = match &self.door {
            HandOver::Newest(slot) => match slot.put(offer) {
                Ok(None) => return true,
                Ok(Some(older)) => {
                    older.job.ticket.drop_for(DropReason::Superseded);
                    return true;
                }
                Err(offer) => offer,
            },
            HandOver::Every(rendezvous) => match rendezvous.put(offer) {
                Ok(()) => return true,
                Err(offer) => offer,
            },
        };
        sent_away.job.ticket.drop_for(DropReason::Shutdown);
        false
    }
}

/// A result at a sink's door.
#[derive(Debug)]
pub(crate) struct Parcel {
    pub(crate) ticket: Ticket,
    pub(crate) delivery: Delivery,
}

/// From the predictor to one sink.
#[derive(Debug)]
pub(crate) struct SinkLane {
    pub(crate) account: Arc<Account>,
    pub(crate) door: HandOver<Parcel>,
    pub(crate) bell: Arc<Bell>,
    /// Results a second of each source that it wants at most.
    pub(crate) fps_max: Option<f64>,
    wants_pixels: bool,
}

impl SinkLane {
    pub(crate) fn new((demand, wants_pixels): (Demand, bool), fps_max: Option<f64>) -> Self {
        let bell = Bell::new();
        let door = match demand {
            Demand::Newest => HandOver::Newest(Slot::new(Arc::clone(&bell))),
            Demand::Every => HandOver::Every(Rendezvous::new(RESULTS_WAITING, Arc::clone(&bell))),
        };
        Self { account: Account::new(), door, bell, fps_max, wants_pixels }
    }

    /// One more result than it wants.
    pub(crate) fn leave_out(&self) {
        if !self.door.is_closed() {
            self.account.lose(DropReason::Rate, 1);
        }
    }

    /// Brings a result to the sink's door. Where the frame's source waits for its consumers (`pace` max) and the sink
    /// wants every result, this waits too; nothing waits for a sink that has failed.
    pub(crate) fn offer(&self, result: &Arc<FrameResult>, frame: &Frame, pace: Pace) {
        if self.door.is_closed() {
            return;
        }
        let frame = self.wants_pixels.then(|| frame.clone());
        let delivery = Delivery { result: Arc::clone(result), frame };
        let parcel = Parcel { ticket: self.account.open(), delivery };
        let left_over = match (&self.door, pace) {
            (HandOver::Newest(slot), _) => match slot.put(parcel) {
                Ok(None) => return,
                Ok(Some(older)) => return older.ticket.drop_for(DropReason::Superseded),
                Err(parcel) => parcel,
            },
            (HandOver::Every(rendezvous), Pace::Max) => match rendezvous.put(parcel) {
                Ok(()) => return,
                Err(parcel) => parcel,
            },
            (HandOver::Every(rendezvous), Pace::Live) => match rendezvous.try_put(parcel) {
                Ok(()) => return,
                Err(parcel) => parcel,
            },
        };
        if self.door.is_closed() {
            left_over.ticket.fail(FailReason::Write);
        } else {
            left_over.ticket.drop_for(DropReason::Sink);
        }
    }
}

/// Results that this many sinks hold at once: those that wait, and the one being written.
pub(crate) fn results_held(sinks: usize) -> usize {
    sinks * (RESULTS_WAITING + 1)
}

/// Frames of one source that the pipeline holds at once, by their holders: the one being offered, those at the
/// predictor's door, those in the predictor's hands or just out of them, and, for each sink that wants pixels, its
/// results.
pub fn frames_held(predictor_capacity: usize, sinks_with_pixels: usize) -> usize {
    1 + FRAMES_WAITING + predictor_capacity + results_held(sinks_with_pixels)
}
