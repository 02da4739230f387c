//! [`Source`] for whatever ffmpeg reads: a child, its pictures dated and paced, and its end in words.

use std::ffi::OsStr;
use std::io;
use std::process::ExitStatus;
use std::time::Duration;

use ocelli_capture::limits::check_size;
use ocelli_capture::{
    Next, Notes, OpenOptions, Pace, Pacer, Source, SourceError, SourceErrorKind, SourceInfo,
};
use ocelli_frame::{ClockKind, ColorSpace, Filling, FrameInfo, Pool, Timestamp};

use crate::child::{Decoder, in_words};
use crate::command::{Spelling, Task, program};
use crate::described::{Described, assumed_color};
use crate::reading::{Fault, Layout, Reading, Step};
use crate::times::Times;

/// How long a child may give nothing, while a picture of it is waited for.
const SILENCE_NS_MAX: u64 = 30_000_000_000;
/// What ffmpeg says of a file that ends too early, before it ends as if all were well.
const CUT_OFF: [&str; 2] = ["File ended prematurely", "partial file"];
/// Slots that the source needs itself: the one it fills.
const OWN: usize = 1;

/// An input that is being played.
pub(crate) struct FfmpegSource {
    info: SourceInfo,
    task: Task,
    options: OpenOptions,
    pacer: Pacer,
    notes: Notes,
    /// `None` once the source has ended.
    reading: Option<Reading>,
    pool: Option<(Pool, Layout)>,
    color: Option<ColorSpace>,
    times: Times,
    pictures: u64,
    pictures_in_round: u64,
    is_announced: bool,
    /// Waited for bytes since the last ones came.
    quiet_ns: u64,
    /// The slot that is being filled.
    filling: Option<Filling>,
    /// A picture that is not due yet.
    ready: Option<(Filling, FrameInfo)>,
}

impl FfmpegSource {
    /// Starts the child.
    pub fn start(task: Task, options: &OpenOptions, notes: Notes) -> Result<Self, SourceError> {
        let info =
            SourceInfo { name: task.input.name(), size: None, fps: None, frames: None, pace: options.pace };
        let reading = Some(start(&task, program())?);
        Ok(Self {
            info,
            pacer: Pacer::new(options),
            options: options.clone(),
            task,
            notes,
            reading,
            pool: None,
            color: None,
            times: Times::default(),
            pictures: 0,
            pictures_in_round: 0,
            is_announced: false,
            quiet_ns: 0,
            filling: None,
            ready: None,
        })
    }

    /// Reads up to the first picture, so that what is wrong with an input is said at once; for `wait` at most.
    pub fn look(&mut self, wait: Duration) -> Result<(), SourceError> {
        self.read(wait)?;
        self.announce();
        Ok(())
    }

