//! Frames for eyes: whoever shows a source's pictures takes them here, at a rate of their own, whether or not inference
//! keeps up.
//!
//! A tap holds two frames, the newest one and the newest that the predictor works on, and only while somebody watches. What
//! eyes do not see is no loss: these frames are in no account, beside the one they are in already.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ocelli_frame::Frame;

use crate::Bell;

/// Frames of one source that its tap and one thread behind it hold at once: the newest, the newest that the predictor
/// works on, and the one that is being looked at.
pub const FRAMES_WATCHED: usize = 3;

/// Where a source's pictures can be seen.
#[derive(Debug)]
pub struct Tap {
    watchers: AtomicUsize,
    seen: Mutex<Seen>,
    bell: Arc<Bell>,
}

#[derive(Debug, Default)]
struct Seen {
    newest: Option<Frame>,
    /// In the predictor's hands.
    taken: Option<Frame>,
    /// The newest that the predictor took, done or not.
    taken_sequence: Option<u64>,
}

impl Tap {
    /// Rings `bell` with each new frame.
    pub(crate) fn new(bell: Arc<Bell>) -> Arc<Self> {
        Arc::new(Self { watchers: AtomicUsize::new(0), seen: Mutex::default(), bell })
    }

    /// Frames are kept here for as long as the guard lives.
    pub fn watch(self: &Arc<Self>) -> Watching {
        self.watchers.fetch_add(1, Ordering::AcqRel);
        Watching { tap: Arc::clone(self) }
    }

    /// A frame with a higher sequence number than `after`: the newest that the predictor works on, whose result is to
    /// come; where there is none, the newest of all, which an idle predictor takes at once.
    pub fn picture(&self, after: Option<u64>) -> Option<Frame> {
        let seen = self.seen();
        let is_new = |frame: &&Frame| after.is_none_or(|after| frame.info().sequence > after);
        seen.taken.as_ref().filter(is_new).or(seen.newest.as_ref().filter(is_new)).cloned()
    }

    /// Whether the newest frame that the predictor took is this one.
    pub fn has_taken(&self, sequence: u64) -> bool {
        self.seen().taken_sequence == Some(sequence)
    }

    /// Rung with each new frame while somebody watches. All taps of a run share it.
    pub fn bell(&self) -> Arc<Bell> {
        Arc::clone(&self.bell)
    }

    /// The source has captured this.
    pub(crate) fn show(&self, frame: &Frame) {
        self.keep(frame, |seen| &mut seen.newest);
        if self.is_watched() {
            self.bell.ring();
        }
    }

    /// The predictor has taken this.
    pub(crate) fn show_taken(&self, frame: &Frame) {
        self.keep(frame, |seen| {
            seen.taken_sequence = Some(frame.info().sequence);
            &mut seen.taken
        });
    }

    /// The predictor is done with this.
    pub(crate) fn show_done(&self, frame: &Frame) {
        let is_it = |taken: &mut Frame| taken.info().sequence == frame.info().sequence;
        // It goes back to its source outside the lock.
        let _done = if self.is_watched() { self.seen().taken.take_if(is_it) } else { None };
    }

    fn keep(&self, frame: &Frame, place: impl FnOnce(&mut Seen) -> &mut Option<Frame>) {
        if !self.is_watched() {
            return;
        }
        // A frame goes back to its source outside the lock.
        let _replaced = place(&mut self.seen()).replace(frame.clone());
        // The last watcher may have left meanwhile.
        if !self.is_watched() {
            self.forget();
        }
    }

    fn is_watched(&self) -> bool {
        self.watchers.load(Ordering::Acquire) > 0
    }

    fn forget(&self) {
        let _forgotten = std::mem::take(&mut *self.seen());
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Somebody watches a tap, until this is dropped.
#[derive(Debug)]
pub struct Watching {
    tap: Arc<Tap>,
}

impl Drop for Watching {
    fn drop(&mut self) {
        if self.tap.watchers.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.tap.forget();
        }
    }
}

#[cfg(test)]
mod tests {
    use ocelli_frame::{ClockKind, FrameInfo, PixelFormat, Pool, Size, Timestamp};

    use super::*;

    /// So many frames from a pool that has no more.
    fn frames(count: usize) -> (Pool, Vec<Frame>) {
        let mut pool = Pool::host(count, 4, 0).unwrap();
        let frames = (0..count as u64).map(|sequence| {
            let captured = Timestamp { ns: sequence, clock: ClockKind::Read };
            let mut info = FrameInfo::packed(PixelFormat::Grey, Size { width: 2, height: 2 }, captured);
            info.sequence = sequence;
            pool.acquire().unwrap().publish(info).unwrap()
        });
        let frames = frames.collect();
        (pool, frames)
    }

    fn sequence(tap: &Tap, after: Option<u64>) -> Option<u64> {
        tap.picture(after).map(|frame| frame.info().sequence)
    }

    #[test]
    fn what_the_predictor_works_on_comes_first_and_nothing_comes_twice() {
        let (_pool, frames) = frames(4);
        let tap = Tap::new(Bell::new());
        let _watching = tap.watch();
        assert_eq!(sequence(&tap, None), None);
        tap.show(&frames[0]);
        assert_eq!((sequence(&tap, None), sequence(&tap, Some(0))), (Some(0), None));
        tap.show(&frames[1]);
        tap.show_taken(&frames[1]);
        tap.show(&frames[2]);
        assert_eq!(sequence(&tap, Some(0)), Some(1), "its result will come");
        assert_eq!([0, 1, 2].map(|sequence| tap.has_taken(sequence)), [false, true, false]);
        assert_eq!((sequence(&tap, Some(1)), sequence(&tap, Some(2))), (Some(2), None));
        tap.show_done(&frames[0]);
        assert_eq!(sequence(&tap, Some(0)), Some(1), "another is done");
        tap.show_done(&frames[1]);
        assert_eq!(sequence(&tap, Some(0)), Some(2), "its result has come");
        assert!(tap.has_taken(1));
    }

    #[test]
    fn it_rings_only_for_those_who_watch_and_holds_frames_only_for_them() {
        let (mut pool, mut frames) = frames(2);
        let bell = Bell::new();
        let tap = Tap::new(Arc::clone(&bell));
        tap.show(&frames[0]);
        assert_eq!((sequence(&tap, None), bell.rings()), (None, 0));
        let (first, second) = (tap.watch(), tap.watch());
        tap.show(&frames[0]);
        tap.show_taken(&frames[1]);
        assert_eq!(bell.rings(), 1);
        drop(first);
        frames.clear();
        assert!(pool.acquire().is_none(), "the second still watches");
        drop(second);
        assert!(pool.acquire().is_some() && sequence(&tap, None).is_none());
    }
}
