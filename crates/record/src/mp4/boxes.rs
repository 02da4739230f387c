//! Boxes of ISO/IEC 14496-12 (and -15 for H.264) as bytes: the film's header, empty or with its tables, and the header of
//! a fragment.
//!
//! One track of video, and only what players ask for. What is not here: files.

use ocelli_frame::{ColorMatrix, ColorRange, ColorSpace, Size};

use super::{Sample, TICKS_PER_SECOND};

/// The track's number.
const TRACK: u32 = 1;
/// Each matrix of a header: nothing is turned or scaled.
const UNITY: [u32; 9] = [0x1_0000, 0, 0, 0, 0x1_0000, 0, 0, 0, 0x4000_0000];
/// Flags of a sample: depends on others and is no place to start from; or the opposite.
const FLAGS_DELTA: u32 = 0x0101_0000;
const FLAGS_KEY: u32 = 0x0200_0000;
/// Bytes of [`fragment`] before its first sample's entry, and of an entry.
pub(super) const FRAGMENT_HEAD_BYTES: usize = 88;
pub(super) const FRAGMENT_ENTRY_BYTES: usize = 12;

/// What a player must know of the video before its first picture.
#[derive(Clone, Debug)]
pub(crate) struct Track {
    pub size: Size,
    pub color: ColorSpace,
    /// The parameter sets, without start codes.
    pub sps: Vec<u8>,
    pub pps: Vec<u8>,
}

/// Where every sample of a film is, and for how long it is shown.
#[derive(Debug, Default)]
pub(crate) struct Tables {
    pub samples: Vec<Sample>,
    /// Byte of the file and number of samples of each stretch that lies in one piece.
    pub chunks: Vec<(u64, u32)>,
}

/// What kind of file it is.
pub(crate) fn file_type() -> Vec<u8> {
    let mut out = Vec::new();
    nest(&mut out, b"ftyp", |out| {
        out.extend_from_slice(b"isom");
        u32s(out, &[512]);
        [b"isom", b"iso6", b"avc1", b"mp41"].iter().for_each(|brand| out.extend_from_slice(*brand));
    });
    out
}

/// The film's header: with `tables` of all samples, or, without, for fragments to follow.
pub(crate) fn movie(track: &Track, tables: Option<&Tables>) -> Vec<u8> {
    let mut out = Vec::new();
    let ticks = tables.map_or(0, |tables| tables.samples.iter().map(|sample| u64::from(sample.ticks)).sum());
    nest(&mut out, b"moov", |out| {
        full(out, b"mvhd", 1, 0, |out| {
            out.extend_from_slice(&[0; 16]);
            u32s(out, &[TICKS_PER_SECOND]);
            out.extend_from_slice(&u64::to_be_bytes(ticks));
            // Speed and volume as they are.
            u32s(out, &[0x1_0000, 0x0100_0000, 0, 0]);
            u32s(out, &UNITY);
            u32s(out, &[0, 0, 0, 0, 0, 0, TRACK + 1]);
        });
        nest(out, b"trak", |out| {
            // Enabled, and part of the film.
            full(out, b"tkhd", 1, 3, |out| {
                out.extend_from_slice(&[0; 16]);
                u32s(out, &[TRACK, 0]);
                out.extend_from_slice(&u64::to_be_bytes(ticks));
                u32s(out, &[0, 0, 0, 0]);
                u32s(out, &UNITY);
                u32s(out, &[track.size.width << 16, track.size.height << 16]);
            });
            media(out, track, ticks, tables);
        });
        if tables.is_none() {
            nest(out, b"mvex", |out| full(out, b"trex", 0, 0, |out| u32s(out, &[TRACK, 1, 0, 0, 0])));
        }
    });
    out
}

fn media(out: &mut Vec<u8>, track: &Track, ticks: u64, tables: Option<&Tables>) {
    nest(out, b"mdia", |out| {
        full(out, b"mdhd", 1, 0, |out| {
            out.extend_from_slice(&[0; 16]);
            u32s(out, &[TICKS_PER_SECOND]);
            out.extend_from_slice(&u64::to_be_bytes(ticks));
            // The language "und", undetermined.
            u32s(out, &[0x55c4_0000]);
        });
        full(out, b"hdlr", 0, 0, |out| {
            u32s(out, &[0]);
            out.extend_from_slice(b"vide");
            u32s(out, &[0, 0, 0]);
            out.extend_from_slice(b"Ocelli\0");
        });
        nest(out, b"minf", |out| {
            full(out, b"vmhd", 0, 1, |out| u32s(out, &[0, 0]));
            nest(out, b"dinf", |out| {
                full(out, b"dref", 0, 0, |out| {
                    u32s(out, &[1]);
                    // In this very file.
                    full(out, b"url ", 0, 1, |_| {});
                });
            });
            nest(out, b"stbl", |out| {
                full(out, b"stsd", 0, 0, |out| {
                    u32s(out, &[1]);
                    sample_entry(out, track);
                });
                sample_tables(out, tables.unwrap_or(&Tables::default()));
            });
        });
    });
}

