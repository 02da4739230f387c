//! What a video track is coded with (`stsd`), and for H.264 the parameter sets it starts from (`avcC`, ISO/IEC
//! 14496-15, 5.3.3). Other codecs are named, not read.

use ocelli_capture::SourceError;
use ocelli_frame::Size;

use super::boxes::{Body, Kind};
use crate::errors::unsupported;
use crate::limits::check_size;

/// Bytes of a visual sample entry before its boxes (ISO/IEC 14496-12, 12.1.3).
const VISUAL_ENTRY_BYTES: usize = 78;
/// Entries a track may have; one is usual, a concatenated file has a few.
const DESCRIPTIONS_MAX: u32 = 256;

/// How one stretch of a track is coded.
#[derive(Debug)]
pub struct AvcDescription {
    /// The picture, as the container says.
    pub size: Size,
    /// Bytes of the length before each NAL unit: 1, 2, or 4.
    pub nal_length_bytes: usize,
    /// Sequence and picture parameter sets, in the file's order. May be empty where they come in the stream.
    pub parameter_sets: Vec<Vec<u8>>,
}

/// What is in a track.
pub(crate) enum Codec {
    /// One entry for each sample description, in order.
    Avc(Vec<AvcDescription>),
    /// The name of something else.
    Other(String),
}

/// Reads `stsd`.
pub(crate) fn read_stsd(stsd: Body<'_>) -> Result<Codec, SourceError> {
    let count = stsd.u32(4)?;
    if count == 0 || count > DESCRIPTIONS_MAX {
        return Err(
            stsd.corrupt(4, format!("{count} sample descriptions (1 to {DESCRIPTIONS_MAX} are read)"))
        );
    }
    let mut descriptions = Vec::new();
    for entry in stsd.from(8)?.children().take(count as usize) {
        let (kind, entry) = entry?;
        if !matches!(&kind.0, b"avc1" | b"avc3") {
            return Ok(Codec::Other(codec_name(kind)));
        }
        descriptions.push(read_avc_entry(entry)?);
    }
    if descriptions.is_empty() {
        return Err(stsd.corrupt(8, "no sample description"));
    }
    Ok(Codec::Avc(descriptions))
}

fn read_avc_entry(entry: Body<'_>) -> Result<AvcDescription, SourceError> {
    let size = Size { width: u32::from(entry.u16(24)?), height: u32::from(entry.u16(26)?) };
    check_size(&format!("{}: byte {}", entry.path.display(), entry.start + 24), size)?;
    let avcc = entry.from(VISUAL_ENTRY_BYTES)?.expect(b"avcC")?;
    let nal_length_bytes = usize::from(avcc.u8(4)? & 3) + 1;
    if nal_length_bytes == 3 {
        return Err(avcc.corrupt(4, "NAL unit lengths of 3 bytes"));
    }
    let mut parameter_sets = Vec::new();
    let mut at = 6;
    for _ in 0..avcc.u8(5)? & 0x1f {
        at = push_set(avcc, at, &mut parameter_sets)?;
    }
    let pictures = if at < avcc.bytes.len() { avcc.u8(at)? } else { 0 };
    at += 1;
    for _ in 0..pictures {
        at = push_set(avcc, at, &mut parameter_sets)?;
    }
    Ok(AvcDescription { size, nal_length_bytes, parameter_sets })
}

/// Takes the parameter set at `at`, and says where the next one is.
fn push_set(avcc: Body<'_>, at: usize, sets: &mut Vec<Vec<u8>>) -> Result<usize, SourceError> {
    let len = usize::from(avcc.u16(at)?);
    sets.push(avcc.slice(at + 2, len)?.to_vec());
    Ok(at + 2 + len)
}

/// The error for a track that is not H.264.
pub(crate) fn not_avc(path: &std::path::Path, codec: &str) -> SourceError {
    unsupported(
        path,
        format!("video coded as {codec}; H.264 is read"),
        "convert it with `ffmpeg -i IN -c:v libx264 -pix_fmt yuv420p OUT.mp4`; other codecs will come with ffmpeg",
    )
}

/// What people call a sample entry's four letters (the registry of the MP4 registration authority).
fn codec_name(kind: Kind) -> String {
    let name = match &kind.0 {
        b"hvc1" | b"hev1" => "H.265",
        b"vvc1" | b"vvi1" => "H.266",
        b"av01" => "AV1",
        b"vp08" => "VP8",
        b"vp09" => "VP9",
        b"mp4v" => "MPEG-4 part 2",
        b"s263" | b"h263" => "H.263",
        b"jpeg" | b"mjpa" | b"mjpb" => "Motion JPEG",
        b"apch" | b"apcn" | b"apcs" | b"apco" | b"ap4h" => "ProRes",
        b"encv" => "something encrypted",
        _ => return format!("`{kind}`"),
    };
    format!("{name} (`{kind}`)")
}
