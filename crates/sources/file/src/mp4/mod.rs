//! A demuxer for MP4 and QuickTime: finds the first H.264 track and lists its samples.
//!
//! The index (`moov`) is read into memory, checked and let go; of the pictures nothing is read here. Memory: never more
//! than 32 times the file's length and 64 KiB. Most of that is the sample list, 24 bytes a sample: a sample takes four
//! bytes in a table, or [`SAMPLE_BYTES_MIN`](crate::limits::SAMPLE_BYTES_MIN) bytes of the file where no table lists
//! it, and a list that fragments add to is copied as it grows.
//!
//! Written here, and not taken from a crate, because a length in a file must never size a buffer and no table may
//! make us panic; and because a file that is cut off has to be read up to the cut.

mod boxes;
mod codec;
mod fragments;
#[cfg(test)]
mod oracle;
mod samples;

use std::fs::File;
use std::path::Path;

use ocelli_capture::{SourceError, SourceErrorKind};
use ocelli_frame::Size;

use self::boxes::{Body, FileBox, read_header};
use self::codec::{Codec, not_avc, read_stsd};
use self::fragments::{Defaults, read_moof, read_mvex};
use self::samples::{SampleList, read_stbl};
use crate::errors::{corrupt, unsupported};
use crate::limits::{DURATION_NS_MAX, INDEX_BYTES_MAX, TOP_LEVEL_BOXES_MAX, check_size};

pub(crate) use self::boxes::read_at;
pub use self::codec::AvcDescription;
pub use self::samples::Sample;

/// The first H.264 track of a file.
#[derive(Debug)]
pub struct VideoTrack {
    /// In decoding order. Times start at 0: the first picture shown, whatever the edit list says.
    pub samples: Vec<Sample>,
    /// By [`Sample::description`].
    pub descriptions: Vec<AvcDescription>,
    /// Ticks a second.
    pub timescale: u32,
    /// From the first picture shown to the end of the last.
    pub duration_ticks: i64,
    /// Where the file ends too early, outside of any sample: in the midst of a fragment's index.
    pub cut_at: Option<u64>,
}

/// What is gathered from the outermost boxes.
#[derive(Default)]
struct Movie {
    track: Option<Track>,
    cut_at: Option<u64>,
}

struct Track {
    id: u32,
    timescale: u32,
    descriptions: Vec<AvcDescription>,
    list: SampleList,
    /// `None` where the movie has no fragments.
    fragment_defaults: Option<Defaults>,
}

impl VideoTrack {
    /// Reads the index of a file of `file_bytes` bytes.
    ///
    /// # Errors
    /// Where there is no video, it is not H.264, or the index is not one.
    pub fn read(file: &File, path: &Path, file_bytes: u64) -> Result<Self, SourceError> {
        let movie = read_movie(file, path, file_bytes)?;
        let Some(mut track) = movie.track else {
            let what = "the file ends before its index (`moov`)";
            return Err(corrupt(path, file_bytes, what));
        };
        let samples = &mut track.list.samples;
        let Some(first_ticks) = samples.iter().map(|sample| sample.shown_ticks).min() else {
            return Err(corrupt(path, file_bytes, "the video track has no pictures"));
        };
        let mut last_ticks = 0;
        for sample in samples.iter_mut() {
            sample.shown_ticks -= first_ticks;
            last_ticks = last_ticks.max(sample.shown_ticks);
        }
        let count = track.descriptions.len();
        if let Some(sample) = samples.iter().find(|sample| usize::from(sample.description) >= count) {
            let what = format!("a sample with description {} of {count}", u32::from(sample.description) + 1);
            return Err(corrupt(path, sample.offset, what));
        }
        let track = Self {
            samples: track.list.samples,
            descriptions: track.descriptions,
            timescale: track.timescale,
            duration_ticks: last_ticks + track.list.last_duration_ticks,
            cut_at: movie.cut_at,
        };
        let duration_ns = track.nanoseconds(track.duration_ticks);
        if duration_ns > DURATION_NS_MAX {
            let what = format!("pictures over {} s; a year is the most", duration_ns / 1_000_000_000);
            return Err(corrupt(path, 0, what));
        }
        Ok(track)
    }

    /// Frames a second on average, where there are two or more.
    pub fn fps(&self) -> Option<f64> {
        let last_ticks = self.samples.iter().map(|sample| sample.shown_ticks).max()?;
        let intervals = self.samples.len() - 1;
        (last_ticks > 0 && intervals > 0)
            .then(|| intervals as f64 * f64::from(self.timescale) / last_ticks as f64)
    }

    /// A time in nanoseconds.
    pub fn nanoseconds(&self, ticks: i64) -> u64 {
        let ns = i128::from(ticks.max(0)) * 1_000_000_000 / i128::from(self.timescale);
        u64::try_from(ns).unwrap_or(u64::MAX)
    }
}

