//! How numbers and reasons are written: milliseconds to the microsecond, boxes to a thousandth of a pixel,
//! confidences to six decimals.

use std::fmt;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

/// Nanoseconds as milliseconds with three decimals.
pub(crate) fn ms(ns: u64) -> f64 {
    let microseconds = ns / 1_000 + u64::from(ns % 1_000 >= 500);
    microseconds as f64 / 1e3
}

/// With three decimals: pixels, seconds.
pub(crate) fn thousandths(value: f64) -> f64 {
    rounded(value, 1e3)
}

/// With six decimals: confidences.
pub(crate) fn millionths(value: f32) -> f64 {
    rounded(f64::from(value), 1e6)
}

/// The nearest multiple of `1 / parts`; no negative zero.
fn rounded(value: f64, parts: f64) -> f64 {
    (value * parts).round() / parts + 0.0
}

/// Written as the text that `Display` gives, without a `String` in between.
pub(crate) struct Displayed<T>(pub(crate) T);

impl<T: fmt::Display> Serialize for Displayed<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// Counts by reason, as a map.
pub(crate) struct Reasons<F> {
    /// Reasons and counts, afresh at every call.
    pub(crate) counts: F,
    pub(crate) with_zeros: bool,
}

impl<F, I, R> Serialize for Reasons<F>
where
    F: Fn() -> I,
    I: Iterator<Item = (R, u64)>,
    R: fmt::Display,
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (reason, count) in (self.counts)().filter(|(_, count)| self.with_zeros || *count > 0) {
            map.serialize_entry(&Displayed(reason), &count)?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounding_is_to_the_nearest_and_reads_short() {
        let text = |value: f64| serde_json::to_string(&value).unwrap();
        assert_eq!(text(ms(41_234_499)), "41.234");
        assert_eq!(text(ms(41_234_500)), "41.235");
        assert_eq!(text(ms(u64::MAX)), "18446744073709.55");
        assert_eq!(text(millionths(0.9)), "0.9");
        assert_eq!(text(millionths(0.123_456_78)), "0.123457");
        assert_eq!(text(thousandths(-0.0001)), "0.0");
        assert_eq!(text(thousandths(809.699_95)), "809.7");
    }
}
