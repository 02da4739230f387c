//! A viewer: somebody who looks at one source. It has one place each for the newest picture, result and status; what is
//! newer takes the place of what was not fetched. So a viewer that does not read loses what is old and holds nothing back.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::Bytes;
use axum::extract::ws::Utf8Bytes;
use ocelli_frame::Size;
use tokio::sync::Notify;

/// A frame as JPEG, shared by all viewers of its shape.
#[derive(Clone, Debug)]
pub(crate) struct Picture {
    /// The frame's number at its source.
    pub(crate) sequence: u64,
    /// When it was captured.
    pub(crate) captured_ns: u64,
    /// Of the JPEG.
    pub(crate) size: Size,
    /// Whether the predictor took the frame, so that a result may follow.
    pub(crate) is_taken: bool,
    /// The JPEG.
    pub(crate) jpeg: Bytes,
}

/// What pictures a viewer wants.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Wish {
    /// So many a second; 0 for none.
    pub(crate) fps: f64,
    /// No wider than this.
    pub(crate) width: u32,
}

/// What became of one source's pictures, over all its viewers.
#[derive(Debug, Default)]
pub(crate) struct PictureCounts {
    /// Frames that were shown, in however many shapes.
    pub(crate) shown: AtomicU64,
    /// JPEGs made.
    pub(crate) encoded: AtomicU64,
    /// Pictures handed to sockets.
    pub(crate) sent: AtomicU64,
    /// Pictures that newer ones replaced before they were sent.
    pub(crate) replaced: AtomicU64,
}

/// One viewer, as its source's thread, the encoder and its connection share it.
#[derive(Debug)]
pub(crate) struct Viewer {
    /// Which source it looks at.
    pub(crate) source: usize,
    places: Mutex<Places>,
    ready: Notify,
    counts: Arc<PictureCounts>,
}

#[derive(Debug)]
struct Places {
    wish: Wish,
    /// Of the newest picture that was put here.
    sequence: Option<u64>,
    ready: Ready,
}

/// What waits for a viewer.
#[derive(Debug, Default)]
pub(crate) struct Ready {
    /// The newest result, as it is sent.
    pub(crate) result: Option<Utf8Bytes>,
    /// The newest picture.
    pub(crate) picture: Option<Picture>,
    /// The newest status, as it is sent.
    pub(crate) status: Option<Utf8Bytes>,
}

impl Viewer {
    /// Counts among its source's `counts`.
    pub(crate) fn new(source: usize, wish: Wish, counts: Arc<PictureCounts>) -> Self {
        let places = Places { wish, sequence: None, ready: Ready::default() };
        Self { source, places: Mutex::new(places), ready: Notify::new(), counts }
    }

    /// What it wants at this moment.
    pub(crate) fn wish(&self) -> Wish {
        self.places().wish
    }

    /// It wants this from now on.
    pub(crate) fn set_wish(&self, wish: Wish) {
        self.places().wish = wish;
    }

    /// Puts a picture there, unless it has had this one or a newer one.
    pub(crate) fn put_picture(&self, picture: &Picture) {
        let mut places = self.places();
        if places.sequence.is_some_and(|sequence| sequence >= picture.sequence) {
            return;
        }
        places.sequence = Some(picture.sequence);
        let replaced = places.ready.picture.replace(picture.clone());
        drop(places);
        if replaced.is_some() {
            self.counts.replaced.fetch_add(1, Ordering::Relaxed);
        }
        self.ready.notify_one();
    }

    /// Puts a result there.
    pub(crate) fn put_result(&self, result: Utf8Bytes) {
        self.places().ready.result = Some(result);
        self.ready.notify_one();
    }

    /// Puts a status there.
    pub(crate) fn put_status(&self, status: Utf8Bytes) {
        self.places().ready.status = Some(status);
        self.ready.notify_one();
    }

    /// Waits until something is there.
    pub(crate) async fn ready(&self) {
        self.ready.notified().await;
    }

    /// Takes what is there.
    pub(crate) fn take(&self) -> Ready {
        std::mem::take(&mut self.places().ready)
    }

    /// A picture has been handed to the socket.
    pub(crate) fn count_sent(&self) {
        self.counts.sent.fetch_add(1, Ordering::Relaxed);
    }

    fn places(&self) -> MutexGuard<'_, Places> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(sequence: u64) -> Picture {
        let size = Size { width: 2, height: 2 };
        Picture { sequence, captured_ns: 0, size, is_taken: false, jpeg: Bytes::new() }
    }

    #[test]
    fn the_newest_wins_and_nothing_comes_twice_or_out_of_order() {
        let counts = Arc::new(PictureCounts::default());
        let viewer = Viewer::new(0, Wish { fps: 1.0, width: 640 }, Arc::clone(&counts));
        let mut taken = Vec::new();
        for sequence in [3, 3, 2] {
            viewer.put_picture(&picture(sequence));
            taken.extend(viewer.take().picture.map(|picture| picture.sequence));
        }
        assert_eq!(taken, [3]);
        for sequence in [4, 5, 4, 6] {
            viewer.put_picture(&picture(sequence));
        }
        assert_eq!(viewer.take().picture.map(|picture| picture.sequence), Some(6));
        assert_eq!(counts.replaced.load(Ordering::Relaxed), 2);
        assert!(viewer.take().picture.is_none());
    }
}
