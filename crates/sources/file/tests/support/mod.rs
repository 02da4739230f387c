//! Small videos made on the spot: flat pictures whose luma says which one they are, encoded by OpenH264 and put into
//! an MP4 by a muxer of a hundred lines. And a source's options, and what comes out of it.

#![allow(dead_code, reason = "each test file uses its own part")]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use ocelli_capture::{Next, OpenOptions, Pace, Source, SourceError};
use ocelli_frame::{Clock, Frame, Size, SourceIndex};
use ocelli_testkit::ManualClock;
use openh264::OpenH264API;
use openh264::encoder::{Encoder, EncoderConfig, RateControlMode, VuiConfig};
use openh264::formats::YUVBuffer;

pub const TIMEOUT: Duration = Duration::from_millis(20);
/// The made videos' rate.
pub const PERIOD_TICKS: u32 = 40;
pub const TIMESCALE: u32 = 1000;

pub fn options(pace: Pace) -> (OpenOptions, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::default());
    let options = OpenOptions {
        source: SourceIndex(3),
        readers: 2,
        clock: Arc::clone(&clock) as Arc<dyn Clock>,
        pace,
        looped: false,
        fps: None,
    };
    (options, clock)
}

/// Everything up to the end or the error; `look` sees each frame.
pub fn play(source: &mut dyn Source, mut look: impl FnMut(Frame)) -> Result<(), SourceError> {
    loop {
        match source.next(TIMEOUT)? {
            Next::Frame(frame) => look(frame),
            Next::TimedOut => {}
            Next::Ended => return Ok(()),
        }
    }
}

/// A file of this test alone; the next of the same name takes its place.
pub fn scratch(name: &str, bytes: &[u8]) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!(
        "{}-{:?}",
        std::process::id(),
        std::thread::current().id()
    ));
    fs::create_dir_all(&folder).unwrap();
    let path = folder.join(name);
    fs::write(&path, bytes).unwrap();
    path
}

/// Compressed pictures of one size, each a list of NAL units.
pub struct Clip {
    pub size: Size,
    pub pictures: Vec<Vec<Vec<u8>>>,
}

/// What the planes of colour are filled with.
pub const CB: u8 = 90;
pub const CR: u8 = 170;

/// One flat picture for each luma.
pub fn clip(width: u32, height: u32, lumas: &[u8], vui: Option<VuiConfig>) -> Clip {
    let mut config = EncoderConfig::new().rate_control_mode(RateControlMode::Off);
    if let Some(vui) = vui {
        config = config.vui(vui);
    }
    let mut encoder = Encoder::with_api_config(OpenH264API::from_source(), config).unwrap();
    let (w, h) = (width as usize, height as usize);
    let pictures = lumas.iter().map(|&luma| {
        let mut yuv = vec![luma; w * h * 3 / 2];
        yuv[w * h..w * h * 5 / 4].fill(CB);
        yuv[w * h * 5 / 4..].fill(CR);
        let stream = encoder.encode(&YUVBuffer::from_vec(yuv, w, h)).unwrap().to_vec();
        openh264::nal_units(&stream).map(strip_start_code).collect()
    });
    Clip { size: Size { width, height }, pictures: pictures.collect() }
}

fn strip_start_code(nal: &[u8]) -> Vec<u8> {
    let at = nal.iter().position(|&byte| byte == 1).unwrap();
    nal[at + 1..].to_vec()
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Layout {
    /// `moov` before `mdat`.
    IndexFirst,
    /// `mdat` before `moov`.
    IndexLast,
    /// Fragments of this many samples.
    Fragments(usize),
}

/// Where parameter sets go.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Sets {
    /// Into `avcC`, a description for each clip.
    InIndex,
    /// Into the samples, under one description that has none.
    InStream,
}

struct Sample {
    description: u32,
    bytes: Vec<u8>,
}

/// The clips one after the other in one track.
pub fn mp4(clips: &[Clip], layout: Layout, sets: Sets) -> Vec<u8> {
    let mut samples = Vec::new();
    let mut descriptions = Vec::new();
    for (index, clip) in clips.iter().enumerate() {
        let all = || clip.pictures.iter().flatten();
        let in_index: Vec<_> = all().filter(|nal| sets == Sets::InIndex && is_set(nal)).cloned().collect();
        if sets == Sets::InIndex || index == 0 {
            descriptions.push(avc1(clip.size, &in_index));
        }
        for picture in &clip.pictures {
            let kept = picture.iter().filter(|nal| sets == Sets::InStream || !is_set(nal));
            let bytes = kept.flat_map(|nal| [&(nal.len() as u32).to_be_bytes(), &nal[..]].concat()).collect();
            samples.push(Sample { description: descriptions.len() as u32, bytes });
        }
    }
    let stsd = full(b"stsd", &[&be(descriptions.len() as u32), &descriptions.concat()]);
    let ftyp = bx(b"ftyp", &[b"isom", &be(0)]);
    let data: Vec<u8> = samples.iter().flat_map(|sample| sample.bytes.clone()).collect();
    let mdat = bx(b"mdat", &[&data]);
    let size = clips[0].size;
    match layout {
        Layout::IndexLast => {
            let moov = moov(size, &stbl(&stsd, &samples, ftyp.len() as u32 + 8), &[]);
            [ftyp, mdat, moov].concat()
        }
        Layout::IndexFirst => {
            let moov_bytes = moov(size, &stbl(&stsd, &samples, 0), &[]).len();
            let moov = moov(size, &stbl(&stsd, &samples, (ftyp.len() + moov_bytes + 8) as u32), &[]);
            [ftyp, moov, mdat].concat()
        }
        Layout::Fragments(count) => {
            let trex = full(b"trex", &[&be(1), &be(1), &be(PERIOD_TICKS), &be(0), &be(0)]);
            let mut file = [ftyp, moov(size, &stbl(&stsd, &[], 0), &bx(b"mvex", &[&trex]))].concat();
            for (index, samples) in samples.chunks(count).enumerate() {
                file.extend(fragment(samples, index * count));
            }
            file
        }
    }
}

