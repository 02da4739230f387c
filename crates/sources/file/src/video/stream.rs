//! The samples of a track in decoding order, read one at a time and turned into packets for the decoder.
//!
//! It decides when the parameter sets go in front, and looks into each new one before the decoder does. It does not
//! decode.

use std::fs::File;
use std::path::PathBuf;

use ocelli_capture::{SourceError, SourceErrorKind};

use crate::errors::{corrupt, unsupported};
use crate::h264::{NalProblem, Packet, Sps, SpsProblem};
use crate::limits::check_size;
use crate::mp4::{Sample, VideoTrack, read_at};

/// What reading on has brought.
pub(super) enum Loaded {
    /// A sample is in the packet.
    Sample {
        ticks: i64,
        /// Whether a picture will come of it.
        has_picture: bool,
        /// Where the sequence parameters change with it: the decoder is to be drained first.
        new_sps: Option<Sps>,
    },
    /// The track is over.
    End,
}

/// A track being read.
pub(super) struct SampleStream {
    file: File,
    path: PathBuf,
    file_bytes: u64,
    track: VideoTrack,
    /// The next sample.
    next: usize,
    /// The description whose parameter sets went in last.
    description: Option<u16>,
    sps: Vec<u8>,
    sample: Vec<u8>,
    packet: Packet,
}

impl SampleStream {
    pub fn new(file: File, path: PathBuf, file_bytes: u64, track: VideoTrack) -> Self {
        let within = |sample: &&Sample| sample.offset.saturating_add(u64::from(sample.bytes)) <= file_bytes;
        let sample_bytes_max = track.samples.iter().filter(within).map(|sample| sample.bytes).max();
        let sample_bytes_max = sample_bytes_max.unwrap_or(0) as usize;
        let sets = track.descriptions.iter().flat_map(|description| &description.parameter_sets);
        let sets_bytes = sets.map(|set| set.len() + 4).sum::<usize>();
        Self {
            file,
            path,
            file_bytes,
            next: 0,
            description: None,
            sps: Vec::new(),
            sample: Vec::with_capacity(sample_bytes_max),
            packet: Packet::with_capacity(sample_bytes_max + sets_bytes),
            track,
        }
    }

    pub fn track(&self) -> &VideoTrack {
        &self.track
    }

    pub fn packet(&self) -> &[u8] {
        self.packet.bytes()
    }

    /// Starts again at the first sample, parameter sets in front.
    pub fn rewind(&mut self) {
        self.next = 0;
        self.description = None;
    }

    /// Samples that lie wholly inside the file.
    pub fn is_whole(&self) -> bool {
        self.track.cut_at.is_none()
            && self.track.samples.iter().all(|sample| self.end_of(sample) <= self.file_bytes)
    }

    /// The sequence parameters that the container announces, if it does.
    pub fn announced_sps(&self) -> Result<Option<Sps>, SourceError> {
        let Some(sample) = self.track.samples.first() else { return Ok(None) };
        let description = &self.track.descriptions[usize::from(sample.description)];
        let sets = description.parameter_sets.iter().rev();
        let sps = sets.into_iter().find(|set| set.first().is_some_and(|header| header & 0x1f == 7));
        sps.map(|nal| self.parse_sps(nal, sample.offset)).transpose()
    }

    /// Reads the next sample into the packet.
    pub fn load(&mut self) -> Result<Loaded, SourceError> {
        loop {
            let Some(&sample) = self.track.samples.get(self.next) else {
                return match self.track.cut_at {
                    Some(byte) => {
                        Err(corrupt(&self.path, byte, "the file ends within the index of a fragment"))
                    }
                    None => Ok(Loaded::End),
                };
            };
            self.next += 1;
            if sample.bytes > 0 {
                return self.load_sample(sample);
            }
        }
    }

    /// An error about the sample that was loaded last.
    pub fn corrupt_sample(&self, what: impl std::fmt::Display) -> SourceError {
        let number = self.next.saturating_sub(1);
        let count = self.track.samples.len();
        let byte = self.track.samples.get(number).map_or(0, |sample| sample.offset);
        corrupt(&self.path, byte, format!("sample {number} of {count}: {what}"))
    }

    fn load_sample(&mut self, sample: Sample) -> Result<Loaded, SourceError> {
        if self.end_of(&sample) > self.file_bytes {
            let byte = self.file_bytes;
            return Err(self.corrupt_sample(format!("the file ends at byte {byte}, before its end")));
        }
        self.sample.resize(sample.bytes as usize, 0);
        read_at(&self.file, &self.path, &mut self.sample, sample.offset)?;
        let description = &self.track.descriptions[usize::from(sample.description)];
        self.packet.clear();
        if self.description != Some(sample.description) {
            for set in &description.parameter_sets {
                self.packet.push_nal(set);
            }
            self.description = Some(sample.description);
        }
        if let Err(problem) = self.packet.push_sample(&self.sample, description.nal_length_bytes) {
            let NalProblem { at, bytes, left } = problem;
            return Err(
                self.corrupt_sample(format!("a NAL unit of {bytes} bytes at {at}, where {left} are left"))
            );
        }
        let new_sps = match self.packet.sps() {
            Some(nal) if nal != self.sps => Some(self.parse_sps(nal, sample.offset)?),
            _ => None,
        };
        if let (Some(_), Some(nal)) = (new_sps, self.packet.sps()) {
            self.sps.clear();
            self.sps.extend_from_slice(nal);
        }
        Ok(Loaded::Sample { ticks: sample.shown_ticks, has_picture: self.packet.has_picture(), new_sps })
    }

    fn parse_sps(&self, nal: &[u8], byte: u64) -> Result<Sps, SourceError> {
        let sps = Sps::parse(nal).map_err(|problem| match problem {
            SpsProblem::Corrupt(what) => corrupt(&self.path, byte, what),
            SpsProblem::Unsupported(what) => unsupported(
                &self.path,
                what,
                "convert it with `ffmpeg -i IN -c:v libx264 -pix_fmt yuv420p OUT.mp4`",
            ),
        })?;
        check_size(&format!("{}: byte {byte}", self.path.display()), sps.coded)?;
        Ok(sps)
    }

    fn end_of(&self, sample: &Sample) -> u64 {
        sample.offset.saturating_add(u64::from(sample.bytes))
    }
}

/// The error for a decoder that could not be made.
pub(super) fn no_decoder(error: &super::decoder::DecoderError) -> SourceError {
    SourceError::new(
        SourceErrorKind::Unsupported,
        format!("the H.264 decoder does not start: {error}"),
        "report this, with the machine's kind",
    )
}
