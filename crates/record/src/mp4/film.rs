//! The file itself: samples in, fragments out, and the tables at the end.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::FileExt;

use super::boxes::{
    FRAGMENT_ENTRY_BYTES, FRAGMENT_HEAD_BYTES, Tables, file_type, fragment, movie, sample_of,
};
use super::{Sample, TICKS_PER_SECOND, Track};
use crate::Destination;

/// A fragment ends with the sample that makes it as long as one of these.
const FRAGMENT_TICKS: u64 = TICKS_PER_SECOND as u64;
const FRAGMENT_SAMPLES: usize = 512;
const FRAGMENT_BYTES: usize = 8 << 20;
/// Room from the start for the bytes of a fragment.
const ROOM_BYTES: usize = 1 << 20;
/// Of the header that makes everything one `mdat`.
const SEAL_BYTES: usize = 16;

/// A film that is being written.
#[derive(Debug)]
pub(crate) struct Film {
    file: File,
    /// A file that we can read back and cut; not a pipe.
    is_regular: bool,
    track: Option<Track>,
    /// Bytes that are written, whole fragments all.
    end: u64,
    /// Bytes before the first header and behind it.
    header: (u64, u64),
    fragments: u32,
    /// Of the fragment at hand: when it begins, its samples, and their bytes.
    start_ticks: u64,
    samples: Vec<Sample>,
    data: Vec<u8>,
    /// Header and data, as they are written.
    chunk: Vec<u8>,
}

impl Film {
    /// Opens `destination`, and changes nothing there yet.
    pub fn open(destination: &Destination) -> io::Result<Self> {
        let regular = match destination {
            Destination::Path(path) if fs::metadata(path).map_or(true, |metadata| metadata.is_file()) => {
                Some(path)
            }
            _ => None,
        };
        let file = match regular {
            Some(path) => {
                OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?
            }
            None => destination.open()?,
        };
        Ok(Self {
            file,
            is_regular: regular.is_some(),
            track: None,
            end: 0,
            header: (0, 0),
            fragments: 0,
            start_ticks: 0,
            samples: Vec::with_capacity(FRAGMENT_SAMPLES),
            data: Vec::with_capacity(ROOM_BYTES),
            chunk: Vec::with_capacity(ROOM_BYTES),
        })
    }

    /// Whether the header is written.
    pub fn has_begun(&self) -> bool {
        self.track.is_some()
    }

    /// Writes the header, over what an older run left.
    pub fn begin(&mut self, track: Track) -> io::Result<()> {
        if self.is_regular {
            self.file.set_len(0)?;
        }
        let mut head = file_type();
        let before = head.len() as u64;
        head.extend_from_slice(&movie(&track, None));
        self.header = (before, head.len() as u64);
        self.track = Some(track);
        self.append(&head)
    }

    /// Where the bytes of the next sample are appended, before [`Film::push`] says what they are.
    pub fn data(&mut self) -> &mut Vec<u8> {
        &mut self.data
    }

    /// Takes a sample, whose bytes are in the data.
    pub fn push(&mut self, sample: Sample) -> io::Result<()> {
        self.samples.push(sample);
        let is_full = ticks_of(&self.samples) >= FRAGMENT_TICKS
            || self.samples.len() >= FRAGMENT_SAMPLES
            || self.data.len() >= FRAGMENT_BYTES;
        if is_full { self.write_fragment() } else { Ok(()) }
    }

    /// Writes what is left, and makes an ordinary film of it.
    pub fn finish(&mut self) -> io::Result<()> {
        if !self.samples.is_empty() {
            self.write_fragment()?;
        }
        let Some(track) = self.track.take().filter(|_| self.is_regular && self.fragments > 0) else {
            return Ok(());
        };
        let tables = self.read_tables()?;
        let mut seal = Vec::with_capacity(SEAL_BYTES);
        seal.extend_from_slice(&1u32.to_be_bytes());
        seal.extend_from_slice(b"mdat");
        seal.extend_from_slice(&(self.end - self.header.0).to_be_bytes());
        self.append(&movie(&track, Some(&tables)))?;
        self.file.write_all_at(&seal, self.header.0)
    }

    fn write_fragment(&mut self) -> io::Result<()> {
        self.fragments += 1;
        self.chunk.clear();
        fragment(&mut self.chunk, self.fragments, self.start_ticks, &self.samples);
        self.chunk.extend_from_slice(&self.data);
        self.start_ticks += ticks_of(&self.samples);
        self.data.clear();
        self.samples.clear();
        let chunk = std::mem::take(&mut self.chunk);
        let written = self.append(&chunk);
        self.chunk = chunk;
        written
    }

    /// Writes at the end. What was written by halves is taken away again, so that whole fragments end the file.
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        let written = self.file.write_all(bytes);
        match &written {
            Ok(()) => self.end += bytes.len() as u64,
            // The first error is the one that counts.
            Err(_) if self.is_regular => _ = self.file.set_len(self.end),
            Err(_) => {}
        }
        written
    }

    /// Goes through the headers of all fragments.
    fn read_tables(&self) -> io::Result<Tables> {
        let mut tables = Tables::default();
        let mut entries = Vec::with_capacity(FRAGMENT_ENTRY_BYTES * FRAGMENT_SAMPLES);
        let mut at = self.header.1;
        while at < self.end {
            let mut head = [0; FRAGMENT_HEAD_BYTES];
            self.file.read_exact_at(&mut head, at)?;
            let [length, count] = [0, FRAGMENT_HEAD_BYTES - 8].map(|place| u32_at(&head, place));
            let expected = FRAGMENT_HEAD_BYTES + FRAGMENT_ENTRY_BYTES * count as usize;
            if &head[4..8] != b"moof" || length as usize != expected {
                let what = format!("byte {at}: somebody else has written into this file");
                return Err(io::Error::new(io::ErrorKind::InvalidData, what));
            }
            entries.resize(FRAGMENT_ENTRY_BYTES * count as usize, 0);
            self.file.read_exact_at(&mut entries, at + FRAGMENT_HEAD_BYTES as u64)?;
            let data_at = at + u64::from(length) + 8;
            let first = tables.samples.len();
            let entries = entries.as_chunks::<FRAGMENT_ENTRY_BYTES>().0.iter();
            tables
                .samples
                .extend(entries.map(|entry| sample_of([0, 4, 8].map(|place| u32_at(entry, place)))));
            tables.chunks.push((data_at, count));
            at = data_at + tables.samples[first..].iter().map(|sample| u64::from(sample.bytes)).sum::<u64>();
        }
        Ok(tables)
    }
}

fn ticks_of(samples: &[Sample]) -> u64 {
    samples.iter().map(|sample| u64::from(sample.ticks)).sum()
}

fn u32_at(bytes: &[u8], place: usize) -> u32 {
    u32::from_be_bytes([0, 1, 2, 3].map(|byte| bytes[place + byte]))
}