fn read_movie(file: &File, path: &Path, file_bytes: u64) -> Result<Movie, SourceError> {
    let mut movie = Movie::default();
    let mut at = 0;
    for _ in 0..TOP_LEVEL_BOXES_MAX {
        let Some(found) = read_header(file, path, at, file_bytes)? else {
            return Ok(movie);
        };
        let complete = found.end <= file_bytes;
        match &found.kind.0 {
            b"moov" if movie.track.is_none() => {
                let bytes = read_index(file, path, found, file_bytes)?;
                let moov = Body { path, start: found.body, bytes: &bytes };
                movie.track = Some(read_moov(moov, file_bytes)?);
            }
            b"moof" if !complete => movie.cut_at = Some(file_bytes),
            b"moof" => {
                let Some(track) = &mut movie.track else {
                    return Err(corrupt(path, found.start, "a fragment (`moof`) before the index (`moov`)"));
                };
                if let Some(defaults) = track.fragment_defaults {
                    let bytes = read_index(file, path, found, file_bytes)?;
                    let moof = Body { path, start: found.body, bytes: &bytes };
                    read_moof(moof, found.start, track.id, defaults, file_bytes, &mut track.list)?;
                }
            }
            _ if at == 0 => check_first_box(file, path, found)?,
            _ => {}
        }
        if !complete {
            return Ok(movie);
        }
        at = found.end;
    }
    Err(corrupt(path, at, format!("more than {TOP_LEVEL_BOXES_MAX} boxes")))
}

/// A file that does not begin like an MP4 is named after what it does begin like.
fn check_first_box(file: &File, path: &Path, first: FileBox) -> Result<(), SourceError> {
    if matches!(&first.kind.0, b"ftyp" | b"styp" | b"free" | b"skip" | b"wide" | b"mdat" | b"pnot") {
        return Ok(());
    }
    let mut head = [0u8; 8];
    read_at(file, path, &mut head, 0)?;
    let what = match &head {
        [0x1a, 0x45, 0xdf, 0xa3, ..] => "Matroska or WebM",
        [b'R', b'I', b'F', b'F', ..] => "AVI or another RIFF file",
        [0xff, 0xd8, ..] => "a JPEG picture",
        [0x89, b'P', b'N', b'G', ..] => "a PNG picture",
        [0, 0, 0, 1, ..] | [0, 0, 1, ..] => "a raw H.264 stream",
        [0x47, ..] => "an MPEG transport stream",
        head if head.iter().all(|byte| byte.is_ascii_graphic() || byte.is_ascii_whitespace()) => "text",
        _ => "something unknown",
    };
    Err(unsupported(
        path,
        format!("not an MP4 file; it begins like {what}"),
        "video is read from MP4 or MOV: `ffmpeg -i IN -c:v libx264 -pix_fmt yuv420p OUT.mp4`",
    ))
}

/// The body of `moov` or `moof`.
fn read_index(file: &File, path: &Path, found: FileBox, file_bytes: u64) -> Result<Vec<u8>, SourceError> {
    let FileBox { kind, start, body, end } = found;
    if end > file_bytes {
        let what =
            format!("the file ends at byte {file_bytes}, within its index (`{kind}`, up to byte {end})");
        return Err(corrupt(path, start, what));
    }
    if end - body > INDEX_BYTES_MAX {
        return Err(SourceError::new(
            SourceErrorKind::TooLarge,
            format!(
                "{}: byte {start}: an index (`{kind}`) of {} bytes; at most {INDEX_BYTES_MAX} are read",
                path.display(),
                end - body
            ),
            "cut the video into shorter ones",
        ));
    }
    let mut bytes = vec![0; (end - body) as usize];
    read_at(file, path, &mut bytes, body)?;
    Ok(bytes)
}

fn read_moov(moov: Body<'_>, file_bytes: u64) -> Result<Track, SourceError> {
    let mut other_codec = None;
    for child in moov.children() {
        let (kind, trak) = child?;
        if kind.0 != *b"trak" {
            continue;
        }
        let mdia = trak.expect(b"mdia")?;
        if mdia.expect(b"hdlr")?.slice(8, 4)? != b"vide" {
            continue;
        }
        check_track_header(trak)?;
        let stbl = mdia.expect(b"minf")?.expect(b"stbl")?;
        match read_stsd(stbl.expect(b"stsd")?)? {
            Codec::Avc(descriptions) => return read_track(moov, trak, stbl, descriptions, file_bytes),
            Codec::Other(name) => other_codec = other_codec.or(Some(name)),
        }
    }
    Err(match other_codec {
        Some(name) => not_avc(moov.path, &name),
        None => unsupported(moov.path, "no video track in it", "give a file with pictures in it"),
    })
}

fn read_track(
    moov: Body<'_>,
    trak: Body<'_>,
    stbl: Body<'_>,
    descriptions: Vec<AvcDescription>,
    file_bytes: u64,
) -> Result<Track, SourceError> {
    let tkhd = trak.expect(b"tkhd")?;
    let id = tkhd.u32(if tkhd.u8(0)? == 1 { 20 } else { 12 })?;
    let mdhd = trak.expect(b"mdia")?.expect(b"mdhd")?;
    let at = if mdhd.u8(0)? == 1 { 20 } else { 12 };
    let timescale = mdhd.u32(at)?;
    if timescale == 0 {
        return Err(mdhd.corrupt(at, "a timescale of 0"));
    }
    let fragment_defaults = read_mvex(moov, id)?;
    let list = read_stbl(stbl, file_bytes)?;
    Ok(Track { id, timescale, descriptions, list, fragment_defaults })
}

/// The track header's own picture size, in 16.16 fixed point (ISO/IEC 14496-12, 8.3.2). 0 by 0 says nothing.
fn check_track_header(trak: Body<'_>) -> Result<(), SourceError> {
    let tkhd = trak.expect(b"tkhd")?;
    let at = if tkhd.u8(0)? == 1 { 88 } else { 76 };
    let size = Size { width: tkhd.u32(at)? >> 16, height: tkhd.u32(at + 4)? >> 16 };
    if size == Size::default() {
        return Ok(());
    }
    check_size(&format!("{}: byte {}", tkhd.path.display(), tkhd.start + at as u64), size)
}
