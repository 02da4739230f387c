//! [`Source`] for a camera: opened, negotiated, streaming.

use std::os::fd::AsFd;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use ocelli_capture::limits::check_size;
use ocelli_capture::{
    DeviceFormat, DeviceUri, Lost, Next, Notes, OpenOptions, Opened, Pace, Source, SourceError,
    SourceErrorKind, SourceInfo,
};
use ocelli_frame::{Clock, ClockKind, FrameInfo, Pool, Timestamp};

use crate::buffers::Buffers;
use crate::device::Device;
use crate::error::at_device;
use crate::negotiate::{Granted, Refusal, Wish, differences, negotiate};
use crate::picture::{PictureLayout, READ};
use crate::queue::DeviceQueue;
use crate::returns::{Returning, Returns};
use crate::stream::{Stream, StreamError, StreamParts};
use crate::sys::{Errno, Fraction, reqbufs};

/// Buffers where nobody asked for a number: one that is filled, one that is next, and two in readers' hands.
const BUFFERS: u32 = 4;
/// `VIDEO_MAX_FRAME`.
const BUFFERS_MAX: u32 = 32;
/// One frame's time where the driver does not tell.
const INTERVAL_NS: u64 = 100_000_000;

/// Opens a camera, which starts when its first frame is asked for. What is not asked for is the camera's choice, and for
/// the pixel format ours; what it grants is read back, and is the first of the notes. Frames are leases on the driver's
/// own buffers.
///
/// # Errors
/// Where there is no such device, it is not allowed, busy, or gone, where it has none of the formats that are read, or
/// where the driver refuses to stream. Later: where the camera is unplugged or its driver gives up.
pub fn open(uri: &DeviceUri, options: &OpenOptions) -> Result<Opened, SourceError> {
    let wish = Wish { size: uri.size, fps: uri.fps.or(options.fps), format: uri.format };
    let device = Device::open(&uri.path)?;
    let granted = negotiate(&device, &wish).map_err(|refusal| refused(&device, &wish, refusal))?;
    check_size(&uri.path.display().to_string(), granted.format.size)?;
    let layout = PictureLayout::of(&granted.format).ok_or_else(|| {
        let path = uri.path.display();
        let message = format!("{path}: the planes of {} do not fit its buffers", granted.format.four_cc);
        SourceError::new(SourceErrorKind::Unsupported, message, "try another format: `format=YUYV`")
    })?;
    let notes = Notes::default();
    let name = uri.path.file_name().unwrap_or(uri.path.as_os_str()).to_string_lossy().into_owned();
    let capability = device.capability.clone();
    let (stream, buffers) = set_up(device, &granted, layout, uri.buffers.unwrap_or(BUFFERS), options)?;

    let rate = granted.interval.map_or("an unknown rate".to_owned(), |interval| format!("{interval} fps"));
    let (four_cc, size) = (granted.format.four_cc, granted.format.size);
    notes.add(format!(
        "{name}: {size} {four_cc} at {rate}, {buffers} buffers ({}, {})",
        capability.card, capability.driver
    ));
    differences(&wish, &granted).into_iter().for_each(|what| notes.add(format!("{name}: {what}")));
    if let Some(asked) = uri.buffers.filter(|asked| *asked != buffers) {
        notes.add(format!("{name}: asked for {asked} buffers, it gives {buffers}"));
    }

    let info = SourceInfo {
        name,
        size: Some(size),
        fps: granted.interval.and_then(Fraction::fps),
        frames: None,
        pace: Pace::Live,
    };
    let source = CameraSource {
        info,
        path: uri.path.clone(),
        template: template(&layout, options),
        clock: Arc::clone(&options.clock),
        notes: notes.clone(),
        stream: Some(stream),
        is_started: false,
        lost: Lost::default(),
        has_told_of_the_future: false,
    };
    Ok(Opened { source: Box::new(source), notes })
}

/// Buffers, mapped and queued; the driver does not fill them yet. Answers how many there are.
fn set_up(
    device: Device,
    granted: &Granted,
    layout: PictureLayout,
    buffers: u32,
    options: &OpenOptions,
) -> Result<(Stream<DeviceQueue>, u32), SourceError> {
    let (path, kind) = (device.path.clone(), device.kind);
    let failed = |what: &'static str| {
        let path = path.clone();
        move |errno| at_device(&path, what, errno)
    };
    let count = reqbufs(device.file.as_fd(), kind, buffers).map_err(failed("REQBUFS"))?;
    if count == 0 || count > BUFFERS_MAX {
        return Err(failed("REQBUFS")(Errno::NOMEM));
    }
    let memory = Buffers::map(device.file.as_fd(), kind, count).map_err(failed("mapping its buffers"))?;
    let picture_bytes: usize = layout.bytes_needed.iter().sum();
    let too_large = || {
        let message = format!("{}: no room for copies of {picture_bytes} bytes", path.display());
        SourceError::new(SourceErrorKind::TooLarge, message, "let fewer frames wait at once")
    };
    // Memory for copies is only there once it is written to.
    let spare = Pool::host(options.readers.saturating_add(1), picture_bytes, 0).ok_or_else(too_large)?;
    let interval_ns = granted.interval.and_then(Fraction::fps).map_or(INTERVAL_NS, |fps| (1e9 / fps) as u64);
    let queue = DeviceQueue::new(device.file, kind);
    let returns = Returns::new(queue.way_back());
    let pool = Pool::new(Box::new(Returning::new(memory, Arc::clone(&returns))), 0);
    let mut stream = Stream::new(StreamParts { queue, layout, pool, spare, returns, interval_ns });
    stream.queue_all().map_err(|error| stream_error(&path, error))?;
    Ok((stream, count))
}

