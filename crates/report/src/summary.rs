//! The summary of a run, version 1, as JSON. Its words for people are in [`crate::words`].

use ocelli_frame::{Counts, SourceTotals};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::numbers::{Reasons, ms, thousandths};
use crate::unique_names;

/// The version of the summary, its `v`.
const VERSION: u32 = 1;

/// What a run came to. `Display` says it in words, over several lines.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// Every source's account. From [`NamedCounts::of`], so that no entry hides another.
    pub sources: Vec<NamedCounts>,
    /// Every sink's account, likewise.
    pub sinks: Vec<NamedCounts>,
    /// Results a second between the first and the last.
    pub fps: f64,
    /// Seconds from the first thread's start to the last one's end.
    pub wall_s: f64,
    /// Where the time went, in the frame's order.
    pub stages: Vec<StageQuantiles>,
    /// Ages of results.
    pub age: Quantiles,
    /// Candidates left out because a number of theirs was NaN or infinite.
    pub invalid: u64,
    /// What ran.
    pub backend: String,
    /// The model and its input.
    pub model: String,
    /// What the process used.
    pub memory: MemoryUse,
    /// What happened that nobody asked for and that failed nothing, one sentence each.
    pub events: Vec<String>,
    /// What went wrong, one sentence each.
    pub errors: Vec<String>,
    /// Whether somebody asked the run to end.
    pub stopped: bool,
}

/// A name and its account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedCounts {
    /// Unlike every other in its list.
    pub name: String,
    /// The account.
    pub counts: Counts,
    /// What a source did beside; sinks do nothing beside.
    pub totals: Option<SourceTotals>,
}

impl NamedCounts {
    /// Accounts with their names, made unique.
    pub fn of(accounts: impl IntoIterator<Item = (String, Counts)>) -> Vec<Self> {
        let (names, counts): (Vec<_>, Vec<_>) = accounts.into_iter().unzip();
        let named = unique_names(names).into_iter().zip(counts);
        named.map(|(name, counts)| Self { name, counts, totals: None }).collect()
    }

    /// Accounts of sources, likewise, with what they did beside.
    pub fn of_sources(sources: impl IntoIterator<Item = (String, Counts, SourceTotals)>) -> Vec<Self> {
        let sources = sources.into_iter().map(|(name, counts, totals)| ((name, counts), totals));
        let (accounts, totals): (Vec<_>, Vec<_>) = sources.unzip();
        let named = Self::of(accounts).into_iter().zip(totals);
        named.map(|(account, totals)| Self { totals: Some(totals), ..account }).collect()
    }
}

/// How a time is spread, in milliseconds; all 0 where nothing was measured.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Quantiles {
    /// The median.
    pub p50_ms: f64,
    /// Nine in ten are no longer.
    pub p90_ms: f64,
    /// 99 in 100.
    pub p99_ms: f64,
    /// 999 in 1000.
    pub p999_ms: f64,
    /// The longest.
    pub max_ms: f64,
}

impl Quantiles {
    /// From `value_ns`, which gives the time in nanoseconds at a quantile of 0 to 1.
    pub fn from_ns(value_ns: impl Fn(f64) -> u64) -> Self {
        let value_ms = |quantile| value_ns(quantile) as f64 * 1e-6;
        Self {
            p50_ms: value_ms(0.5),
            p90_ms: value_ms(0.9),
            p99_ms: value_ms(0.99),
            p999_ms: value_ms(0.999),
            max_ms: value_ms(1.0),
        }
    }
}

/// One stage's times.
#[derive(Clone, Debug, PartialEq)]
pub struct StageQuantiles {
    /// `queue`, `preprocess`, …
    pub stage: String,
    /// Its times.
    pub quantiles: Quantiles,
}

/// What the process used of the machine's memory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MemoryUse {
    /// The most that was resident at once.
    pub peak_bytes: u64,
    /// Page faults that had to wait for a disk.
    pub faults_major: u64,
    /// Page faults that had not.
    pub faults_minor: u64,
}

impl Summary {
    /// The JSON, on one line with its newline.
    pub fn to_json(&self) -> Vec<u8> {
        let mut json = serde_json::to_vec(self).expect("memory takes bytes, and every key is a string");
        json.push(b'\n');
        json
    }
}

impl Serialize for Summary {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct PageFaults {
            major: u64,
            minor: u64,
        }
        let MemoryUse { peak_bytes, faults_major: major, faults_minor: minor } = self.memory;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("v", &VERSION)?;
        map.serialize_entry("sources", &Accounts(&self.sources))?;
        map.serialize_entry("sinks", &Accounts(&self.sinks))?;
        map.serialize_entry("fps", &thousandths(self.fps))?;
        map.serialize_entry("wall_s", &thousandths(self.wall_s))?;
        map.serialize_entry("stages_ms", &Stages(&self.stages))?;
        map.serialize_entry("age_ms", &self.age)?;
        map.serialize_entry("invalid", &self.invalid)?;
        map.serialize_entry("backend", &self.backend)?;
        map.serialize_entry("model", &self.model)?;
        map.serialize_entry("peak_memory_bytes", &peak_bytes)?;
        map.serialize_entry("page_faults", &PageFaults { major, minor })?;
        map.serialize_entry("events", &self.events)?;
        map.serialize_entry("errors", &self.errors)?;
        map.serialize_entry("stopped", &self.stopped)?;
        map.end()
    }
}

impl Serialize for Quantiles {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("p50", &thousandths(self.p50_ms))?;
        map.serialize_entry("p90", &thousandths(self.p90_ms))?;
        map.serialize_entry("p99", &thousandths(self.p99_ms))?;
        map.serialize_entry("p99.9", &thousandths(self.p999_ms))?;
        map.serialize_entry("max", &thousandths(self.max_ms))?;
        map.end()
    }
}

struct Stages<'a>(&'a [StageQuantiles]);

impl Serialize for Stages<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|stage| (&stage.stage, &stage.quantiles)))
    }
}

/// By name; each reason is there, also where its count is 0.
struct Accounts<'a>(&'a [NamedCounts]);

impl Serialize for Accounts<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|account| (&account.name, AccountForm(account))))
    }
}

struct AccountForm<'a>(&'a NamedCounts);

impl Serialize for AccountForm<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Away {
            times: u64,
            ms: f64,
        }
        let NamedCounts { counts, totals, .. } = self.0;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("captured", &counts.captured)?;
        map.serialize_entry("emitted", &counts.emitted)?;
        map.serialize_entry("dropped", &Reasons { counts: || counts.dropped_named(), with_zeros: true })?;
        map.serialize_entry("failed", &Reasons { counts: || counts.failed_named(), with_zeros: true })?;
        map.serialize_entry("in_flight", &counts.in_flight)?;
        if let Some(SourceTotals { away_times: times, away_ns, copied }) = *totals {
            map.serialize_entry("away", &Away { times, ms: ms(away_ns) })?;
            map.serialize_entry("copied", &copied)?;
        }
        map.end()
    }
}
