//! What everybody shares: the sources with their viewers and figures. The sink brings results here, the encoder
//! pictures, the server viewers; who looks finds all of it.

use std::collections::VecDeque;
use std::fmt;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::ws::Utf8Bytes;
use ocelli_frame::{Clock, FrameResult};
use ocelli_pipeline::{Bell, Progress, Switch, Tap, Watching};
use ocelli_report::{LiveHello, LiveSource, LiveStatus, RunLabels, live_result};

use crate::figures::Figures;
use crate::status::{Seen, seconds, status_of};
use crate::viewer::{PictureCounts, Viewer, Wish};

/// Viewers at once, of all sources: each holds at most one picture, one result and one status, one message being
/// written, and the buffers of its socket.
pub(crate) const VIEWERS_MAX: usize = 64;
/// Events that are shown; older ones are forgotten.
const EVENTS_MAX: usize = 100;

/// What the live view looks at: a run, before its first frame.
pub struct View {
    /// The run's clock.
    pub clock: Arc<dyn Clock>,
    /// The names behind the numbers.
    pub labels: Arc<RunLabels>,
    /// Where each source's pictures can be seen, in order.
    pub taps: Vec<Arc<Tap>>,
    /// What turns inference of each source on and off, in order.
    pub switches: Vec<Switch>,
    /// A window on the run.
    pub progress: Progress,
    /// The run's events from the `n`th on.
    pub events_from: Box<dyn Fn(usize) -> Vec<String> + Send + Sync>,
}

/// What a viewer may have.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) fps: f64,
    pub(crate) width: u32,
    pub(crate) quality: u8,
}

/// Everything that is shared.
pub(crate) struct Hub {
    view: View,
    pub(crate) limits: Limits,
    sources: Vec<Source>,
    viewers: Mutex<Viewers>,
    events: Mutex<Events>,
    started_ns: u64,
}

/// One source's part.
struct Source {
    figures: Mutex<Figures>,
    pictures: Arc<PictureCounts>,
}

#[derive(Default)]
struct Viewers {
    all: Vec<Arc<Viewer>>,
    /// Changes with `all`, and with what anybody wants.
    generation: u64,
}

#[derive(Default)]
struct Events {
    /// How many there were, with those that are forgotten.
    told: usize,
    newest: VecDeque<(f64, String)>,
}

impl fmt::Debug for Hub {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hub").field("limits", &self.limits).finish_non_exhaustive()
    }
}

impl Hub {
    pub(crate) fn new(view: View, limits: Limits) -> Arc<Self> {
        let source = || Source { figures: Mutex::new(Figures::new()), pictures: Arc::default() };
        Arc::new(Self {
            started_ns: view.clock.now_ns(),
            sources: view.taps.iter().map(|_| source()).collect(),
            view,
            limits,
            viewers: Mutex::default(),
            events: Mutex::default(),
        })
    }

    /// How many sources there are.
    pub(crate) fn sources(&self) -> usize {
        self.sources.len()
    }

    /// Where a source's pictures can be seen.
    pub(crate) fn tap(&self, source: usize) -> &Arc<Tap> {
        &self.view.taps[source]
    }

    /// What turns a source's inference on and off.
    pub(crate) fn switch(&self, source: usize) -> &Switch {
        &self.view.switches[source]
    }

    /// What became of a source's pictures.
    pub(crate) fn pictures(&self, source: usize) -> &Arc<PictureCounts> {
        &self.sources[source].pictures
    }

    /// Rung with new frames, and when viewers come, go or want otherwise. `None` where there are no sources.
    pub(crate) fn bell(&self) -> Option<Arc<Bell>> {
        self.view.taps.first().map(|tap| tap.bell())
    }

    pub(crate) fn now_ns(&self) -> u64 {
        self.view.clock.now_ns()
    }

    /// A result has come: it is counted, and goes to those who look at its source.
    pub(crate) fn deliver(&self, result: &FrameResult) {
        let index = usize::from(result.source.0);
        self.figures(index).record(result, self.now_ns());
        let mut text = None;
        for viewer in self.viewers().all.iter().filter(|viewer| viewer.source == index) {
            let text = text.get_or_insert_with(|| Utf8Bytes::from(live_result(&self.view.labels, result)));
            viewer.put_result(text.clone());
        }
    }