/// What every frame of the stream carries.
fn template(layout: &PictureLayout, options: &OpenOptions) -> FrameInfo {
    let captured = Timestamp { ns: 0, clock: ClockKind::Read };
    let mut info = FrameInfo::packed(layout.format, layout.size, captured).with_color(layout.color);
    (info.source, info.planes) = (options.source, layout.planes);
    info
}

/// Nothing of the camera's was what was wanted.
fn refused(device: &Device, wish: &Wish, refusal: Refusal) -> SourceError {
    let there = match refusal {
        Refusal::Failed(what, errno) => return device.error(what, errno),
        Refusal::NoFormat(there) => there,
    };
    let mut names: Vec<_> = there.iter().map(ToString::to_string).collect();
    names.dedup();
    let mut read: Vec<_> = READ.iter().map(|(_, pixels)| pixels.to_string()).collect();
    read.dedup();
    let (path, names, read) = (device.path.display(), names.join(", "), read.join(", "));
    let (message, hint) = match wish.format {
        Some(DeviceFormat::Mjpg) => {
            (format!("{path}: MJPG is not decoded yet"), format!("formats that are read: {read}"))
        }
        Some(wanted) => (
            format!("{path}: the camera has no {wanted}"),
            format!("it has {names}; those that are read: {read}"),
        ),
        None => {
            (format!("{path}: none of the camera's formats is read"), format!("it has {names}; read: {read}"))
        }
    };
    SourceError::new(SourceErrorKind::Unsupported, message, hint)
}

fn stream_error(path: &Path, error: StreamError) -> SourceError {
    if let StreamError::Failed(what, errno) = error {
        return at_device(path, what, errno);
    }
    let path = path.display();
    match error {
        StreamError::NotQueued(index) => SourceError::new(
            SourceErrorKind::Io,
            format!("{path}: the driver answers for buffer {index}, which it does not have"),
            "its driver is at fault: please report it, with what `ocelli devices` says",
        ),
        _ => SourceError::new(
            SourceErrorKind::Io,
            format!("{path}: the driver does not stream any more"),
            "see `dmesg`, then cable, port and power",
        ),
    }
}

/// A camera at work.
struct CameraSource {
    info: SourceInfo,
    path: PathBuf,
    clock: Arc<dyn Clock>,
    /// What every frame carries.
    template: FrameInfo,
    notes: Notes,
    /// `None` once it has failed.
    stream: Option<Stream<DeviceQueue>>,
    /// Whether the driver fills buffers: from the first time that a frame is asked for, so that none is lost before.
    is_started: bool,
    /// Of the stream that has failed.
    lost: Lost,
    has_told_of_the_future: bool,
}

impl CameraSource {
    /// Says once that a driver's time was ahead of ours by so much.
    fn tell_of_the_future(&mut self, ahead_ns: u64) {
        if ahead_ns == 0 || self.has_told_of_the_future {
            return;
        }
        self.has_told_of_the_future = true;
        let (name, ahead_ms) = (&self.info.name, ahead_ns.div_ceil(1_000_000));
        self.notes.add(format!(
            "{name}: the driver's times lie in the future (by {ahead_ms} ms): such frames are dated by when they are read"
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

impl Source for CameraSource {
    fn info(&self) -> &SourceInfo {
        &self.info
    }

    fn next(&mut self, timeout: Duration) -> Result<Next, SourceError> {
        let Some(stream) = &mut self.stream else { return Ok(Next::Ended) };
        let (clock, mut captured) = (&*self.clock, None);
        let info = |monotonic_ns| {
            let dated = date(clock, monotonic_ns);
            captured = Some(dated);
            FrameInfo { captured: dated.0, ..self.template.clone() }
        };
        let started = if self.is_started { Ok(()) } else { stream.queue().start() };
        self.is_started = true;
        let started = started.map_err(|errno| StreamError::Failed("STREAMON", errno));
        match started.and_then(|()| stream.next(timeout, || clock.now_ns(), info)) {
            Ok(None) => Ok(Next::TimedOut),
            Ok(Some(frame)) => {
                self.tell_of_the_future(captured.map_or(0, |(_, ahead_ns)| ahead_ns));
                Ok(Next::Frame(frame))
            }
            Err(error) => {
                self.lost = stream.take_lost();
                self.stream = None;
                Err(stream_error(&self.path, error))
            }
        }
    }

    fn take_lost(&mut self) -> Lost {
        let before = std::mem::take(&mut self.lost);
        self.stream.as_mut().map_or(before, Stream::take_lost)
    }
}

impl Drop for CameraSource {
    fn drop(&mut self) {
        let copies = self.stream.as_ref().map_or(0, Stream::copies);
        if copies > 0 {
            let name = &self.info.name;
            self.notes.add(format!(
                "{name}: {copies} frames were copied, because readers held all buffers but the last: ask for more"
            ));
        }
    }
}