    /// Makes sure that a picture is ready, waiting `timeout` at most. False where there is none yet, or no more.
    fn read(&mut self, timeout: Duration) -> Result<bool, SourceError> {
        let clock = self.options.clock.clone();
        let deadline_ns = clock.now_ns().saturating_add(nanoseconds(timeout));
        while self.ready.is_none() {
            let now_ns = clock.now_ns();
            let left = Duration::from_nanos(deadline_ns.saturating_sub(now_ns));
            let Some(reading) = &mut self.reading else { return Ok(false) };
            let slot = self.filling.as_mut().map(Filling::bytes_mut);
            let step = reading.step(slot, left).map_err(|fault| self.fault(fault))?;
            let waiting = match step {
                Step::Progress => false,
                Step::Layout(layout) => {
                    self.lay_out(layout)?;
                    false
                }
                Step::Picture(ticks) => {
                    self.take_picture(ticks)?;
                    false
                }
                Step::SlotWanted => {
                    let pool = self.pool.as_mut().map(|(pool, _)| pool);
                    self.filling = pool.and_then(|pool| pool.acquire_timeout(left));
                    if self.filling.is_none() && clock.now_ns() >= deadline_ns {
                        return Ok(false);
                    }
                    false
                }
                Step::Nothing => true,
                Step::Closed => !self.close(left)?,
            };
            let now_after_ns = clock.now_ns();
            self.quiet_ns = if waiting { self.quiet_ns + (now_after_ns - now_ns) } else { 0 };
            if self.quiet_ns > SILENCE_NS_MAX {
                return Err(self.silent());
            }
            if waiting && now_after_ns >= deadline_ns {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Makes the pool, once the size is known and found to be within limits.
    fn lay_out(&mut self, layout: Layout) -> Result<(), SourceError> {
        if self.pool.as_ref().is_some_and(|(_, before)| *before == layout) {
            return Ok(());
        }
        let place = self.task.input.place();
        check_size(&place, layout.size)?;
        let bytes = FrameInfo::packed_bytes(layout.format, layout.size);
        let pool = Pool::host(self.options.readers.saturating_add(OWN), bytes, 0).ok_or_else(|| {
            let what = format!("{place}: no room for {} frames of {bytes} bytes", self.options.readers);
            SourceError::new(SourceErrorKind::TooLarge, what, "let fewer frames wait at once")
        })?;
        self.info.size = Some(layout.size);
        (self.pool, self.filling, self.color) = (Some((pool, layout)), None, None);
        Ok(())
    }

    /// Dates the picture in the slot. With the first one comes what ffmpeg says of its colours, rate and codec: it says
    /// so before it writes pictures, so by now it is there to be read.
    fn take_picture(&mut self, ticks: i64) -> Result<(), SourceError> {
        let (Some(slot), Some((_, layout)), Some(reading)) =
            (self.filling.take(), &self.pool, &mut self.reading)
        else {
            unreachable!("a picture has a reading, a layout, and a slot");
        };
        let Layout { format, size, time_base } = *layout;
        if self.color.is_none() || self.pictures_in_round == 0 {
            reading.decoder.listen_now().map_err(|error| self.fault(error.into()))?;
        }
        let Some(reading) = &self.reading else { unreachable!("still there") };
        let log = &reading.decoder.log;
        let color = *self.color.get_or_insert_with(|| {
            let assume = || assumed_color(format, size);
            log.output().map_or_else(assume, |described: &Described| described.color(format, size))
        });
        if self.pictures == 0 {
            let own = log.fps();
            self.info.fps = if self.options.pace == Pace::Live { self.options.fps.or(own) } else { own };
        }
        let media_ns = self.times.date(time_base.nanoseconds(ticks).unwrap_or(0));
        let captured = Timestamp { ns: 0, clock: ClockKind::Read };
        let mut info = FrameInfo::packed(format, size, captured).with_color(color);
        (info.source, info.sequence, info.media_time_ns) =
            (self.options.source, self.pictures, Some(media_ns));
        self.pictures += 1;
        self.pictures_in_round += 1;
        self.ready = Some((slot, info));
        self.announce();
        Ok(())
    }

    /// The pipe is closed. False where the child has not ended yet; else what that means.
    fn close(&mut self, wait: Duration) -> Result<bool, SourceError> {
        let Some(reading) = &mut self.reading else { return Ok(true) };
        let Some(status) = reading.decoder.ended(wait).map_err(|error| self.fault(error.into()))? else {
            return Ok(false);
        };
        if !status.success() && self.is_too_old_for_us() {
            self.task.spelling = Spelling::Vsync;
            self.reading = Some(start(&self.task, program())?);
            return Ok(true);
        }
        let Some(reading) = &self.reading else { return Ok(true) };
        let is_cut = CUT_OFF.iter().any(|words| reading.decoder.log.complains_of(words));
        if is_cut || !status.success() || !reading.is_between_pictures() || self.pictures_in_round == 0 {
            return Err(self.failed(status));
        }
        self.tell_complaints();
        self.reading = match self.options.looped {
            true => Some(start(&self.task, program())?),
            false => None,
        };
        self.times.end_round(self.info.fps);
        self.pictures_in_round = 0;
        Ok(true)
    }

    fn is_too_old_for_us(&self) -> bool {
        let complains = |reading: &Reading| reading.decoder.log.complains_of("fps_mode");
        self.task.spelling == Spelling::FpsMode && self.reading.as_ref().is_some_and(complains)
    }

    /// Says once what reads this input.
    fn announce(&mut self) {
        if self.is_announced {
            return;
        }
        self.is_announced = true;
        let Some(log) = self.reading.as_ref().map(|reading| &reading.decoder.log) else { return };
        let codec = match log.codec() {
            Some(codec) => format!("codec {codec}"),
            None => "nothing has come of it yet".to_owned(),
        };
        let name = &self.info.name;
        let Some(hwaccel) = &self.task.hwaccel else {
            return self.notes.add(format!("{name}: read through ffmpeg ({codec})"));
        };
        self.notes.add(format!("{name}: read through ffmpeg ({codec}, hwaccel {hwaccel} asked for)"));
        if log.complains_of("hwaccel") {
            let why = self.task.input.without_secrets(&log.last_complaints().unwrap_or_default());
            self.notes.add(format!("{name}: hwaccel {hwaccel} did not start, the processor decodes: {why}"));
        }
    }

    /// Complaints that did not keep ffmpeg from going on.
    fn tell_complaints(&self) {
        let Some(log) = self.reading.as_ref().map(|reading| &reading.decoder.log) else { return };
        if let Some((count, first)) = log.complaints() {
            let first = self.task.input.without_secrets(first);
            let times = if count == 1 { "once".to_owned() } else { format!("{count} times, first") };
            self.notes.add(format!("{}: ffmpeg complained {times}: {first}", self.info.name));
        }
    }

    fn place(&self) -> String {
        match self.pictures {
            0 => self.task.input.place(),
            pictures => format!("{}: frame {pictures}", self.task.input.place()),
        }
    }

    fn fault(&self, fault: Fault) -> SourceError {
        SourceError::new(fault.kind, format!("{}: {}", self.place(), fault.what), fault.hint)
    }

    fn silent(&self) -> SourceError {
        let seconds = SILENCE_NS_MAX / 1_000_000_000;
        let what = format!("{}: ffmpeg has given nothing for {seconds} s", self.place());
        SourceError::new(SourceErrorKind::Io, what, "look whether `ffmpeg -i` reads it, and how fast")
    }

    /// The child has ended otherwise than it should.
    fn failed(&self, status: ExitStatus) -> SourceError {
        let log = self.reading.as_ref().map(|reading| &reading.decoder.log);
        let said = log.and_then(|log| log.last_complaints());
        let said = said.map(|said| self.task.input.without_secrets(&said)).unwrap_or_default();
        let place = self.place();
        if said.contains("matches no streams") {
            let what = format!("{place}: no video in it");
            return SourceError::new(SourceErrorKind::Unsupported, what, "give a file with pictures in it");
        }
        let said = if said.is_empty() { "it does not say why".to_owned() } else { said };
        let is_killed = status.code().is_none();
        match (self.pictures, is_killed) {
            (0, false) => {
                let what = match status.success() {
                    true => format!("{place}: ffmpeg found no picture in it: {said}"),
                    false => format!("{place}: ffmpeg cannot read it: {said}"),
                };
                let hint = match self.task.hwaccel {
                    Some(_) => {
                        "`ffmpeg -hwaccels` lists what it could use; without --hwaccel the processor decodes"
                    }
                    None => "try `ffmpeg -i` on it, which says more",
                };
                SourceError::new(SourceErrorKind::Unsupported, what, hint)
            }
            (_, true) => {
                let what = format!("{place}: ffmpeg {}: {said}", in_words(status));
                let hint = "see `dmesg` where memory ran out; what was read before is kept";
                SourceError::new(SourceErrorKind::Io, what, hint)
            }
            (_, false) => {
                let how = if status.success() { "came to an early end".to_owned() } else { in_words(status) };
                let what = format!("{place}: ffmpeg {how}: {said}");
                let hint = "the input is damaged or cut off; what was read before is kept";
                SourceError::new(SourceErrorKind::Corrupt, what, hint)
            }
        }
    }

    /// When the picture is shown, from the start of play.
    fn play_time_ns(&self, info: &FrameInfo) -> u64 {
        match self.options.fps {
            Some(fps) if fps > 0.0 => (info.sequence as f64 * 1e9 / fps) as u64,
            _ => info.media_time_ns.unwrap_or(0),
        }
    }

    fn next_picture(&mut self, timeout: Duration) -> Result<Next, SourceError> {
        if !self.read(timeout)? {
            return Ok(if self.reading.is_none() { Next::Ended } else { Next::TimedOut });
        }
        let Some((slot, mut info)) = self.ready.take() else { return Ok(Next::TimedOut) };
        let Some(captured) = self.pacer.wait(self.play_time_ns(&info), timeout) else {
            self.ready = Some((slot, info));
            return Ok(Next::TimedOut);
        };
        info.captured = captured;
        let frame = slot.publish(info).map_err(|error| {
            SourceError::new(SourceErrorKind::Corrupt, format!("{}: {error}", self.place()), "report this")
        })?;
        Ok(Next::Frame(frame))
    }
}

impl Source for FfmpegSource {
    fn info(&self) -> &SourceInfo {
        &self.info
    }

    fn next(&mut self, timeout: Duration) -> Result<Next, SourceError> {
        let next = self.next_picture(timeout);
        if next.is_err() {
            // The child ends with its reading.
            (self.reading, self.ready, self.filling) = (None, None, None);
        }
        next
    }
}

impl Drop for FfmpegSource {
    fn drop(&mut self) {
        if let Some(reading) = &mut self.reading {
            let _ = reading.decoder.listen_now();
            self.tell_complaints();
        }
    }
}

fn start(task: &Task, program: &OsStr) -> Result<Reading, SourceError> {
    let started = Decoder::start(program, &task.arguments());
    started.map(Reading::new).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => SourceError::new(
            SourceErrorKind::Unsupported,
            format!("{}: ffmpeg is needed to read it, and there is none on PATH", task.input.place()),
            "install it: `apt install ffmpeg`",
        ),
        _ => SourceError::new(
            SourceErrorKind::Io,
            format!("{}: ffmpeg does not start: {error}", task.input.place()),
            "look at the ffmpeg that PATH finds first",
        ),
    })
}

fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}
