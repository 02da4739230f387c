//! The sample list of a track out of its tables (ISO/IEC 14496-12, 8.6 and 8.7): where each compressed picture lies,
//! and when it is shown.
//!
//! Five tables say it together, each in runs: `stsz` sizes, `stsc` and `stco`/`co64` places, `stts` decoding times,
//! `ctts` how much later a picture is shown. Places and sizes must agree; times that run out are made up from the
//! last ones, as players do.

use ocelli_capture::SourceError;

use super::boxes::Body;
use crate::limits::{SAMPLE_BYTES_MAX, SAMPLE_BYTES_MIN};

/// One compressed picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    /// The file's byte it starts at.
    pub offset: u64,
    /// When it is shown, in ticks of the track's timescale.
    pub shown_ticks: i64,
    /// Its length.
    pub bytes: u32,
    /// Which sample description it is coded with, from 0.
    pub description: u16,
}

/// A list of samples, and the decoding time that comes after its last.
#[derive(Debug, Default)]
pub(crate) struct SampleList {
    pub samples: Vec<Sample>,
    pub end_ticks: i64,
    /// How long the last sample lasts.
    pub last_duration_ticks: i64,
    /// Bytes of the file that samples without a table stand for.
    pub implicit: u64,
}

/// Reads the sample tables in `stbl`.
pub(crate) fn read_stbl(stbl: Body<'_>, file_bytes: u64) -> Result<SampleList, SourceError> {
    let sizes = Sizes::read(stbl, file_bytes)?;
    let mut list = SampleList { samples: Vec::with_capacity(sizes.count), ..SampleList::default() };
    if sizes.count == 0 {
        return Ok(list);
    }
    let mut places = Places::read(stbl)?;
    let mut durations = Runs::read(stbl.expect(b"stts")?)?;
    let mut delays = stbl.child(b"ctts")?.map(Runs::read).transpose()?;
    let mut decoded_ticks = 0i64;
    for index in 0..sizes.count {
        let bytes = sizes.of(index)?;
        let (offset, description) = places.next(bytes, index, sizes.count)?;
        let duration = i64::from(durations.next()?.unwrap_or(list.last_duration_ticks as u32));
        // Version 0 of `ctts` is unsigned by the book and signed in files.
        let delay = match &mut delays {
            Some(delays) => i64::from(delays.next()?.unwrap_or(0).cast_signed()),
            None => 0,
        };
        list.samples.push(Sample { offset, shown_ticks: decoded_ticks + delay, bytes, description });
        list.last_duration_ticks = duration;
        decoded_ticks += duration;
    }
    list.end_ticks = decoded_ticks;
    Ok(list)
}

/// An array of fixed-size entries behind a count, which has been checked against the box's length.
struct Table<'a> {
    body: Body<'a>,
    at: usize,
    count: usize,
}

impl<'a> Table<'a> {
    fn read(body: Body<'a>, at: usize, entry_bytes: usize) -> Result<Self, SourceError> {
        let count = body.u32(at)? as usize;
        let room = (body.bytes.len() - at - 4) / entry_bytes;
        if count > room {
            return Err(body.corrupt(at, format!("a table of {count} entries where {room} fit")));
        }
        Ok(Self { body, at: at + 4, count })
    }
}

/// `stsz`.
struct Sizes<'a> {
    table: Option<Table<'a>>,
    /// The size of all, where there is no table.
    bytes: u32,
    count: usize,
    body: Body<'a>,
}

impl<'a> Sizes<'a> {
    fn read(stbl: Body<'a>, file_bytes: u64) -> Result<Self, SourceError> {
        let body = stbl.expect(b"stsz")?;
        let bytes = body.u32(4)?;
        if bytes == 0 {
            let table = Table::read(body, 8, 4)?;
            return Ok(Self { count: table.count, table: Some(table), bytes, body });
        }
        let count = body.u32(8)?;
        check_implicit(body, 8, bytes, count, 0, file_bytes)?;
        Ok(Self { table: None, bytes, count: count as usize, body })
    }

    fn of(&self, index: usize) -> Result<u32, SourceError> {
        let bytes = match &self.table {
            Some(table) => self.body.u32(table.at + 4 * index)?,
            None => self.bytes,
        };
        if bytes > SAMPLE_BYTES_MAX {
            let what = format!("sample {index} of {bytes} bytes (at most {SAMPLE_BYTES_MAX} are read)");
            return Err(self.body.corrupt(12 + 4 * index, what));
        }
        Ok(bytes)
    }
}

