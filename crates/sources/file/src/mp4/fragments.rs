//! Samples out of movie fragments (`moof`, ISO/IEC 14496-12, 8.8): what cameras and streaming servers write, who do
//! not know the end when they begin.

use ocelli_capture::SourceError;

use super::boxes::Body;
use super::samples::{Sample, SampleList, check_implicit};
use crate::limits::SAMPLE_BYTES_MAX;

/// The latest tick a fragment may start at: leaves room for the sum of all its samples.
const TICKS_MAX: u64 = 1 << 60;

/// What holds for a track's samples unless a fragment says otherwise (`trex`).
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Defaults {
    /// From 1, as in the file.
    description: u32,
    duration: u32,
    bytes: u32,
}

/// The defaults of one track, or `None` where the movie has no fragments.
pub(crate) fn read_mvex(moov: Body<'_>, track: u32) -> Result<Option<Defaults>, SourceError> {
    let Some(mvex) = moov.child(b"mvex")? else { return Ok(None) };
    for child in mvex.children() {
        let (kind, trex) = child?;
        if kind.0 == *b"trex" && trex.u32(4)? == track {
            return Ok(Some(Defaults {
                description: trex.u32(8)?,
                duration: trex.u32(12)?,
                bytes: trex.u32(16)?,
            }));
        }
    }
    Ok(Some(Defaults::default()))
}

/// Appends the samples that the fragment at byte `moof_start` has for a track.
pub(crate) fn read_moof(
    moof: Body<'_>,
    moof_start: u64,
    track: u32,
    defaults: Defaults,
    file_bytes: u64,
    list: &mut SampleList,
) -> Result<(), SourceError> {
    for child in moof.children() {
        let (kind, traf) = child?;
        if kind.0 != *b"traf" {
            continue;
        }
        let header = traf.expect(b"tfhd")?;
        if header.u32(4)? != track {
            continue;
        }
        let (base, defaults) = read_tfhd(header, moof_start, defaults)?;
        if let Some(tfdt) = traf.child(b"tfdt")? {
            let ticks = if tfdt.u8(0)? == 1 { tfdt.u64(4)? } else { u64::from(tfdt.u32(4)?) };
            if ticks > TICKS_MAX {
                return Err(tfdt.corrupt(4, format!("a fragment at tick {ticks}")));
            }
            list.end_ticks = ticks.cast_signed();
        }
        let mut offset = base;
        for child in traf.children() {
            let (kind, trun) = child?;
            if kind.0 == *b"trun" {
                offset = read_trun(trun, base, offset, defaults, file_bytes, list)?;
            }
        }
    }
    Ok(())
}

/// Where data offsets count from, and the fragment's own defaults.
fn read_tfhd(tfhd: Body<'_>, moof_start: u64, defaults: Defaults) -> Result<(u64, Defaults), SourceError> {
    let flags = tfhd.u32(0)?;
    let mut at = 8;
    let mut base = moof_start;
    if flags & 0x1 != 0 {
        base = tfhd.u64(at)?;
        at += 8;
    }
    let mut own = defaults;
    for (flag, field) in [(0x2, &mut own.description), (0x8, &mut own.duration), (0x10, &mut own.bytes)] {
        if flags & flag != 0 {
            *field = tfhd.u32(at)?;
            at += 4;
        }
    }
    Ok((base, own))
}

/// Appends one run; answers where its data ends.
fn read_trun(
    trun: Body<'_>,
    base: u64,
    follows: u64,
    defaults: Defaults,
    file_bytes: u64,
    list: &mut SampleList,
) -> Result<u64, SourceError> {
    let flags = trun.u32(0)?;
    let count = trun.u32(4)?;
    let mut at = 8;
    let mut offset = follows;
    if flags & 0x1 != 0 {
        let delta = i64::from(trun.u32(at)?.cast_signed());
        offset = base
            .checked_add_signed(delta)
            .ok_or_else(|| trun.corrupt(at, format!("data {delta} bytes from byte {base}")))?;
        at += 4;
    }
    at += if flags & 0x4 != 0 { 4 } else { 0 };
    let fields = [0x100, 0x200, 0x400, 0x800].map(|flag| flags & flag != 0);
    let entry_bytes = 4 * fields.into_iter().filter(|&present| present).count();
    if entry_bytes > 0 {
        trun.slice(at, entry_bytes.saturating_mul(count as usize))?;
    } else {
        list.implicit += check_implicit(trun, 4, defaults.bytes, count, list.implicit, file_bytes)?;
    }
    let description = u16::try_from(defaults.description.saturating_sub(1))
        .map_err(|_| trun.corrupt(0, format!("sample description {}", defaults.description)))?;
    for _ in 0..count {
        let mut field = |present: bool, default: u32| -> Result<u32, SourceError> {
            if !present {
                return Ok(default);
            }
            at += 4;
            trun.u32(at - 4)
        };
        let duration = i64::from(field(fields[0], defaults.duration)?);
        let bytes = field(fields[1], defaults.bytes)?;
        field(fields[2], 0)?;
        let delay = i64::from(field(fields[3], 0)?.cast_signed());
        if bytes > SAMPLE_BYTES_MAX {
            let what = format!("a sample of {bytes} bytes (at most {SAMPLE_BYTES_MAX} are read)");
            return Err(trun.corrupt(at, what));
        }
        list.samples.push(Sample { offset, shown_ticks: list.end_ticks + delay, bytes, description });
        list.last_duration_ticks = duration;
        list.end_ticks += duration;
        offset = offset.saturating_add(u64::from(bytes));
    }
    Ok(offset)
}
