//! The seam between whatever makes frames and whatever reads them.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use ocelli_frame::{Away, Clock, Frame, Size, SourceIndex};

/// How fast a recorded source plays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pace {
    /// As fast as its consumer takes frames; every frame counts.
    #[default]
    Max,
    /// By its timestamps, as if it were a camera; the newest frame wins.
    Live,
}

/// What a source is told before its first frame.
#[derive(Clone, Debug)]
pub struct OpenOptions {
    /// The index its frames carry.
    pub source: SourceIndex,
    /// Frames that the rest of the run may hold at once; the source's pool has this many slots and those it needs
    /// itself.
    pub readers: usize,
    /// The run's clock.
    pub clock: Arc<dyn Clock>,
    /// How fast to play.
    pub pace: Pace,
    /// Start again at the end, for ever.
    pub looped: bool,
    /// Frames a second, where the source's own rate is not wanted. At [`Pace::Live`] it paces; the scene takes its
    /// time step from it.
    pub fps: Option<f64>,
}

/// What is known of a source once it is open.
#[derive(Clone, Debug)]
pub struct SourceInfo {
    /// A short name for people and results, without secrets: the file's name, `cam0`.
    pub name: String,
    /// The first frame's size, where it is known.
    pub size: Option<Size>,
    /// Frames a second, where it is known.
    pub fps: Option<f64>,
    /// Frames in all, where there is an end and it is known.
    pub frames: Option<u64>,
    /// How fast it plays: what was asked for, or `Live` for a camera.
    pub pace: Pace,
}

/// What a source has to say.
#[derive(Debug)]
pub enum Next {
    /// A picture.
    Frame(Frame),
    /// Nothing yet; ask again.
    TimedOut,
    /// There will be no more.
    Ended,
}

/// Frames that a source knows of and did not give.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lost {
    /// A newer frame took their place before they were read.
    pub superseded: u64,
    /// The driver had no buffer for them, or says nothing of them.
    pub driver: u64,
    /// They were damaged.
    pub corrupt: u64,
}

impl Lost {
    /// Both together.
    pub fn add(&mut self, other: Self) {
        self.superseded += other.superseded;
        self.driver += other.driver;
        self.corrupt += other.corrupt;
    }
}

/// What a source has to tell beside its frames.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Pictures that were copied because readers held too much of its memory.
    pub copied: u64,
    /// Since when it has been away, where it is.
    pub away_since_ns: Option<u64>,
    /// A time in which it was away, once that is over.
    pub away: Option<Away>,
}

/// Something that makes frames. Lives on one thread.
pub trait Source: Send {
    /// What is known of it.
    fn info(&self) -> &SourceInfo;

    /// The next frame, in presentation order, waiting `timeout` at most for it. Sequence numbers count from 0, frames
    /// that were lost included: [`Source::take_lost`] tells of those.
    ///
    /// # Errors
    /// After an error that is not [`SourceErrorKind::is_passing`] the source has ended.
    fn next(&mut self, timeout: Duration) -> Result<Next, SourceError>;

    /// The frames that were lost since this was asked last; for sources that can lose some.
    fn take_lost(&mut self) -> Lost {
        Lost::default()
    }

    /// What there is to tell beside frames since this was asked last; for sources that may be away, or that copy.
    fn take_figures(&mut self) -> Figures {
        Figures::default()
    }
}

/// What went wrong, for programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SourceErrorKind {
    /// No such file or device.
    NotFound,
    /// Not allowed to read it.
    Denied,
    /// The URI is not one.
    BadUri,
    /// Not a container, codec, or picture we read.
    Unsupported,
    /// Broken or cut off.
    Corrupt,
    /// Larger than the limits allow.
    TooLarge,
    /// Frames changed size or format where they must not.
    FormatChanged,
    /// Another program has it.
    Busy,
    /// The device is gone.
    Unplugged,
    /// The device is there, and gives nothing.
    Stalled,
    /// Nothing is connected to the device.
    NoSignal,
    /// Reading failed.
    Io,
}

impl SourceErrorKind {
    /// Whether the source may go on after it.
    pub fn is_passing(self) -> bool {
        false
    }
}

/// What went wrong with a source, where, and what to do about it.
#[derive(Debug)]
pub struct SourceError {
    kind: SourceErrorKind,
    message: String,
    hint: String,
}

impl SourceError {
    /// `message` names the place (`clip.mp4: byte 4711: …`); `hint` is what to do, in a few words.
    pub fn new(kind: SourceErrorKind, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { kind, message: message.into(), hint: hint.into() }
    }

    /// What went wrong, for programs.
    pub fn kind(&self) -> SourceErrorKind {
        self.kind
    }

    /// What to do about it.
    pub fn hint(&self) -> &str {
        &self.hint
    }
}

impl fmt::Display for SourceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for SourceError {}
