//! From the sink's thread to the window's: for each source the newest picture, and its figures.
//!
//! Frames of one source that are held at once: the newest, and the one that is painted. With the two on the sink's side of
//! its door that is less than the room that the pipeline makes for any sink with pixels.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use ocelli_frame::{Account, Frame, Predictions};
use ocelli_pipeline::{Bell, Slot, Taken};

use crate::figures::{Figures, Told};
use crate::wake::Wake;

/// A frame, and what was found in it.
#[derive(Debug)]
pub(crate) struct Picture {
    pub frame: Frame,
    pub predictions: Predictions,
}

/// All sources' feeds. Both threads hold it.
#[derive(Debug)]
pub(crate) struct Feeds {
    /// By the source's index.
    pub feeds: Vec<Feed>,
    pub wake: Wake,
    has_ended: AtomicBool,
}

impl Feeds {
    pub fn new(wake: Wake, accounts: Vec<Arc<Account>>) -> Self {
        let feeds = accounts.into_iter().map(Feed::new).collect();
        Self { feeds, wake, has_ended: AtomicBool::new(false) }
    }

    /// No more results come.
    pub fn end(&self) {
        self.has_ended.store(true, Ordering::Release);
        self.wake.ring();
    }

    pub fn has_ended(&self) -> bool {
        self.has_ended.load(Ordering::Acquire)
    }
}

/// One source's.
#[derive(Debug)]
pub(crate) struct Feed {
    newest: Slot<Picture>,
    /// Predictions whose memory is used again.
    spare: Slot<Predictions>,
    figures: Mutex<Figures>,
    account: Arc<Account>,
}

impl Feed {
    fn new(account: Arc<Account>) -> Self {
        // Nobody waits at these bells: the window's thread waits for its display too, see `Wake`.
        let (newest, spare) = (Slot::new(Bell::new()), Slot::new(Bell::new()));
        Self { newest, spare, figures: Mutex::new(Figures::new()), account }
    }

    /// A result came, on this frame.
    pub fn put(&self, frame: &Frame, found: &Predictions, now_ns: u64) {
        let captured_ns = frame.info().captured.ns;
        self.figures.lock().unwrap_or_else(PoisonError::into_inner).record(now_ns, captured_ns);
        // The memory of the picture that this one takes the place of, or of one that is painted.
        let replaced = self.take().map(|picture| picture.predictions);
        let mut predictions = replaced.or_else(|| self.spare()).unwrap_or_default();
        copy(found, &mut predictions);
        // Closed, it refuses the picture, which is let go of.
        let _ = self.newest.put(Picture { frame: frame.clone(), predictions });
    }

    fn spare(&self) -> Option<Predictions> {
        match self.spare.take() {
            Taken::Item(spare) => Some(spare),
            Taken::Empty | Taken::Closed => None,
        }
    }

    /// The newest picture, if it has not been taken yet.
    pub fn take(&self) -> Option<Picture> {
        match self.newest.take() {
            Taken::Item(picture) => Some(picture),
            Taken::Empty | Taken::Closed => None,
        }
    }

    /// Memory of a picture that is painted.
    pub fn give_back(&self, predictions: Predictions) {
        // Where one is there already, this one is let go.
        let _ = self.spare.put(predictions);
    }

    /// Nobody looks any more: no frame is held from now on.
    pub fn close(&self) {
        self.newest.close();
        drop(self.take());
    }

    pub fn told(&self, now_ns: u64) -> Option<Told> {
        self.figures.lock().unwrap_or_else(PoisonError::into_inner).told(now_ns)
    }

    /// Frames left out so far, for whatever reason.
    pub fn dropped(&self) -> u64 {
        self.account.snapshot().dropped.iter().sum()
    }
}

/// A copy into memory that is there.
fn copy(from: &Predictions, to: &mut Predictions) {
    let Predictions { detections, classification, invalid } = from;
    to.detections.clone_from(detections);
    to.classification.clone_from(classification);
    to.invalid = *invalid;
}

#[cfg(test)]
mod tests {
    use ocelli_frame::{
        BoxXyxy, ClassScore, ClockKind, Detection, FrameInfo, PixelFormat, Pool, Size, Timestamp,
    };
    use ocelli_testkit::CountingAllocator;

    use super::*;

    #[global_allocator]
    static ALLOCATOR: CountingAllocator = CountingAllocator;

    const SIZE: Size = Size { width: 8, height: 8 };

    fn feeds() -> Feeds {
        Feeds::new(Wake::new().unwrap(), vec![Account::new()])
    }

    fn pool(slots: usize) -> Pool {
        Pool::host(slots, FrameInfo::packed_bytes(PixelFormat::Grey, SIZE), 0).unwrap()
    }

    fn frame(pool: &mut Pool, captured_ns: u64) -> Frame {
        let captured = Timestamp { ns: captured_ns, clock: ClockKind::Read };
        let info = FrameInfo::packed(PixelFormat::Grey, SIZE, captured);
        pool.acquire().expect("a slot that nobody holds").publish(info).unwrap()
    }

    fn found(count: usize) -> Predictions {
        let detection = Detection { class_id: 1, confidence: 0.5, box_in_source: BoxXyxy::default() };
        let score = ClassScore { class_id: 2, confidence: 0.25 };
        Predictions { detections: vec![detection; count], classification: vec![score; count], invalid: 3 }
    }

    #[test]
    fn the_newest_picture_wins_and_carries_its_own_predictions() {
        let (feeds, mut pool) = (feeds(), pool(2));
        let feed = &feeds.feeds[0];
        assert!(feed.take().is_none() && feed.told(5).is_none());
        for n in 0..10 {
            // Two slots are enough: what is displaced is let go of at once.
            feed.put(&frame(&mut pool, n), &found(n as usize), n + 7);
        }
        let Picture { frame, predictions } = feed.take().unwrap();
        assert_eq!((frame.info().captured.ns, &predictions), (9, &found(9)));
        assert!(feed.take().is_none());
        assert_eq!(feed.told(20).map(|told| (told.age_ns, told.age_p99_ns)), Some((11, 7)));
    }

    #[test]
    fn a_feed_that_is_closed_holds_no_frame() {
        let (feeds, mut pool) = (feeds(), pool(1));
        let feed = &feeds.feeds[0];
        feed.put(&frame(&mut pool, 0), &found(1), 1);
        feed.close();
        feed.put(&frame(&mut pool, 1), &found(1), 2);
        drop(frame(&mut pool, 2));
        assert!(feed.take().is_none());
    }

    #[test]
    fn pictures_that_come_and_go_allocate_nothing_after_warm_up() {
        let (feeds, mut pool) = (feeds(), pool(3));
        let (feed, most) = (&feeds.feeds[0], found(20));
        let mut run = |frames: u64| {
            let mut painting = None;
            for n in 0..frames {
                feed.put(&frame(&mut pool, n), &most, n);
                // While a picture is painted, others come, and some are never looked at.
                match n % 4 {
                    0 => painting = feed.take(),
                    2 => feed.give_back(painting.take().unwrap().predictions),
                    _ => {}
                }
            }
        };
        run(8);
        let before = CountingAllocator::on_this_thread();
        run(60);
        assert_eq!(CountingAllocator::on_this_thread(), before);
        assert!(before > 0, "nothing is counted");
    }
}
