//! What a NUT stream says once, in front: its time bases, the meaning of each frame code, and the one stream in it.

use super::fields::Fields;
use super::{NutError, flags};
use ocelli_frame::Size;

/// Time bases a stream may list; there is one in what we ask for.
const TIME_BASES_MAX: u64 = 16;
/// Strings that may stand for the first bytes of a small frame.
const ELISIONS_MAX: u64 = 128;
/// A frame larger than this has all of its bytes.
pub(super) const ELIDED_BYTES_MAX: u64 = 4096;

/// Seconds a tick, as a fraction of numbers below 2^31 and above 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeBase {
    /// Above the line.
    pub numerator: u64,
    /// Below it.
    pub denominator: u64,
}

impl TimeBase {
    /// A time in nanoseconds; `None` where it does not fit.
    pub fn nanoseconds(self, ticks: i64) -> Option<i64> {
        let ns = i128::from(ticks) * i128::from(self.numerator) * 1_000_000_000;
        i64::try_from(ns / i128::from(self.denominator)).ok()
    }

    /// `ticks` of this time base in ticks of `other`.
    pub fn convert(self, ticks: i64, other: Self) -> Option<i64> {
        let scale = |ticks: i128, by: u64| ticks.checked_mul(i128::from(by));
        let over = scale(scale(i128::from(ticks), self.numerator)?, other.denominator)?;
        let under = i128::from(self.denominator) * i128::from(other.numerator);
        i64::try_from(over.div_euclid(under)).ok()
    }
}

/// What one of the 256 frame codes means.
#[derive(Clone, Copy, Debug)]
pub(super) struct FrameCode {
    pub flags: u64,
    pub stream: u64,
    pub size_mul: u64,
    pub size_lsb: u64,
    pub pts_delta: i64,
    pub reserved: u64,
    pub elision: usize,
}

impl FrameCode {
    const INVALID: Self = Self {
        flags: flags::INVALID,
        stream: 0,
        size_mul: 0,
        size_lsb: 0,
        pts_delta: 0,
        reserved: 0,
        elision: 0,
    };
}

/// The main header.
#[derive(Debug)]
pub(super) struct MainHeader {
    pub time_bases: Vec<TimeBase>,
    pub codes: Box<[FrameCode; 256]>,
    /// By [`FrameCode::elision`]; the first is empty.
    pub elisions: Vec<Vec<u8>>,
}

impl MainHeader {
    pub fn read(packet: &[u8]) -> Result<Self, NutError> {
        let mut fields = Fields::new(packet);
        if fields.number()? != 3 {
            return Err(NutError("a version of NUT other than 3"));
        }
        if fields.number()? != 1 {
            return Err(NutError("more or less than one stream"));
        }
        fields.number()?; // the greatest distance between syncpoints
        let time_bases = fields.number()?;
        if !(1..=TIME_BASES_MAX).contains(&time_bases) {
            return Err(NutError("no time base, or too many"));
        }
        let time_bases = (0..time_bases).map(|_| read_time_base(&mut fields)).collect::<Result<_, _>>()?;
        let codes = read_codes(&mut fields)?;
        let elisions = fields.number()?;
        if elisions > ELISIONS_MAX {
            return Err(NutError("too many elided headers"));
        }
        let mut all = vec![Vec::new()];
        for _ in 0..elisions {
            all.push(fields.string()?.to_vec());
        }
        if codes.iter().any(|code| code.elision >= all.len()) {
            return Err(NutError("an elided header that is not listed"));
        }
        Ok(Self { time_bases, codes, elisions: all })
    }
}

fn read_time_base(fields: &mut Fields<'_>) -> Result<TimeBase, NutError> {
    let (numerator, denominator) = (fields.number()?, fields.number()?);
    let is_sound = |number: u64| (1..1 << 31).contains(&number);
    match is_sound(numerator) && is_sound(denominator) {
        true => Ok(TimeBase { numerator, denominator }),
        false => Err(NutError("a time base that is none")),
    }
}

/// The table of frame codes, written as runs that differ in their size alone.
fn read_codes(fields: &mut Fields<'_>) -> Result<Box<[FrameCode; 256]>, NutError> {
    let mut codes = Box::new([FrameCode::INVALID; 256]);
    let mut run = FrameCode { size_mul: 1, ..FrameCode::INVALID };
    let mut next = 0;
    while next < codes.len() {
        run.flags = fields.number()?;
        let given = fields.number()?;
        if given > 0 {
            run.pts_delta = fields.signed()?;
        }
        if given > 1 {
            run.size_mul = fields.number()?;
        }
        if given > 2 {
            run.stream = fields.number()?;
        }
        run.size_lsb = if given > 3 { fields.number()? } else { 0 };
        run.reserved = if given > 4 { fields.number()? } else { 0 };
        let count = match given > 5 {
            true => fields.number()?,
            false => run.size_mul.checked_sub(run.size_lsb).ok_or(NutError("a run of less than no codes"))?,
        };
        if given > 6 {
            fields.signed()?; // the time that a frame matches
        }
        if given > 7 {
            run.elision = usize::try_from(fields.number()?).unwrap_or(usize::MAX);
        }
        for _ in 8..given {
            fields.number()?;
        }
        let mut in_run = 0;
        while in_run < count && next < codes.len() {
            // `N` opens a start code, and is therefore never a frame.
            if next != usize::from(b'N') {
                let size_lsb =
                    run.size_lsb.checked_add(in_run).ok_or(NutError("a size that does not fit"))?;
                codes[next] = FrameCode { size_lsb, ..run };
                in_run += 1;
            }
            next += 1;
        }
    }
    Ok(codes)
}

/// The stream header: what the frames are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VideoHeader {
    /// The four letters of the pixel format.
    pub fourcc: [u8; 4],
    /// The picture.
    pub size: Size,
    /// What its times count in.
    pub time_base: TimeBase,
    /// Bits of a time that are usually written.
    pub(super) pts_lsb_bits: u32,
}

impl VideoHeader {
    pub(super) fn read(packet: &[u8], main: &MainHeader) -> Result<Self, NutError> {
        let mut fields = Fields::new(packet);
        if fields.number()? != 0 {
            return Err(NutError("a stream whose number is not 0"));
        }
        if fields.number()? != 0 {
            return Err(NutError("a stream that is no video"));
        }
        let fourcc =
            fields.string()?.try_into().map_err(|_| NutError("a format that is not four letters"))?;
        let time_base = usize::try_from(fields.number()?).ok().and_then(|id| main.time_bases.get(id));
        let time_base = *time_base.ok_or(NutError("a time base that is not listed"))?;
        let pts_lsb_bits = fields.number()?;
        if pts_lsb_bits >= 32 {
            return Err(NutError("times of too many bits"));
        }
        fields.number()?; // the greatest step of time
        fields.number()?; // the decoder's delay
        fields.number()?; // flags
        fields.string()?; // the codec's own
        let mut side = || Ok::<_, NutError>(u32::try_from(fields.number()?).unwrap_or(u32::MAX));
        let size = Size { width: side()?, height: side()? };
        Ok(Self { fourcc, size, time_base, pts_lsb_bits: pts_lsb_bits as u32 })
    }
}
