//! [`Source`] for pictures: read, decode, hand out when due.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use ocelli_capture::{Next, OpenOptions, Pacer, Source, SourceError, SourceErrorKind, SourceInfo};
use ocelli_frame::{ClockKind, ColorSpace, Filling, FrameInfo, Timestamp};

use super::decode::{Opened, Problem};
use crate::errors::{io_error, unsupported};
use crate::limits::{IMAGE_BYTES_MAX, check_size};
use crate::slots::Slots;

/// Pictures a second at the live pace, where nothing else is asked for.
const FPS_DEFAULT: f64 = 1.0;

/// A list of pictures that is being shown.
pub(crate) struct ImageSource {
    info: SourceInfo,
    paths: Vec<PathBuf>,
    /// The next picture of the list.
    next: usize,
    ended: bool,
    slots: Slots,
    pacer: Pacer,
    options: OpenOptions,
    fps: f64,
    sequence: u64,
    /// The file as it is, and the decoder's pixels where they are not the frame's; both reused.
    bytes: Vec<u8>,
    scratch: Vec<u8>,
    /// A picture that is not due yet.
    ready: Option<(Filling, FrameInfo)>,
}

impl ImageSource {
    /// `given` is what the user wrote, for the source's name.
    pub fn open(given: &Path, paths: Vec<PathBuf>, options: &OpenOptions) -> Result<Self, SourceError> {
        let mut bytes = Vec::new();
        let first = paths.first().ok_or_else(|| unsupported(given, "no pictures", "give one"))?;
        let opened = read_picture(first, &mut bytes)?;
        let size = opened.orientation.upright_size(opened.stored_size);
        let fps = options.fps.filter(|fps| *fps > 0.0 && fps.is_finite()).unwrap_or(FPS_DEFAULT);
        let name = given.file_name().unwrap_or(given.as_os_str()).to_string_lossy().into_owned();
        Ok(Self {
            info: SourceInfo {
                name,
                size: Some(size),
                fps: (options.pace == ocelli_capture::Pace::Live).then_some(fps),
                frames: (!options.looped).then_some(paths.len() as u64),
                pace: options.pace,
            },
            paths,
            next: 0,
            ended: false,
            slots: Slots::new(options.readers),
            pacer: Pacer::new(options),
            options: options.clone(),
            fps,
            sequence: 0,
            bytes,
            scratch: Vec::new(),
            ready: None,
        })
    }

    fn next_picture(&mut self, timeout: Duration) -> Result<Next, SourceError> {
        if self.ready.is_none() && !self.decode(timeout)? {
            return Ok(if self.ended { Next::Ended } else { Next::TimedOut });
        }
        let Some((slot, mut info)) = self.ready.take() else { return Ok(Next::Ended) };
        let play_time_ns = (info.sequence as f64 * 1e9 / self.fps) as u64;
        let Some(captured) = self.pacer.wait(play_time_ns, timeout) else {
            self.ready = Some((slot, info));
            return Ok(Next::TimedOut);
        };
        info.captured = captured;
        let name = info.name.clone();
        let frame = slot.publish(info).map_err(|error| {
            let what = format!("{}: {error}", name.unwrap_or_default());
            SourceError::new(SourceErrorKind::Corrupt, what, "write the picture again")
        })?;
        Ok(Next::Frame(frame))
    }

    /// Puts the next picture into `ready`; false where there is none, or no slot for it yet.
    fn decode(&mut self, timeout: Duration) -> Result<bool, SourceError> {
        if self.next == self.paths.len() && self.options.looped {
            self.next = 0;
        }
        if self.ended || self.next == self.paths.len() {
            self.ended = true;
            return Ok(false);
        }
        let path = &self.paths[self.next];
        let opened = read_picture(path, &mut self.bytes)?;
        let size = opened.orientation.upright_size(opened.stored_size);
        self.slots.fit(path, FrameInfo::packed_bytes(opened.format, size))?;
        let Some(mut slot) = self.slots.acquire(timeout) else { return Ok(false) };
        let undated = Timestamp { ns: 0, clock: ClockKind::Read };
        let mut info = FrameInfo::packed(opened.format, size, undated).with_color(ColorSpace::BT601_FULL);
        opened.decode(slot.bytes_mut(), &mut self.scratch).map_err(|problem| say(path, problem))?;
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
        info.name = Some(Arc::from(name.as_ref()));
        info.source = self.options.source;
        info.sequence = self.sequence;
        self.sequence += 1;
        self.next += 1;
        self.ready = Some((slot, info));
        Ok(true)
    }
}

impl Source for ImageSource {
    fn info(&self) -> &SourceInfo {
        &self.info
    }

    fn next(&mut self, timeout: Duration) -> Result<Next, SourceError> {
        let next = self.next_picture(timeout);
        self.ended |= next.is_err();
        next
    }
}

/// Reads a file into `bytes` and its header out of them; its size has been checked.
fn read_picture<'a>(path: &Path, bytes: &'a mut Vec<u8>) -> Result<Opened<'a>, SourceError> {
    let io = |error| io_error(path, &error);
    let metadata = std::fs::metadata(path).map_err(io)?;
    if !metadata.is_file() {
        return Err(unsupported(path, "not a regular file", "pictures are read from files"));
    }
    if metadata.len() > IMAGE_BYTES_MAX {
        let what =
            format!("{}: {} bytes; at most {IMAGE_BYTES_MAX} are read", path.display(), metadata.len());
        return Err(SourceError::new(SourceErrorKind::TooLarge, what, "scale the picture down first"));
    }
    bytes.clear();
    File::open(path).map_err(io)?.take(IMAGE_BYTES_MAX).read_to_end(bytes).map_err(io)?;
    let opened = Opened::read(bytes).map_err(|problem| say(path, problem))?;
    check_size(&path.display().to_string(), opened.stored_size)?;
    Ok(opened)
}

fn say(path: &Path, problem: Problem) -> SourceError {
    match problem {
        Problem::Unsupported(what) => {
            unsupported(path, format!("{what}; pictures are read from JPEG and PNG"), "convert it")
        }
        Problem::Corrupt(what) => SourceError::new(
            SourceErrorKind::Corrupt,
            format!("{}: cannot be decoded: {what}", path.display()),
            "write the picture again, or take it out",
        ),
    }
}
