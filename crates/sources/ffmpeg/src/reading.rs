//! One reading of an input, from the child's start to its end: bytes from the pipe become pictures in slots.
//!
//! Headers, a few bytes each, go through a small buffer; a picture's bytes go from the pipe straight into its slot. It
//! knows nothing of times to wait for, of pools, or of what comes after the end.

use std::io;
use std::time::Duration;

use ocelli_capture::SourceErrorKind;
use ocelli_frame::{FrameInfo, PixelFormat, Size};

use crate::child::{Arrived, Decoder};
use crate::nut::{Demuxer, Found, PictureHeader, TimeBase, VideoHeader};

/// Bytes asked for where a header is expected: what comes with it of a picture is copied twice.
const HEADER_READ_BYTES: usize = 512;

/// What the pictures of a reading are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    pub format: PixelFormat,
    pub size: Size,
    pub time_base: TimeBase,
}

impl Layout {
    fn of(video: &VideoHeader) -> Result<Self, Fault> {
        let format = match &video.fourcc {
            b"I420" => PixelFormat::I420,
            b"NV12" => PixelFormat::Nv12,
            b"YUY2" => PixelFormat::Yuyv,
            b"Y800" | b"GREY" => PixelFormat::Grey,
            b"RGB\x18" => PixelFormat::Rgb24,
            b"BGR\x18" => PixelFormat::Bgr24,
            other => {
                let what = format!("ffmpeg gives pictures as `{}`", other.escape_ascii());
                return Err(Fault::new(
                    SourceErrorKind::Unsupported,
                    what,
                    "report this, with ffmpeg's version",
                ));
            }
        };
        Ok(Self { format, size: video.size, time_base: video.time_base })
    }
}

/// Why a reading cannot go on.
#[derive(Debug)]
pub(crate) struct Fault {
    pub kind: SourceErrorKind,
    pub what: String,
    pub hint: &'static str,
}

impl Fault {
    fn new(kind: SourceErrorKind, what: impl Into<String>, hint: &'static str) -> Self {
        Self { kind, what: what.into(), hint }
    }
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Self::new(SourceErrorKind::Io, format!("reading from ffmpeg: {error}"), "run it again")
    }
}

/// How far a step has come.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// What the pictures are, said before the first.
    Layout(Layout),
    /// A picture begins, and there is no slot for it.
    SlotWanted,
    /// Something has come; there will be more.
    Progress,
    /// The slot holds a whole picture, shown at so many ticks.
    Picture(i64),
    /// Nothing has come in the time given.
    Nothing,
    /// The child has closed its pipe.
    Closed,
}

/// An input being read.
#[derive(Debug)]
pub(crate) struct Reading {
    pub decoder: Decoder,
    demuxer: Demuxer,
    layout: Option<Layout>,
    /// Bytes `start..end` have not been looked at.
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    /// The picture that is coming in, and how much of it has.
    picture: Option<(PictureHeader, Option<usize>)>,
}

impl Reading {
    pub fn new(decoder: Decoder) -> Self {
        Self {
            decoder,
            demuxer: Demuxer::default(),
            layout: None,
            buffer: vec![0; HEADER_READ_BYTES],
            start: 0,
            end: 0,
            picture: None,
        }
    }

    /// Whether the bytes so far end between two pictures.
    pub fn is_between_pictures(&self) -> bool {
        self.picture.is_none() && self.start == self.end
    }

    /// Goes on by one look or one read, waiting `wait` at most for bytes. `slot` is the same one until its picture is
    /// whole.
    pub fn step(&mut self, slot: Option<&mut [u8]>, wait: Duration) -> Result<Step, Fault> {
        match (self.picture, slot) {
            (None, _) => self.header(wait),
            (Some(_), None) => Ok(Step::SlotWanted),
            (Some((header, filled)), Some(slot)) => self.fill(header, filled, slot, wait),
        }
    }