    /// To be called twice a second: counts go on, and viewers get their statuses.
    pub(crate) fn tick(&self) {
        self.note_events();
        let now_ns = self.now_ns();
        for (index, account) in self.view.progress.accounts.iter().enumerate() {
            let shown = self.pictures(index).shown.load(Ordering::Relaxed);
            self.figures(index).tick(&account.snapshot(), shown, now_ns);
        }
        let viewers = self.viewers().all.clone();
        for index in 0..self.sources() {
            let mut text = None;
            for viewer in viewers.iter().filter(|viewer| viewer.source == index) {
                let text = text.get_or_insert_with(|| Utf8Bytes::from(self.status(index, false).to_json()));
                viewer.put_status(text.clone());
            }
        }
    }

    /// The status of everything, histories included.
    pub(crate) fn whole_status(&self) -> String {
        self.note_events();
        let viewers = self.viewers().all.len();
        let sources = (0..self.sources()).map(|index| self.status(index, true)).collect();
        let events = self
            .events
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .newest
            .iter()
            .cloned()
            .collect::<Vec<_>>();
        let status = LiveStatus {
            labels: &self.view.labels,
            uptime_s: seconds(self.now_ns().saturating_sub(self.started_ns)),
            viewers,
            events: &events,
            sources,
        };
        status.to_json()
    }

    /// One source's status.
    pub(crate) fn status(&self, index: usize, with_history: bool) -> LiveSource {
        let seen = Seen {
            counts: self.view.progress.accounts[index].snapshot(),
            condition: self.view.progress.conditions().nth(index).unwrap_or_default(),
            inferring: self.switch(index).is_on(),
            viewers: self.viewers().all.iter().filter(|viewer| viewer.source == index).count(),
        };
        let name = self.view.labels.sources[index].as_str();
        let times = (self.now_ns(), self.started_ns);
        status_of((index, name), &seen, self.pictures(index), &self.figures(index), with_history, times)
    }

    /// The greeting of a source's viewer.
    pub(crate) fn hello(&self, source: usize, Wish { fps, width }: Wish) -> String {
        LiveHello { labels: &self.view.labels, source, fps, width }.to_json()
    }

    /// Takes up a viewer who wants this; `None` where the house is full.
    pub(crate) fn join(self: &Arc<Self>, source: usize, wish: Wish) -> Option<Seat> {
        let viewer = Arc::new(Viewer::new(source, wish, Arc::clone(self.pictures(source))));
        let mut viewers = self.viewers();
        if viewers.all.len() >= VIEWERS_MAX {
            return None;
        }
        viewers.all.push(Arc::clone(&viewer));
        drop(viewers);
        let mut seat = Seat { hub: Arc::clone(self), viewer, watching: None };
        seat.wish(wish);
        Some(seat)
    }

    /// Whether anybody looks.
    pub(crate) fn has_viewers(&self) -> bool {
        !self.viewers().all.is_empty()
    }

    /// Those who look now, where that has changed since `generation`, which becomes the new one.
    pub(crate) fn viewers_since(&self, generation: &mut u64) -> Option<Vec<Arc<Viewer>>> {
        let viewers = self.viewers();
        let has_changed = viewers.generation != *generation;
        *generation = viewers.generation;
        has_changed.then(|| viewers.all.clone())
    }

    fn changed(&self) {
        self.viewers().generation += 1;
        if let Some(bell) = self.bell() {
            bell.ring();
        }
    }

    fn note_events(&self) {
        let mut events = self.events.lock().unwrap_or_else(PoisonError::into_inner);
        let news = (self.view.events_from)(events.told);
        let at_s = seconds(self.now_ns().saturating_sub(self.started_ns));
        events.told += news.len();
        events.newest.extend(news.into_iter().map(|text| (at_s, text)));
        let too_many = events.newest.len().saturating_sub(EVENTS_MAX);
        events.newest.drain(..too_many);
    }

    fn figures(&self, index: usize) -> MutexGuard<'_, Figures> {
        self.sources[index].figures.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn viewers(&self) -> MutexGuard<'_, Viewers> {
        self.viewers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A viewer's place in the house; dropped, it is free again.
#[derive(Debug)]
pub(crate) struct Seat {
    hub: Arc<Hub>,
    viewer: Arc<Viewer>,
    /// Frames are kept for it only where it wants pictures.
    watching: Option<Watching>,
}

impl Seat {
    /// Who sits here.
    pub(crate) fn viewer(&self) -> &Viewer {
        &self.viewer
    }

    /// It wants this from now on.
    pub(crate) fn wish(&mut self, wish: Wish) {
        if wish.fps > 0.0 {
            let tap = self.hub.tap(self.viewer.source);
            self.watching.get_or_insert_with(|| tap.watch());
        } else {
            self.watching = None;
        }
        self.viewer.set_wish(wish);
        self.hub.changed();
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.hub.viewers().all.retain(|other| !Arc::ptr_eq(other, &self.viewer));
        self.hub.changed();
    }
}
