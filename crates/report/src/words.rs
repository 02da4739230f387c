//! The summary in words, for people at a terminal: one fact a line, labels in a column. Errors are not repeated here:
//! they are told last, each with its hint.

use std::fmt;

use ocelli_frame::{Counts, SourceTotals};

use crate::{NamedCounts, Quantiles, Summary};

/// Names longer than this push their line to the right instead of the whole column.
const LABEL_WIDTH_MAX: usize = 24;

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let labels = self.labels();
        let width = labels.map(|label| label.chars().count().min(LABEL_WIDTH_MAX)).max().unwrap_or(0);
        let results: u64 = self.sources.iter().map(|source| source.counts.emitted).sum();
        let ended = if self.stopped { ", stopped before the end" } else { "" };
        let Self { fps, wall_s, backend, model, .. } = self;
        writeln!(f, "{results} results in {wall_s:.1} s, {fps:.1} fps ({model} on {backend}){ended}")?;
        write_times(f, width, "age", &self.age)?;
        for stage in &self.stages {
            write_times(f, width, &stage.stage, &stage.quantiles)?;
        }
        for NamedCounts { name, counts, totals } in &self.sources {
            let beside = Beside(totals.unwrap_or_default());
            writeln!(
                f,
                "  {name:width$}  captured {}, {}{beside}",
                counts.captured,
                Ends("emitted", counts)
            )?;
        }
        for NamedCounts { name, counts, .. } in &self.sinks {
            writeln!(f, "  {name:width$}  {}", Ends("written", counts))?;
        }
        if self.invalid > 0 {
            writeln!(f, "  {:width$}  {} candidates were not numbers", "invalid", self.invalid)?;
        }
        let memory = &self.memory;
        let mebibytes = memory.peak_bytes as f64 / f64::from(1 << 20);
        let (major, minor) = (memory.faults_major, memory.faults_minor);
        writeln!(
            f,
            "  {:width$}  peak {mebibytes:.1} MiB, page faults {major} major, {minor} minor",
            "memory"
        )
    }
}

impl Summary {
    fn labels(&self) -> impl Iterator<Item = &str> {
        let accounts = self.sources.iter().chain(&self.sinks).map(|account| &*account.name);
        ["age", "memory"].into_iter().chain(self.stages.iter().map(|stage| &*stage.stage)).chain(accounts)
    }
}

fn write_times(f: &mut fmt::Formatter<'_>, width: usize, label: &str, times: &Quantiles) -> fmt::Result {
    let Quantiles { p50_ms, p99_ms, max_ms, .. } = times;
    writeln!(f, "  {label:width$}  p50 {p50_ms:8.2} ms   p99 {p99_ms:8.2} ms   max {max_ms:8.2} ms")
}

/// How an account's frames ended: what came out under its own word, then whatever else there was.
struct Ends<'a>(&'a str, &'a Counts);

impl fmt::Display for Ends<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(came_out, counts) = self;
        write!(f, "{came_out} {}", counts.emitted)?;
        for (reason, count) in counts.dropped_named().filter(|(_, count)| *count > 0) {
            write!(f, ", dropped {count} ({reason})")?;
        }
        for (reason, count) in counts.failed_named().filter(|(_, count)| *count > 0) {
            write!(f, ", failed {count} ({reason})")?;
        }
        if counts.in_flight > 0 {
            write!(f, ", in flight {}", counts.in_flight)?;
        }
        Ok(())
    }
}

/// What a source did beside its account, where there is something.
struct Beside(SourceTotals);

impl fmt::Display for Beside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let SourceTotals { away_times, away_ns, copied } = self.0;
        if away_times > 0 {
            let times = if away_times == 1 { "once".to_owned() } else { format!("{away_times} times") };
            write!(f, ", away {times} for {:.1} s", away_ns as f64 * 1e-9)?;
        }
        if copied > 0 {
            write!(f, ", copied {copied}")?;
        }
        Ok(())
    }
}
