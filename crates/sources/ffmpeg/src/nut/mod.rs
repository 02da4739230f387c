//! Reads NUT, the one container that ffmpeg writes to a pipe with exact times, plain pictures, and no wait for the
//! next one: a few bytes, then a picture as it lies in memory, and again.
//!
//! It does no I/O: bytes in, pictures' places out. It reads what ffmpeg writes when it is asked for one stream of
//! plain pictures, which is version 3 of the format (<https://ffmpeg.org/~michael/nut.txt>), and it neither seeks nor
//! verifies checksums: the bytes come from a child of ours through a pipe. They are not trusted all the same: no
//! length in them sizes a buffer, and none makes it panic. Memory: at most 24 times the bytes given, and 64 KiB.

mod fields;
mod headers;

use std::fmt;

use self::fields::{Fields, Missing};
use self::headers::{ELIDED_BYTES_MAX, MainHeader};
pub use self::headers::{TimeBase, VideoHeader};

/// What the stream begins with.
const FILE_ID: &[u8; 25] = b"nut/multimedia container\0";
/// Bytes of a packet that is no frame: headers, and the metadata that ffmpeg passes on.
pub const PACKET_BYTES_MAX: usize = 1 << 20;
/// Packets longer than this have a checksum behind their length.
const SHORT_PACKET_BYTES_MAX: u64 = 4096;

const MAIN: u64 = 0x4e4d_7a56_1f5f_04ad;
const STREAM: u64 = 0x4e53_1140_5bf2_f9db;
const SYNCPOINT: u64 = 0x4e4b_e4ad_eeca_4569;
const INDEX: u64 = 0x4e58_dd67_2f23_e64e;
const INFO: u64 = 0x4e49_ab68_b596_ba78;

/// Bits of a frame's flags.
mod flags {
    pub const CODED_PTS: u64 = 8;
    pub const STREAM_ID: u64 = 16;
    pub const SIZE_MSB: u64 = 32;
    pub const CHECKSUM: u64 = 64;
    pub const RESERVED: u64 = 128;
    pub const HEADER_IDX: u64 = 1024;
    pub const MATCH_TIME: u64 = 2048;
    pub const CODED: u64 = 4096;
    pub const INVALID: u64 = 8192;
}

/// The bytes are not NUT as we read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NutError(pub &'static str);

impl fmt::Display for NutError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// What stands at the front of the bytes.
#[derive(Debug, PartialEq, Eq)]
pub enum Found {
    /// Too little to tell: bring more bytes behind these.
    More,
    /// Something that is no picture; these bytes are done with.
    Skip(usize),
    /// A picture begins behind these bytes.
    Picture(PictureHeader),
}

/// What stands in front of a picture's bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PictureHeader {
    /// Bytes up to the picture's.
    pub header_bytes: usize,
    /// Which of [`Demuxer::elided`] comes before the bytes that follow.
    pub elision: usize,
    /// Bytes that follow.
    pub payload_bytes: u64,
    /// When it is shown.
    pub ticks: i64,
}

/// Where in a stream we are.
#[derive(Debug, Default)]
pub struct Demuxer {
    begun: bool,
    main: Option<MainHeader>,
    video: Option<VideoHeader>,
    last_ticks: i64,
}

impl Demuxer {
    /// What the pictures are, once it has been said.
    pub fn video(&self) -> Option<&VideoHeader> {
        self.video.as_ref()
    }

    /// The bytes that a picture's header leaves out in front of the picture.
    pub fn elided(&self, elision: usize) -> &[u8] {
        self.main.as_ref().and_then(|main| main.elisions.get(elision)).map_or(&[], Vec::as_slice)
    }

    /// Looks at `bytes`, which begin where the last find ended (for a picture: behind its payload).
    ///
    /// # Errors
    /// Where they cannot be read; the stream is lost then.
    pub fn find(&mut self, bytes: &[u8]) -> Result<Found, NutError> {
        if !self.begun {
            let known = bytes.len().min(FILE_ID.len());
            if bytes[..known] != FILE_ID[..known] {
                return Err(NutError("no NUT stream"));
            }
            self.begun = known == FILE_ID.len();
            return Ok(if self.begun { Found::Skip(known) } else { Found::More });
        }
        let found = match bytes.first() {
            None => return Ok(Found::More),
            Some(b'N') => self.packet(bytes),
            Some(_) => self.picture(bytes),
        };
        match found {
            Err(Stuck::Short) if bytes.len() > PACKET_BYTES_MAX => Err(NutError("a header without an end")),
            Err(Stuck::Short) => Ok(Found::More),
            Err(Stuck::Wrong(error)) => Err(error),
            Ok(found) => Ok(found),
        }
    }

