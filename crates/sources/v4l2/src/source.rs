//! [`Source`] for a camera: it streams, or it is away and looked for.
//!
//! ```text
//!             ┌── a picture ──┐
//!             ▼               │        fault, first: stop, start again at once, same device
//!   open ─▶ streaming ────────┴──────▶ fault, again: close ─▶ away ─▶ look for it, ever more rarely ─▶ streaming
//!                                      gone:         close ─┘   └─▶ over the limit: ended
//! ```
//!
//! What is not here: which device it is (`camera.rs`), and how long it is waited for (`recovery.rs`).

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use ocelli_capture::{
    DeviceUri, Figures, Lost, Next, Notes, OpenOptions, Opened, Pace, Source, SourceError, SourceErrorKind,
    SourceInfo,
};
use ocelli_frame::{Clock, ClockKind, FrameInfo, Timestamp};

use crate::camera::{Camera, DeviceCamera, Session};
use crate::error::{stalled, stream_error};
use crate::recovery::{Patience, Trouble};
use crate::stream::StreamError;

/// Opens a camera, which starts when its first frame is asked for. What is not asked for is the camera's choice, and for
/// the pixel format ours; what it grants is read back, and is the first of the notes. Frames are leases on the driver's
/// own buffers. A camera that fails later is started again, and one that is unplugged is looked for.
///
/// # Errors
/// Where there is no such device, it is not allowed, busy, or gone, where it has none of the formats that are read, or
/// where the driver refuses to stream. Later: where it has been away for longer than is waited for.
pub fn open(uri: &DeviceUri, options: &OpenOptions) -> Result<Opened, SourceError> {
    let name = uri.path.file_name().unwrap_or(uri.path.as_os_str()).to_string_lossy().into_owned();
    let camera = DeviceCamera::new(uri, options);
    let patience = Patience { away_max_ns: uri.reconnect_ns, quiet_max_ns: uri.timeout_ns };
    let place = Place { name, path: uri.path.clone(), patience };
    let source = CameraSource::open(camera, place, Arc::clone(&options.clock))?;
    let notes = source.notes.clone();
    Ok(Opened { source: Box::new(source), notes })
}

/// What a camera is called, and how long it is waited for.
pub(crate) struct Place {
    pub name: String,
    pub path: PathBuf,
    pub patience: Patience,
}

/// A camera at work.
pub(crate) struct CameraSource<C: Camera> {
    info: SourceInfo,
    path: PathBuf,
    clock: Arc<dyn Clock>,
    notes: Notes,
    patience: Patience,
    camera: C,
    /// `None` while it is away, and once it has ended.
    session: Option<Session<C::Queue>>,
    generation: u32,
    /// The number that the next picture has at least.
    number_next: u64,
    /// What was told of the session before.
    told: Vec<String>,
    /// When the session was started; its driver fills buffers from the first time that a frame is asked for, so that none
    /// is lost before.
    started_ns: Option<u64>,
    /// Whether the session has given a picture.
    has_given: bool,
    /// When the newest picture was read, of any session.
    picture_last_ns: Option<u64>,
    /// From a fault to the next picture.
    trouble: Option<Trouble>,
    has_ended: bool,
    /// Of sessions that are over.
    lost: Lost,
    figures: Figures,
    copied_in_all: u64,
    has_told_of_the_future: bool,
}

impl<C: Camera> CameraSource<C> {
    pub fn open(mut camera: C, place: Place, clock: Arc<dyn Clock>) -> Result<Self, SourceError> {
        let Place { name, path, patience } = place;
        let session = camera.open(0)?;
        let (size, fps) = (Some(session.template.size), session.fps);
        let mut source = Self {
            info: SourceInfo { name, size, fps, frames: None, pace: Pace::Live },
            path,
            clock,
            notes: Notes::default(),
            patience,
            camera,
            session: None,
            generation: 0,
            number_next: 0,
            told: Vec::new(),
            started_ns: None,
            has_given: false,
            picture_last_ns: None,
            trouble: None,
            has_ended: false,
            lost: Lost::default(),
            figures: Figures::default(),
            copied_in_all: 0,
            has_told_of_the_future: false,
        };
        source.begin(session);
        Ok(source)
    }

