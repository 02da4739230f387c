//! Media times of an input that may be read again and again. It knows nothing of when a picture is due.

/// Between the last picture of a round and the first of the next, where nothing tells.
const INTERVAL_NS: u64 = 40_000_000;

/// Media times: from the first picture of all, and always forward.
#[derive(Debug, Default)]
pub(crate) struct Times {
    round_start_ns: u64,
    /// The stream's own time of the round's first picture.
    first_ns: Option<i64>,
    last_ns: Option<u64>,
    interval_ns: Option<u64>,
}

impl Times {
    /// The media time of a picture that the stream shows at `stream_ns`.
    pub fn date(&mut self, stream_ns: i64) -> u64 {
        let first_ns = *self.first_ns.get_or_insert(stream_ns);
        let since_ns = u64::try_from(stream_ns.saturating_sub(first_ns)).unwrap_or(0);
        let media_ns = self.round_start_ns.saturating_add(since_ns);
        // Files with two pictures at one time exist; time goes on all the same.
        let media_ns = self.last_ns.map_or(media_ns, |last_ns| media_ns.max(last_ns + 1));
        self.interval_ns = self.last_ns.map(|last_ns| media_ns - last_ns).or(self.interval_ns);
        self.last_ns = Some(media_ns);
        media_ns
    }

    /// The next picture is the first of another round.
    pub fn end_round(&mut self, fps: Option<f64>) {
        let from_fps = fps.filter(|fps| *fps > 0.0).map(|fps| (1e9 / fps) as u64);
        let interval_ns = self.interval_ns.or(from_fps).unwrap_or(INTERVAL_NS);
        self.round_start_ns = self.last_ns.map_or(0, |last_ns| last_ns.saturating_add(interval_ns));
        self.first_ns = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_starts_at_the_first_picture_and_goes_on_over_rounds() {
        let mut times = Times::default();
        assert_eq!([500, 540, 540, 600].map(|ns| times.date(ns)), [0, 40, 41, 100]);
        times.end_round(None);
        assert_eq!([500, 540].map(|ns| times.date(ns)), [159, 199]);
        // Back before the first: still forward.
        assert_eq!(times.date(i64::MIN), 200);
    }

    #[test]
    fn a_round_of_one_picture_lasts_as_long_as_its_rate_says() {
        for (fps, interval_ns) in [(Some(50.0), 20_000_000), (None, INTERVAL_NS), (Some(0.0), INTERVAL_NS)] {
            let mut times = Times::default();
            times.date(7);
            times.end_round(fps);
            assert_eq!(times.date(7), interval_ns);
        }
    }
}