    /// A packet with a start code.
    fn packet(&mut self, bytes: &[u8]) -> Result<Found, Stuck> {
        let mut fields = Fields::new(bytes);
        let code = fields.raw(8)?;
        let code = u64::from_be_bytes(code.try_into().expect("eight bytes"));
        let len = fields.number()?;
        if len > PACKET_BYTES_MAX as u64 {
            return Err(Stuck::Wrong(NutError("a packet that is too long")));
        }
        if len > SHORT_PACKET_BYTES_MAX {
            fields.raw(4)?;
        }
        let packet = fields.raw(len as usize)?;
        // Its last four bytes are a checksum.
        let Some((packet, _)) = packet.split_last_chunk::<4>() else {
            return Err(Stuck::Wrong(NutError("a packet without a checksum")));
        };
        match code {
            MAIN => self.main = Some(MainHeader::read(packet)?),
            STREAM => {
                let main = self.main.as_ref().ok_or(NutError("a stream before the main header"))?;
                self.video = Some(VideoHeader::read(packet, main)?);
            }
            SYNCPOINT => self.syncpoint(packet)?,
            INDEX | INFO => {}
            _ => return Err(Stuck::Wrong(NutError("an unknown start code"))),
        }
        Ok(Found::Skip(fields.read()))
    }

    /// A syncpoint says the time anew.
    fn syncpoint(&mut self, packet: &[u8]) -> Result<(), NutError> {
        let (Some(main), Some(video)) = (&self.main, &self.video) else {
            return Err(NutError("a syncpoint before the headers"));
        };
        let coded = Fields::new(packet).number()?;
        let count = main.time_bases.len() as u64;
        let time_base = main.time_bases[(coded % count) as usize];
        let ticks = i64::try_from(coded / count).ok();
        let ticks = ticks.and_then(|ticks| time_base.convert(ticks, video.time_base));
        self.last_ticks = ticks.ok_or(NutError("a time that does not fit"))?;
        Ok(())
    }

    fn picture(&mut self, bytes: &[u8]) -> Result<Found, Stuck> {
        let (Some(main), Some(video)) = (&self.main, &self.video) else {
            return Err(Stuck::Wrong(NutError("a frame before the headers")));
        };
        let mut fields = Fields::new(bytes);
        let code = main.codes[usize::from(fields.raw(1)?[0])];
        let mut set = code.flags;
        if set & flags::CODED != 0 {
            set ^= fields.number()?;
        }
        if set & flags::INVALID != 0 {
            return Err(Stuck::Wrong(NutError("a frame code without a meaning")));
        }
        let mut optional = |flag, default| match set & flag {
            0 => Ok(default),
            _ => fields.number(),
        };
        let stream = optional(flags::STREAM_ID, code.stream)?;
        let coded_ticks = optional(flags::CODED_PTS, 0)?;
        let size_msb = optional(flags::SIZE_MSB, 0)?;
        optional(flags::MATCH_TIME, 0)?;
        let elision = optional(flags::HEADER_IDX, code.elision as u64)?;
        let reserved = optional(flags::RESERVED, code.reserved)?;
        for _ in 0..reserved {
            fields.number()?;
        }
        if set & flags::CHECKSUM != 0 {
            fields.raw(4)?;
        }
        let ticks = match set & flags::CODED_PTS {
            0 => self.last_ticks.checked_add(code.pts_delta),
            _ => full_ticks(coded_ticks, video.pts_lsb_bits, self.last_ticks),
        };
        let bytes = size_msb.checked_mul(code.size_mul).and_then(|msb| msb.checked_add(code.size_lsb));
        let (Some(ticks), Some(bytes)) = (ticks, bytes) else {
            return Err(Stuck::Wrong(NutError("a time or a size that does not fit")));
        };
        let elision =
            if bytes > ELIDED_BYTES_MAX { 0 } else { usize::try_from(elision).unwrap_or(usize::MAX) };
        let elided = main.elisions.get(elision).map(|elided| elided.len() as u64);
        let payload_bytes = elided.and_then(|elided| bytes.checked_sub(elided));
        let Some(payload_bytes) = payload_bytes.filter(|_| stream == 0) else {
            return Err(Stuck::Wrong(NutError("a frame that is none")));
        };
        self.last_ticks = ticks;
        Ok(Found::Picture(PictureHeader { header_bytes: fields.read(), elision, payload_bytes, ticks }))
    }
}

/// The time whose lower bits were written, next to the last one; or the time itself.
fn full_ticks(coded: u64, lsb_bits: u32, last_ticks: i64) -> Option<i64> {
    let coded = i64::try_from(coded).ok()?;
    let span = 1i64 << lsb_bits;
    if coded >= span {
        return Some(coded - span);
    }
    let lowest = last_ticks.checked_sub((span - 1) / 2)?;
    lowest.checked_add(coded.checked_sub(lowest)? & (span - 1))
}

/// Why nothing was found.
enum Stuck {
    /// The bytes end too early.
    Short,
    Wrong(NutError),
}

impl From<Missing> for Stuck {
    fn from(missing: Missing) -> Self {
        match missing {
            Missing::Bytes => Self::Short,
            Missing::Number => Self::Wrong(NutError("a number that does not fit")),
        }
    }
}

impl From<NutError> for Stuck {
    fn from(error: NutError) -> Self {
        Self::Wrong(error)
    }
}

#[cfg(test)]
mod tests;