    fn note(&self, what: impl std::fmt::Display) {
        self.notes.add(format!("{}: {what}", self.info.name));
    }

    /// A session begins. What it is granted is told where it is not what the one before was.
    fn begin(&mut self, mut session: Session<C::Queue>) {
        if session.told != self.told {
            session.told.iter().for_each(|what| self.note(what));
            self.told.clone_from(&session.told);
        }
        session.stream.number_from(self.number_next);
        (self.session, self.started_ns, self.has_given) = (Some(session), None, false);
        self.generation += 1;
    }

    /// The next picture of a camera that streams.
    fn read(&mut self, timeout: Duration) -> Result<Next, SourceError> {
        let Some(session) = &mut self.session else { return Ok(Next::TimedOut) };
        let (clock, mut ahead_ns) = (&*self.clock, 0);
        let started = match self.started_ns {
            Some(_) => Ok(()),
            None => session.stream.start(),
        };
        let started_ns = *self.started_ns.get_or_insert_with(|| clock.now_ns());
        let info = |monotonic_ns| {
            let captured;
            (captured, ahead_ns) = date(clock, monotonic_ns);
            FrameInfo { captured, ..session.template.clone() }
        };
        let next = started.and_then(|()| session.stream.next(timeout, || clock.now_ns(), info));
        match next {
            Ok(Some(frame)) => {
                self.tell_of_the_future(ahead_ns);
                self.is_well();
                Ok(Next::Frame(frame))
            }
            Ok(None) => {
                let heard_ns = self.picture_last_ns.map_or(started_ns, |last_ns| last_ns.max(started_ns));
                let quiet_ns = clock.now_ns().saturating_sub(heard_ns);
                if self.patience.is_stalled(quiet_ns, session.stream.interval_ns(), self.has_given) {
                    let error = stalled(&self.path, quiet_ns);
                    return self.fail(error, false);
                }
                Ok(Next::TimedOut)
            }
            Err(error) => self.fail(stream_error(&self.path, error), error == StreamError::Changed),
        }
    }

    /// A picture has come.
    fn is_well(&mut self) {
        let now_ns = self.clock.now_ns();
        (self.picture_last_ns, self.has_given) = (Some(now_ns), true);
        if let Some(trouble) = self.trouble.take() {
            let away = trouble.ended(now_ns);
            let seconds = |ns: u64| ns as f64 * 1e-9;
            let (from, to, long) = (seconds(away.from_ns), seconds(away.to_ns), seconds(away.duration_ns()));
            self.note(format_args!(
                "was away for {long:.3} s ({}), from {from:.3} s to {to:.3} s",
                away.reason
            ));
            self.figures.away = Some(away);
        }
    }

    /// The session is over. After a first fault the device is started again at once, unless it is gone.
    fn fail(&mut self, error: SourceError, has_changed: bool) -> Result<Next, SourceError> {
        let now_ns = self.clock.now_ns();
        self.keep_counts();
        let Some(Session { stream, .. }) = self.session.take() else { return Ok(Next::TimedOut) };
        let is_first = self.trouble.is_none();
        if is_first {
            let from_ns = self.picture_last_ns.or(self.started_ns).unwrap_or(now_ns);
            self.trouble = Some(Trouble::new(&error, from_ns, now_ns));
        }
        let has_time = is_first && !self.is_over_limit();
        if has_time && error.kind() != SourceErrorKind::Unplugged {
            self.note(format_args!("{error}: it is started again"));
            match self.camera.restart(stream.into_queue(), has_changed, self.generation) {
                Ok(session) => {
                    self.begin(session);
                    return Ok(Next::TimedOut);
                }
                Err(error) => return self.try_later(error),
            }
        }
        // A driver tells of a replug only once the old device is closed.
        drop(stream);
        if has_time {
            self.note(format_args!("{error}: it is looked for"));
        }
        self.try_later(error)
    }

