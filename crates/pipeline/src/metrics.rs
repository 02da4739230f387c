//! What a run measures of itself: stage times and ages, as HDR histograms of fixed size.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hdrhistogram::Histogram;
use ocelli_frame::{FrameResult, StageTimes};

/// Longer times are counted as this long: 100 s.
const TIME_MAX_NS: u64 = 100_000_000_000;
/// Histograms keep three significant digits.
const DIGITS: u8 = 3;

/// Histograms in nanoseconds. Recording allocates nothing.
#[derive(Clone, Debug)]
pub struct Metrics {
    stages: Vec<(&'static str, Histogram<u64>)>,
    age: Histogram<u64>,
    results: u64,
    invalid: u64,
    first_result_ns: Option<u64>,
    last_result_ns: u64,
}

impl Metrics {
    fn new() -> Self {
        let histogram =
            || Histogram::new_with_bounds(1, TIME_MAX_NS, DIGITS).expect("constant bounds are valid");
        Self {
            stages: StageTimes::default().named().map(|(name, _)| (name, histogram())).to_vec(),
            age: histogram(),
            results: 0,
            invalid: 0,
            first_result_ns: None,
            last_result_ns: 0,
        }
    }

    /// Each stage's times, in the frame's order.
    pub fn stages(&self) -> &[(&'static str, Histogram<u64>)] {
        &self.stages
    }

    /// Ages of results.
    pub fn age(&self) -> &Histogram<u64> {
        &self.age
    }

    /// Results so far.
    pub fn results(&self) -> u64 {
        self.results
    }

    /// Candidates left out of results because a number of theirs was NaN or infinite.
    pub fn invalid(&self) -> u64 {
        self.invalid
    }

    /// Results per second between the first result and the last; 0 for fewer than two.
    pub fn fps(&self) -> f64 {
        match self.first_result_ns {
            Some(first_ns) if self.last_result_ns > first_ns => {
                (self.results - 1) as f64 / ((self.last_result_ns - first_ns) as f64 * 1e-9)
            }
            _ => 0.0,
        }
    }

    fn record(&mut self, result: &FrameResult, now_ns: u64) {
        for ((_, histogram), (_, ns)) in self.stages.iter_mut().zip(result.stages.named()) {
            histogram.saturating_record(ns);
        }
        self.age.saturating_record(result.age_ns);
        self.results += 1;
        self.invalid += u64::from(result.predictions.invalid);
        self.first_result_ns.get_or_insert(now_ns);
        self.last_result_ns = now_ns;
    }
}

/// The metrics of a run that is under way, for whoever wants to look.
#[derive(Clone, Debug)]
pub struct MetricsHandle {
    metrics: Arc<Mutex<Metrics>>,
}

impl MetricsHandle {
    pub(crate) fn new() -> Self {
        Self { metrics: Arc::new(Mutex::new(Metrics::new())) }
    }

    /// Looks at them. The predictor's thread waits meanwhile: be brief.
    pub fn lock(&self) -> MutexGuard<'_, Metrics> {
        self.metrics.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn record(&self, result: &FrameResult, now_ns: u64) {
        self.lock().record(result, now_ns);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rate_and_ages_come_from_what_was_recorded() {
        let metrics = MetricsHandle::new();
        let mut result = FrameResult::with_capacity(0);
        for n in 1..=11u64 {
            result.age_ns = n * 1_000_000;
            result.stages.inference_ns = 5_000_000;
            metrics.record(&result, n * 100_000_000);
        }
        let metrics = metrics.lock();
        assert_eq!(metrics.results(), 11);
        assert!((metrics.fps() - 10.0).abs() < 1e-9);
        let p50_ms = metrics.age().value_at_quantile(0.5) as f64 * 1e-6;
        assert!((p50_ms - 6.0).abs() < 0.01, "{p50_ms}");
        let (name, inference) = &metrics.stages()[2];
        assert_eq!((*name, inference.len()), ("inference", 11));
    }
}
