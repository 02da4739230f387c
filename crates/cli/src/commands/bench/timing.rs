//! Timing the same step again and again, and saying how long it took.

use ocelli_frame::Clock;
use serde_json::{Map, Value, json};

use crate::args::Repeat;
use crate::clock::MonotonicClock;
use crate::failure::Failure;

/// The times of every measured run.
#[derive(Debug)]
pub struct Times {
    /// In the order of the runs.
    runs_ns: Vec<u64>,
    sorted_ns: Vec<u64>,
}

impl Times {
    /// Runs `step` a tenth as often to warm up, then as often as asked, timing each.
    pub fn measure(repeat: &Repeat, mut step: impl FnMut() -> Result<(), Failure>) -> Result<Self, Failure> {
        let clock = MonotonicClock::start();
        for _ in 0..repeat.runs.div_ceil(10) {
            step()?;
        }
        let mut runs_ns = Vec::with_capacity(repeat.runs as usize);
        for _ in 0..repeat.runs {
            let start_ns = clock.now_ns();
            step()?;
            runs_ns.push(clock.now_ns() - start_ns);
        }
        Ok(Self::of(runs_ns))
    }

    fn of(runs_ns: Vec<u64>) -> Self {
        let mut sorted_ns = runs_ns.clone();
        sorted_ns.sort_unstable();
        Self { runs_ns, sorted_ns }
    }

    /// The time below which this share (0 to 1) of the runs stayed, in milliseconds.
    pub fn quantile_ms(&self, share: f64) -> f64 {
        let rank = (share * self.sorted_ns.len() as f64).ceil() as usize;
        self.sorted_ns[rank.clamp(1, self.sorted_ns.len()) - 1] as f64 * 1e-6
    }

    /// The mean of the runs, in milliseconds: 1000 over it is the rate.
    pub fn mean_ms(&self) -> f64 {
        self.sorted_ns.iter().sum::<u64>() as f64 / self.sorted_ns.len() as f64 * 1e-6
    }

    /// Prints the times with what was measured: `facts` is a JSON object.
    pub fn tell(&self, repeat: &Repeat, facts: Value) {
        let (min, p50, p99) = (self.quantile_ms(0.0), self.quantile_ms(0.5), self.quantile_ms(0.99));
        let (mean, max) = (self.mean_ms(), self.quantile_ms(1.0));
        if repeat.json {
            let mut object = match facts {
                Value::Object(object) => object,
                _ => Map::new(),
            };
            let times =
                [("min_ms", min), ("p50_ms", p50), ("mean_ms", mean), ("p99_ms", p99), ("max_ms", max)];
            object.extend(times.map(|(name, ms)| (name.to_owned(), json!(ms))));
            object.insert("runs".to_owned(), json!(repeat.runs));
            let in_order: Vec<_> = self.runs_ns.iter().map(|&ns| ns as f64 * 1e-6).collect();
            object.insert("times_ms".to_owned(), json!(in_order));
            // In one piece, however long: who reads a pipe gets the line at once.
            let line = format!("{}\n", Value::Object(object));
            print!("{line}");
        } else {
            let runs = repeat.runs;
            println!(
                "p50 {p50:.3} ms   mean {mean:.3}   min {min:.3}   p99 {p99:.3}   max {max:.3}   {runs} runs"
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_times_that_were_measured() {
        let times = Times::of((1..=100).rev().map(|n| n * 1_000_000).collect());
        let quantiles = [0.0, 0.5, 0.99, 1.0].map(|share| times.quantile_ms(share).round());
        assert_eq!(quantiles, [1.0, 50.0, 99.0, 100.0]);
        assert_eq!(times.mean_ms(), 50.5);
    }

    #[test]
    fn every_run_is_counted_and_an_error_ends_it() {
        let mut calls = 0;
        let repeat = Repeat { runs: 20, json: true };
        let times = Times::measure(&repeat, || {
            calls += 1;
            Ok(())
        })
        .unwrap();
        assert_eq!((calls, times.sorted_ns.len()), (22, 20));
        assert!(Times::measure(&repeat, || Err(Failure::new("no", "none"))).is_err());
    }
}