    fn header(&mut self, wait: Duration) -> Result<Step, Fault> {
        let found = self.demuxer.find(&self.buffer[self.start..self.end]).map_err(|error| {
            let what = format!("what ffmpeg writes cannot be read: {error}");
            Fault::new(SourceErrorKind::Unsupported, what, "report this, with ffmpeg's version")
        })?;
        match found {
            Found::More => self.more(wait),
            Found::Skip(bytes) => {
                self.start += bytes;
                match self.demuxer.video() {
                    Some(video) if self.layout.is_none() => {
                        let layout = Layout::of(video)?;
                        self.layout = Some(layout);
                        Ok(Step::Layout(layout))
                    }
                    _ => Ok(Step::Progress),
                }
            }
            Found::Picture(header) => {
                self.start += header.header_bytes;
                self.check_bytes(&header)?;
                self.picture = Some((header, None));
                Ok(Step::Progress)
            }
        }
    }

    /// Reads on where a header is expected.
    fn more(&mut self, wait: Duration) -> Result<Step, Fault> {
        self.buffer.copy_within(self.start..self.end, 0);
        (self.start, self.end) = (0, self.end - self.start);
        if self.end == self.buffer.len() {
            // The demuxer gives up over headers that are too long, so this ends.
            self.buffer.resize(self.buffer.len() * 2, 0);
        }
        let into_end = self.buffer.len().min(self.end + HEADER_READ_BYTES);
        Ok(match self.decoder.read(&mut self.buffer[self.end..into_end], wait)? {
            Arrived::Bytes(bytes) => {
                self.end += bytes;
                Step::Progress
            }
            Arrived::Nothing => Step::Nothing,
            Arrived::Closed => Step::Closed,
        })
    }

    /// A picture of another length is a picture of another size: the pipe says sizes once.
    fn check_bytes(&self, header: &PictureHeader) -> Result<(), Fault> {
        let Some(layout) = self.layout else {
            return Err(Fault::new(SourceErrorKind::Unsupported, "a picture before its size", "report this"));
        };
        let expected = FrameInfo::packed_bytes(layout.format, layout.size) as u64;
        let found = header.payload_bytes + self.demuxer.elided(header.elision).len() as u64;
        if found == expected {
            return Ok(());
        }
        let Layout { size, format, .. } = layout;
        let what =
            format!("a picture of {found} bytes, where {size} {format} has {expected}: its size has changed");
        Err(Fault::new(
            SourceErrorKind::FormatChanged,
            what,
            "bring it to one size: `ffmpeg -i IN -s 640x360 OUT.mp4`",
        ))
    }

    fn fill(
        &mut self,
        header: PictureHeader,
        filled: Option<usize>,
        slot: &mut [u8],
        wait: Duration,
    ) -> Result<Step, Fault> {
        let elided = self.demuxer.elided(header.elision);
        let picture_bytes = elided.len() + header.payload_bytes as usize;
        let Some(picture) = slot.get_mut(..picture_bytes) else {
            return Err(Fault::new(
                SourceErrorKind::FormatChanged,
                "a picture larger than its slot",
                "report this",
            ));
        };
        let mut filled = match filled {
            Some(filled) => filled,
            None => {
                picture[..elided.len()].copy_from_slice(elided);
                elided.len()
            }
        };
        let mut step = Step::Progress;
        if self.start < self.end {
            let bytes = (self.end - self.start).min(picture_bytes - filled);
            picture[filled..filled + bytes].copy_from_slice(&self.buffer[self.start..self.start + bytes]);
            self.start += bytes;
            filled += bytes;
        } else if filled < picture_bytes {
            match self.decoder.read(&mut picture[filled..], wait)? {
                Arrived::Bytes(bytes) => filled += bytes,
                Arrived::Nothing => step = Step::Nothing,
                Arrived::Closed => step = Step::Closed,
            }
        }
        if filled == picture_bytes {
            self.picture = None;
            return Ok(Step::Picture(header.ticks));
        }
        self.picture = Some((header, Some(filled)));
        Ok(step)
    }
}
