//! [`Source`] for the scene.

use std::time::Duration;

use ocelli_frame::{ClockKind, ColorSpace, Filling, FrameInfo, PixelFormat, Pool, Timestamp};

use super::{Scene, SceneOptions};
use crate::{Next, OpenOptions, Pacer, Source, SourceError, SourceErrorKind, SourceInfo};

/// Slots the source needs itself: the one it paints.
const OWN: usize = 1;

/// Opens a scene. `options.fps`, where it is given, takes the place of the scene's own. A looped scene goes on for
/// ever: it does not start again, so that the number in its pixels stays that of the frame.
///
/// # Errors
/// Where the scene's options are out of range, or there is no room for its frames.
pub fn open(scene: SceneOptions, options: &OpenOptions) -> Result<Box<dyn Source>, SourceError> {
    let mut scene = scene;
    scene.fps = options.fps.unwrap_or(scene.fps);
    let scene = Scene::new(scene)?;
    let pool = Pool::host(options.readers.saturating_add(OWN), scene.frame_bytes(), 0).ok_or_else(|| {
        SourceError::new(
            SourceErrorKind::TooLarge,
            format!("no room for {} frames of a scene of {} pixels", options.readers, scene.options().size),
            "take a smaller scene, or let fewer frames wait at once",
        )
    })?;
    let frames = scene.options().frames.filter(|_| !options.looped);
    let info = SourceInfo {
        name: "synthetic".to_owned(),
        size: Some(scene.options().size),
        fps: Some(scene.options().fps),
        frames,
        pace: options.pace,
    };
    let pacer = Pacer::new(options);
    Ok(Box::new(SceneSource { scene, pool, info, pacer, options: options.clone(), sequence: 0, ready: None }))
}

struct SceneSource {
    scene: Scene,
    pool: Pool,
    info: SourceInfo,
    pacer: Pacer,
    options: OpenOptions,
    /// Of the next frame to be painted.
    sequence: u64,
    /// Painted, and not due yet.
    ready: Option<(Filling, FrameInfo)>,
}

impl SceneSource {
    /// Paints the next frame into a free slot.
    fn paint(&mut self, mut slot: Filling) -> (Filling, FrameInfo) {
        let sequence = self.sequence;
        self.sequence += 1;
        self.scene.render(sequence, slot.bytes_mut());
        let undated = Timestamp { ns: 0, clock: ClockKind::Read };
        let size = self.scene.options().size;
        let mut info =
            FrameInfo::packed(PixelFormat::I420, size, undated).with_color(ColorSpace::BT601_LIMITED);
        info.source = self.options.source;
        info.sequence = sequence;
        info.media_time_ns = Some((sequence as f64 * 1e9 / self.scene.options().fps) as u64);
        (slot, info)
    }
}

impl Source for SceneSource {
    fn info(&self) -> &SourceInfo {
        &self.info
    }

    fn next(&mut self, timeout: Duration) -> Result<Next, SourceError> {
        let (slot, mut info) = match self.ready.take() {
            Some(ready) => ready,
            None if self.info.frames.is_some_and(|frames| self.sequence >= frames) => return Ok(Next::Ended),
            None => match self.pool.acquire_timeout(timeout) {
                Some(slot) => self.paint(slot),
                None => return Ok(Next::TimedOut),
            },
        };
        let Some(captured) = self.pacer.wait(info.media_time_ns.unwrap_or(0), timeout) else {
            self.ready = Some((slot, info));
            return Ok(Next::TimedOut);
        };
        info.captured = captured;
        let frame = slot.publish(info).map_err(|error| {
            SourceError::new(SourceErrorKind::Io, format!("synthetic: {error}"), "report this")
        })?;
        Ok(Next::Frame(frame))
    }
}
