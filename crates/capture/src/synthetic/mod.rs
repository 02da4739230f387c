//! The synthetic scene: circles, squares and triangles that drift over hills at dusk and bounce off the picture's edges,
//! with the truth about where they are. For trying things out without a camera, and for tests that must know.
//!
//! Everything is a pure function of the seed and the frame's number, in arithmetic that is the same on every machine
//! (no sines, no logarithms). The number stands in the pixels too, as a strip of black and white cells in the top
//! left corner, so that a test can tell from a picture alone which one it is.

mod backdrop;
mod motion;
mod paint;
mod scene;
mod shapes;
mod source;
mod strip;

use std::fmt;

use ocelli_frame::Size;

pub use self::scene::{Scene, TruthObject};
pub use self::source::open;
use crate::{SourceError, SourceErrorKind};

/// Pixels a side at least: the strip of cells has to fit.
const SIDE_MIN: u32 = 64;
/// Pixels a side at most.
const SIDE_MAX: u32 = 8192;
/// Objects at most.
const OBJECTS_MAX: u32 = 64;

/// What is in the scene.
#[derive(Clone, Debug, PartialEq)]
pub struct SceneOptions {
    /// The picture: 64 to 8192 pixels a side.
    pub size: Size,
    /// Frames a second: how far things move from one frame to the next.
    pub fps: f64,
    /// Frames in all; without end where it is `None`.
    pub frames: Option<u64>,
    /// How many things move: 0 to 64.
    pub objects: u32,
    /// Another seed is another scene.
    pub seed: u64,
}

impl Default for SceneOptions {
    fn default() -> Self {
        Self { size: Size { width: 640, height: 480 }, fps: 30.0, frames: None, objects: 6, seed: 1 }
    }
}

impl SceneOptions {
    /// # Errors
    /// [`SourceErrorKind::BadUri`] where something is outside of its range.
    pub fn check(&self) -> Result<(), SourceError> {
        let Size { width, height } = self.size;
        let bad = |what: String, hint: String| Err(SourceError::new(SourceErrorKind::BadUri, what, hint));
        if !(SIDE_MIN..=SIDE_MAX).contains(&width) || !(SIDE_MIN..=SIDE_MAX).contains(&height) {
            let hint = format!("from {SIDE_MIN}x{SIDE_MIN} to {SIDE_MAX}x{SIDE_MAX}");
            return bad(format!("a scene of {} pixels", self.size), hint);
        }
        if self.objects > OBJECTS_MAX {
            return bad(format!("a scene of {} objects", self.objects), format!("{OBJECTS_MAX} at most"));
        }
        if !(self.fps.is_finite() && self.fps > 0.0) {
            return bad(format!("a scene of {} frames a second", self.fps), "30 is usual".to_owned());
        }
        Ok(())
    }
}

/// As a source text.
impl fmt::Display for SceneOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { size, fps, frames, objects, seed } = self;
        write!(f, "synthetic:?size={size}&fps={fps}")?;
        if let Some(frames) = frames {
            write!(f, "&frames={frames}")?;
        }
        write!(f, "&objects={objects}&seed={seed}")
    }
}
