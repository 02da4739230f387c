//! Pictures for eyes: one thread of low priority makes JPEGs, of what somebody looks at and of nothing else.
//!
//! Viewers of one source who want the same width at the same rate look at one *stream*, and share its pictures; streams
//! of one width share them where they show the same frame. With nobody there the thread waits.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

use axum::body::Bytes;
use ocelli_draw::{Scaler, write_jpeg};
use ocelli_frame::Frame;
use ocelli_pipeline::RateLimit;

use crate::hub::Hub;
use crate::viewer::{Picture, Viewer, Wish};

/// How much the thread stands back behind the others, as `nice` counts.
const NICENESS: i32 = 10;
/// How long it waits before it looks up to see whether the run is over.
const PATIENCE: Duration = Duration::from_millis(100);

/// The thread.
#[derive(Debug)]
pub(crate) struct Encoder {
    thread: Option<JoinHandle<()>>,
    is_over: Arc<AtomicBool>,
}

impl Encoder {
    /// Starts it.
    ///
    /// # Errors
    /// Where the system has no room for one more thread.
    pub(crate) fn start(hub: Arc<Hub>) -> std::io::Result<Self> {
        let is_over = Arc::new(AtomicBool::new(false));
        let until = Arc::clone(&is_over);
        let body = move || {
            // Where the system refuses, pictures cost what they cost.
            let _ = rustix::process::nice(NICENESS);
            Encoding::new(hub).run(&until);
        };
        let thread = Builder::new().name("web pictures".to_owned()).spawn(body)?;
        Ok(Self { thread: Some(thread), is_over })
    }
}

impl Drop for Encoder {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            // A panic of its has been told on stderr; the run goes on without pictures.
            let _ = thread.join();
        }
    }
}

/// What several viewers see.
struct Stream {
    source: usize,
    wish: Wish,
    limit: RateLimit,
    viewers: Vec<Arc<Viewer>>,
    /// The newest picture of it, also for those who come in between.
    picture: Option<Picture>,
}

/// The thread's own things.
struct Encoding {
    hub: Arc<Hub>,
    streams: Vec<Stream>,
    generation: u64,
    scaler: Scaler,
    jpeg: Vec<u8>,
    /// Of each source, the newest frame that was shown.
    shown: Vec<Option<u64>>,
}

impl Encoding {
    fn new(hub: Arc<Hub>) -> Self {
        let shown = vec![None; hub.sources()];
        Self { hub, streams: Vec::new(), generation: 0, scaler: Scaler::new(), jpeg: Vec::new(), shown }
    }

    fn run(&mut self, is_over: &AtomicBool) {
        let Some(bell) = self.hub.bell() else { return };
        while !is_over.load(Ordering::Acquire) {
            let seen = bell.rings();
            if let Some(viewers) = self.hub.viewers_since(&mut self.generation) {
                self.regroup(viewers);
            }
            (0..self.streams.len()).for_each(|index| self.serve(index));
            // Frames that came meanwhile have rung.
            bell.wait(seen, PATIENCE);
        }
    }

    /// Sorts viewers into streams. A stream that goes on keeps its phase and its newest picture, which those who join
    /// it get at once.
    fn regroup(&mut self, viewers: Vec<Arc<Viewer>>) {
        self.streams.iter_mut().for_each(|stream| stream.viewers.clear());
        for viewer in viewers {
            let wish = viewer.wish();
            if wish.fps <= 0.0 {
                continue;
            }
            let known =
                self.streams.iter_mut().find(|stream| stream.source == viewer.source && stream.wish == wish);
            match known {
                Some(stream) => {
                    stream.picture.iter().for_each(|picture| viewer.put_picture(picture));
                    stream.viewers.push(viewer);
                }
                None => self.streams.push(Stream {
                    source: viewer.source,
                    wish,
                    limit: RateLimit::new(wish.fps),
                    viewers: vec![viewer],
                    picture: None,
                }),
            }
        }
        self.streams.retain(|stream| !stream.viewers.is_empty());
    }

    /// Shows a stream's viewers the next frame, where there is one and it is time.
    fn serve(&mut self, index: usize) {
        let stream = &mut self.streams[index];
        let after = stream.picture.as_ref().map(|picture| picture.sequence);
        let Some(frame) = self.hub.tap(stream.source).picture(after) else { return };
        if !stream.limit.admits(self.hub.now_ns()) {
            return;
        }
        let (sequence, widest) = (frame.info().sequence, frame.info().size.width);
        // Nothing is enlarged: wishes beyond the frame's own width are one.
        let (source, width) = (stream.source, stream.wish.width.min(widest));
        let twin = self.streams.iter().find(|other| {
            let shows_it = other.picture.as_ref().is_some_and(|picture| picture.sequence == sequence);
            other.source == source && other.wish.width.min(widest) == width && shows_it
        });
        let picture = match twin.and_then(|twin| twin.picture.clone()) {
            Some(picture) => picture,
            None => match self.encode(frame, source, width) {
                Some(picture) => picture,
                None => return,
            },
        };
        let stream = &mut self.streams[index];
        stream.viewers.iter().for_each(|viewer| viewer.put_picture(&picture));
        stream.picture = Some(picture);
    }

    /// `None` for a frame that is no picture: without pixels, or too wide for a JPEG.
    fn encode(&mut self, frame: Frame, source: usize, width: u32) -> Option<Picture> {
        let (sequence, captured_ns) = (frame.info().sequence, frame.info().captured.ns);
        let canvas = self.scaler.scale(&frame, width);
        // Its source may want the memory back.
        drop(frame);
        self.jpeg.clear();
        write_jpeg(&mut self.jpeg, canvas, self.hub.limits.quality).ok()?;
        let counts = self.hub.pictures(source);
        counts.encoded.fetch_add(1, Ordering::Relaxed);
        if self.shown[source].replace(sequence) != Some(sequence) {
            counts.shown.fetch_add(1, Ordering::Relaxed);
        }
        Some(Picture {
            sequence,
            captured_ns,
            size: canvas.size(),
            is_taken: self.hub.switch(source).is_on() && self.hub.tap(source).has_taken(sequence),
            jpeg: Bytes::copy_from_slice(&self.jpeg),
        })
    }
}