/// A count of samples that no table backs: all such counts of a file together, `before` and this one, must not cost
/// more memory than the file could justify. Answers the bytes that this one stands for.
pub(super) fn check_implicit(
    body: Body<'_>,
    at: usize,
    bytes: u32,
    count: u32,
    before: u64,
    file_bytes: u64,
) -> Result<u64, SourceError> {
    let needed = u64::from(count) * u64::from(bytes.max(SAMPLE_BYTES_MIN));
    if needed > file_bytes.saturating_sub(before) {
        let what = format!("{count} samples of {bytes} bytes in a file of {file_bytes}");
        return Err(body.corrupt(at, what));
    }
    Ok(needed)
}

/// `stsc` over `stco` or `co64`: walks the chunks, and the samples in each.
struct Places<'a> {
    runs: Table<'a>,
    next_run: usize,
    samples_per_chunk: u32,
    description: u16,
    chunks: Table<'a>,
    wide: bool,
    /// The next chunk, from 0.
    next_chunk: usize,
    left_in_chunk: u32,
    offset: u64,
}

impl<'a> Places<'a> {
    fn read(stbl: Body<'a>) -> Result<Self, SourceError> {
        let runs = Table::read(stbl.expect(b"stsc")?, 4, 12)?;
        let (chunks, wide) = match stbl.child(b"co64")? {
            Some(co64) => (Table::read(co64, 4, 8)?, true),
            None => (Table::read(stbl.expect(b"stco")?, 4, 4)?, false),
        };
        Ok(Self {
            runs,
            next_run: 0,
            samples_per_chunk: 0,
            description: 0,
            chunks,
            wide,
            next_chunk: 0,
            left_in_chunk: 0,
            offset: 0,
        })
    }

    /// Where the next sample lies, and its description.
    fn next(&mut self, bytes: u32, index: usize, count: usize) -> Result<(u64, u16), SourceError> {
        while self.left_in_chunk == 0 {
            self.enter_chunk(index, count)?;
        }
        self.left_in_chunk -= 1;
        let offset = self.offset;
        self.offset = offset.checked_add(u64::from(bytes)).ok_or_else(|| {
            self.chunks.body.corrupt(self.chunks.at, format!("sample {index} lies at byte {offset}"))
        })?;
        Ok((offset, self.description))
    }

    fn enter_chunk(&mut self, index: usize, count: usize) -> Result<(), SourceError> {
        let Table { body, at, count: chunks } = self.chunks;
        if self.next_chunk == chunks {
            return Err(body.corrupt(at, format!("{chunks} chunks have room for {index} of {count} samples")));
        }
        if self.next_run < self.runs.count {
            let entry = self.runs.at + 12 * self.next_run;
            let runs = self.runs.body;
            let first_chunk = runs.u32(entry)? as usize;
            // The first run starts at chunk 1, whatever it says.
            if self.next_run == 0 || first_chunk == self.next_chunk + 1 {
                self.samples_per_chunk = runs.u32(entry + 4)?;
                let description = runs.u32(entry + 8)?.saturating_sub(1);
                self.description = u16::try_from(description)
                    .map_err(|_| runs.corrupt(entry + 8, format!("sample description {description}")))?;
                self.next_run += 1;
            } else if first_chunk <= self.next_chunk {
                return Err(runs.corrupt(entry, format!("chunk {first_chunk} after {}", self.next_chunk)));
            }
        }
        self.offset = match self.wide {
            true => body.u64(at + 8 * self.next_chunk)?,
            false => u64::from(body.u32(at + 4 * self.next_chunk)?),
        };
        self.next_chunk += 1;
        self.left_in_chunk = self.samples_per_chunk;
        Ok(())
    }
}

/// `stts` or `ctts`: runs of equal values.
struct Runs<'a> {
    table: Table<'a>,
    next_run: usize,
    left: u32,
    value: u32,
}

impl<'a> Runs<'a> {
    fn read(body: Body<'a>) -> Result<Self, SourceError> {
        Ok(Self { table: Table::read(body, 4, 8)?, next_run: 0, left: 0, value: 0 })
    }

    /// The next sample's value; `None` behind the last run.
    fn next(&mut self) -> Result<Option<u32>, SourceError> {
        while self.left == 0 {
            if self.next_run == self.table.count {
                return Ok(None);
            }
            let at = self.table.at + 8 * self.next_run;
            self.left = self.table.body.u32(at)?;
            self.value = self.table.body.u32(at + 4)?;
            self.next_run += 1;
        }
        self.left -= 1;
        Ok(Some(self.value))
    }
}