    /// Looks for a camera that is away, where it is time to.
    fn look(&mut self, timeout: Duration) -> Result<Next, SourceError> {
        let due_ns = self.trouble.as_ref().map_or(0, Trouble::next_try_ns);
        let now_ns = self.clock.now_ns();
        if due_ns > now_ns {
            let timeout_ns = u64::try_from(timeout.as_nanos()).unwrap_or(u64::MAX);
            self.clock.sleep_until_ns(due_ns.min(now_ns.saturating_add(timeout_ns)));
            return Ok(Next::TimedOut);
        }
        match self.camera.open(self.generation) {
            Ok(session) => {
                self.begin(session);
                Ok(Next::TimedOut)
            }
            Err(error) => self.try_later(error),
        }
    }

    /// A try has failed: there will be another one, unless it has been away for too long.
    fn try_later(&mut self, error: SourceError) -> Result<Next, SourceError> {
        let now_ns = self.clock.now_ns();
        let Some(trouble) = &mut self.trouble else { return Err(error) };
        let is_news = trouble.note(&error, now_ns);
        if self.is_over_limit() {
            self.has_ended = true;
            self.figures.away = self.trouble.take().map(|trouble| trouble.ended(now_ns));
            return Err(error);
        }
        if is_news {
            self.note(format_args!("{error}: it is tried again"));
        }
        Ok(Next::TimedOut)
    }

    fn is_over_limit(&self) -> bool {
        let now_ns = self.clock.now_ns();
        self.trouble.as_ref().is_some_and(|trouble| trouble.is_over_limit(&self.patience, now_ns))
    }

    /// Takes over what the stream has counted.
    fn keep_counts(&mut self) {
        let Some(Session { stream, .. }) = &mut self.session else { return };
        self.lost.add(stream.take_lost());
        self.figures.copied += stream.take_copied();
        self.number_next = stream.number_next();
    }

    /// Says once that a driver's time was ahead of ours by so much.
    fn tell_of_the_future(&mut self, ahead_ns: u64) {
        if ahead_ns == 0 || self.has_told_of_the_future {
            return;
        }
        self.has_told_of_the_future = true;
        let ahead_ms = ahead_ns.div_ceil(1_000_000);
        self.note(format_args!(
            "the driver's times lie in the future (by {ahead_ms} ms): such frames are dated by when they are read"
        ));
    }
}

/// When a picture was captured, on the run's clock. A driver's time that is still to come is no time: then it is when
/// it was read, and by how much the driver was ahead.
fn date(clock: &dyn Clock, monotonic_ns: Option<u64>) -> (Timestamp, u64) {
    let now_ns = clock.now_ns();
    let said_ns = monotonic_ns.and_then(|ns| clock.ns_from_monotonic(ns));
    match said_ns {
        Some(ns) if ns <= now_ns => (Timestamp { ns, clock: ClockKind::Monotonic }, 0),
        _ => {
            let ahead_ns = said_ns.map_or(0, |ns| ns - now_ns);
            (Timestamp { ns: now_ns, clock: ClockKind::Read }, ahead_ns)
        }
    }
}

impl<C: Camera> Source for CameraSource<C> {
    fn info(&self) -> &SourceInfo {
        &self.info
    }

    fn next(&mut self, timeout: Duration) -> Result<Next, SourceError> {
        match self.session {
            _ if self.has_ended => Ok(Next::Ended),
            Some(_) => self.read(timeout),
            None => self.look(timeout),
        }
    }

    fn take_lost(&mut self) -> Lost {
        self.keep_counts();
        std::mem::take(&mut self.lost)
    }

    fn take_figures(&mut self) -> Figures {
        self.keep_counts();
        let figures = std::mem::take(&mut self.figures);
        self.copied_in_all += figures.copied;
        Figures { away_since_ns: self.trouble.as_ref().map(Trouble::since_ns), ..figures }
    }
}

impl<C: Camera> Drop for CameraSource<C> {
    fn drop(&mut self) {
        let copied = self.copied_in_all;
        if copied > 0 {
            self.note(format_args!(
                "{copied} frames were copied, because readers held all buffers but the last: ask for more"
            ));
        }
    }
}

#[cfg(test)]
mod tests;