fn sample_entry(out: &mut Vec<u8>, track: &Track) {
    nest(out, b"avc1", |out| {
        u32s(out, &[0, 1, 0, 0, 0, 0]);
        u32s(out, &[track.size.width << 16 | track.size.height]);
        // 72 dots an inch, one picture a sample, no name of the encoder, 24 bits a pixel.
        u32s(out, &[0x48_0000, 0x48_0000, 0]);
        out.extend_from_slice(&[0, 1]);
        out.extend_from_slice(&[0; 32]);
        out.extend_from_slice(&[0, 24, 0xff, 0xff]);
        nest(out, b"avcC", |out| {
            // Version, profile, what it keeps to, level; lengths of four bytes; one of each set.
            let profile = track.sps.get(1..4).unwrap_or(&[0x42, 0xc0, 0x1e]);
            out.push(1);
            out.extend_from_slice(profile);
            out.extend_from_slice(&[0xff, 0xe1]);
            for (index, set) in [&track.sps, &track.pps].into_iter().enumerate() {
                out.extend_from_slice(if index == 1 { &[1] } else { &[] });
                out.extend_from_slice(&u16::try_from(set.len()).unwrap_or(u16::MAX).to_be_bytes());
                out.extend_from_slice(set);
            }
        });
        nest(out, b"colr", |out| {
            let code: u16 = if track.color.matrix == ColorMatrix::Bt709 { 1 } else { 6 };
            out.extend_from_slice(b"nclx");
            (0..3).for_each(|_| out.extend_from_slice(&code.to_be_bytes()));
            out.push(if track.color.range == ColorRange::Full { 0x80 } else { 0 });
        });
    });
}

fn sample_tables(out: &mut Vec<u8>, tables: &Tables) {
    let Tables { samples, chunks } = tables;
    let runs = || samples.chunk_by(|a, b| a.ticks == b.ticks);
    full(out, b"stts", 0, 0, |out| {
        u32s(out, &[runs().count() as u32]);
        runs().for_each(|run| u32s(out, &[run.len() as u32, run[0].ticks]));
    });
    let runs = || chunks.chunk_by(|a, b| a.1 == b.1);
    full(out, b"stsc", 0, 0, |out| {
        u32s(out, &[runs().count() as u32]);
        let mut first = 1;
        for run in runs() {
            u32s(out, &[first, run[0].1, 1]);
            first += run.len() as u32;
        }
    });
    full(out, b"stsz", 0, 0, |out| {
        u32s(out, &[0, samples.len() as u32]);
        samples.iter().for_each(|sample| u32s(out, &[sample.bytes]));
    });
    full(out, b"co64", 0, 0, |out| {
        u32s(out, &[chunks.len() as u32]);
        chunks.iter().for_each(|(at, _)| out.extend_from_slice(&at.to_be_bytes()));
    });
    if !samples.is_empty() {
        let keys = || (1..).zip(samples).filter(|(_, sample)| sample.is_key).map(|(number, _)| number);
        full(out, b"stss", 0, 0, |out| {
            u32s(out, &[keys().count() as u32]);
            keys().for_each(|number| u32s(out, &[number]));
        });
    }
}

/// Appends the header of a fragment, and that of the data that follows it: fragment `number` (from 1), whose first sample
/// is shown at `start_ticks`.
pub(crate) fn fragment(out: &mut Vec<u8>, number: u32, start_ticks: u64, samples: &[Sample]) {
    let data_bytes: u32 = samples.iter().map(|sample| sample.bytes).sum();
    let start = out.len();
    nest(out, b"moof", |out| {
        full(out, b"mfhd", 0, 0, |out| u32s(out, &[number]));
        nest(out, b"traf", |out| {
            // Offsets count from the fragment's first byte.
            full(out, b"tfhd", 0, 0x02_0000, |out| u32s(out, &[TRACK]));
            full(out, b"tfdt", 1, 0, |out| out.extend_from_slice(&start_ticks.to_be_bytes()));
            // Where the data is; and of each sample its duration, size and flags.
            full(out, b"trun", 0, 0x701, |out| {
                let head = FRAGMENT_HEAD_BYTES + FRAGMENT_ENTRY_BYTES * samples.len() + 8;
                u32s(out, &[samples.len() as u32, head as u32]);
                for sample in samples {
                    let flags = if sample.is_key { FLAGS_KEY } else { FLAGS_DELTA };
                    u32s(out, &[sample.ticks, sample.bytes, flags]);
                }
            });
        });
    });
    debug_assert_eq!(out.len() - start, FRAGMENT_HEAD_BYTES + FRAGMENT_ENTRY_BYTES * samples.len());
    u32s(out, &[data_bytes + 8]);
    out.extend_from_slice(b"mdat");
}

/// One sample of a fragment's entries, back from its bytes.
pub(super) fn sample_of([ticks, bytes, flags]: [u32; 3]) -> Sample {
    Sample { ticks, bytes, is_key: flags == FLAGS_KEY }
}

/// A box whose length is written when its content is.
fn nest(out: &mut Vec<u8>, kind: &[u8; 4], content: impl FnOnce(&mut Vec<u8>)) {
    let start = out.len();
    u32s(out, &[0]);
    out.extend_from_slice(kind);
    content(out);
    let length = (out.len() - start) as u32;
    out[start..start + 4].copy_from_slice(&length.to_be_bytes());
}

/// A box with a version and flags.
fn full(out: &mut Vec<u8>, kind: &[u8; 4], version: u8, flags: u32, content: impl FnOnce(&mut Vec<u8>)) {
    nest(out, kind, |out| {
        u32s(out, &[u32::from(version) << 24 | flags]);
        content(out);
    });
}

fn u32s(out: &mut Vec<u8>, values: &[u32]) {
    values.iter().for_each(|value| out.extend_from_slice(&value.to_be_bytes()));
}