fn is_set(nal: &[u8]) -> bool {
    matches!(nal[0] & 0x1f, 7 | 8)
}

fn avc1(size: Size, sets: &[Vec<u8>]) -> Vec<u8> {
    let list = |kind: u8| -> (u8, Vec<u8>) {
        let of_kind: Vec<_> = sets.iter().filter(|set| set[0] & 0x1f == kind).collect();
        let bytes = of_kind.iter().flat_map(|set| [&(set.len() as u16).to_be_bytes(), &set[..]].concat());
        (of_kind.len() as u8, bytes.collect())
    };
    let ((sps_count, sps), (pps_count, pps)) = (list(7), list(8));
    let avcc = bx(b"avcC", &[&[1, 66, 0, 30, 0xff, 0xe0 | sps_count], &sps, &[pps_count], &pps]);
    let mut entry = vec![0; 78];
    entry[24..26].copy_from_slice(&(size.width as u16).to_be_bytes());
    entry[26..28].copy_from_slice(&(size.height as u16).to_be_bytes());
    bx(b"avc1", &[&entry, &avcc])
}

/// Every sample in a chunk of its own.
fn stbl(stsd: &[u8], samples: &[Sample], data_at: u32) -> Vec<u8> {
    let count = samples.len() as u32;
    let sizes: Vec<u8> = samples.iter().flat_map(|sample| be(sample.bytes.len() as u32)).collect();
    let mut at = data_at;
    let mut chunks = Vec::new();
    let mut runs: Vec<[u32; 3]> = Vec::new();
    for (index, sample) in samples.iter().enumerate() {
        chunks.extend(be(at));
        at += sample.bytes.len() as u32;
        if runs.last().is_none_or(|run| run[2] != sample.description) {
            runs.push([index as u32 + 1, 1, sample.description]);
        }
    }
    let run_bytes: Vec<u8> = runs.iter().flatten().flat_map(|&field| be(field)).collect();
    let stts = full(b"stts", &[&be(1), &be(count), &be(PERIOD_TICKS)]);
    let stsz = full(b"stsz", &[&be(0), &be(count), &sizes]);
    let stsc = full(b"stsc", &[&be(runs.len() as u32), &run_bytes]);
    let stco = full(b"stco", &[&be(count), &chunks]);
    bx(b"stbl", &[stsd, &stts, &stsz, &stsc, &stco])
}

fn moov(size: Size, stbl: &[u8], mvex: &[u8]) -> Vec<u8> {
    let mut tkhd = [0; 80];
    tkhd[8..12].copy_from_slice(&be(1));
    tkhd[72..76].copy_from_slice(&be(size.width << 16));
    tkhd[76..80].copy_from_slice(&be(size.height << 16));
    let mdhd = full(b"mdhd", &[&be(0), &be(0), &be(TIMESCALE), &be(0), &be(0)]);
    let hdlr = full(b"hdlr", &[&be(0), b"vide", &[0; 13]]);
    let minf = bx(b"minf", &[stbl]);
    let trak = bx(b"trak", &[&full(b"tkhd", &[&tkhd]), &bx(b"mdia", &[&mdhd, &hdlr, &minf])]);
    bx(b"moov", &[&trak, mvex])
}

fn fragment(samples: &[Sample], first: usize) -> Vec<u8> {
    let moof = |data_at: u32| {
        // Default base is the moof, description given; the run has sizes only.
        let tfhd = bx(b"tfhd", &[&be(0x02_0002), &be(1), &be(samples[0].description)]);
        let tfdt = full(b"tfdt", &[&be(first as u32 * PERIOD_TICKS)]);
        let sizes: Vec<u8> = samples.iter().flat_map(|sample| be(sample.bytes.len() as u32)).collect();
        let trun = bx(b"trun", &[&be(0x201), &be(samples.len() as u32), &be(data_at), &sizes]);
        bx(b"moof", &[&full(b"mfhd", &[&be(0)]), &bx(b"traf", &[&tfhd, &tfdt, &trun])])
    };
    let data: Vec<u8> = samples.iter().flat_map(|sample| sample.bytes.clone()).collect();
    let moof = moof(moof(0).len() as u32 + 8);
    [moof, bx(b"mdat", &[&data])].concat()
}

fn be(number: u32) -> [u8; 4] {
    number.to_be_bytes()
}

fn bx(kind: &[u8; 4], parts: &[&[u8]]) -> Vec<u8> {
    let body = parts.concat();
    [&be(body.len() as u32 + 8), &kind[..], &body].concat()
}

fn full(kind: &[u8; 4], parts: &[&[u8]]) -> Vec<u8> {
    bx(kind, &[&be(0)[..], &parts.concat()])
}
