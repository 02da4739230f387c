//! Figures of several runs and what is quoted of them.

use serde_json::{Value, json};

/// One figure, run by run. Never empty when it is summed up.
#[derive(Clone, Debug, Default)]
pub struct Series {
    runs: Vec<f64>,
}

impl Series {
    /// One more run.
    pub fn push(&mut self, value: f64) {
        self.runs.push(value);
    }

    /// The middle value, or the mean of the two in the middle; NaN of no runs.
    pub fn median(&self) -> f64 {
        let sorted = self.sorted();
        match sorted.len() {
            0 => f64::NAN,
            length if length % 2 == 1 => sorted[length / 2],
            length => f64::midpoint(sorted[length / 2 - 1], sorted[length / 2]),
        }
    }

    /// The value below which this share (0 to 1) of the runs stayed; NaN of no runs.
    pub fn quantile(&self, share: f64) -> f64 {
        let sorted = self.sorted();
        let rank = (share * sorted.len() as f64).ceil() as usize;
        sorted.get(rank.max(1) - 1).copied().unwrap_or(f64::NAN)
    }

    fn sorted(&self) -> Vec<f64> {
        let mut sorted = self.runs.clone();
        sorted.sort_by(f64::total_cmp);
        sorted
    }

    /// `{"runs", "median", "min", "max"}`.
    pub fn to_json(&self) -> Value {
        let min = self.runs.iter().copied().fold(f64::INFINITY, f64::min);
        let max = self.runs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let runs: Vec<f64> = self.runs.iter().copied().map(rounded).collect();
        json!({ "runs": runs, "median": rounded(self.median()), "min": rounded(min), "max": rounded(max) })
    }
}

/// To four decimals: more would pretend.
pub fn rounded(value: f64) -> f64 {
    (value * 1e4).round() / 1e4
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_does_not_care_about_order_or_outliers() {
        let mut series = Series::default();
        for value in [3.0, 1000.0, 1.0] {
            series.push(value);
        }
        assert_eq!(series.median(), 3.0);
        assert_eq!(
            series.to_json(),
            json!({ "runs": [3.0, 1000.0, 1.0], "median": 3.0, "min": 1.0, "max": 1000.0 })
        );
        series.push(4.0);
        assert_eq!(series.median(), 3.5);
    }

    #[test]
    fn quantiles_are_values_that_were_seen() {
        let mut series = Series::default();
        assert!(series.quantile(0.5).is_nan());
        (1..=200).rev().for_each(|value| series.push(f64::from(value)));
        assert_eq!([0.0, 0.5, 0.99, 1.0].map(|share| series.quantile(share)), [1.0, 100.0, 198.0, 200.0]);
    }
}
