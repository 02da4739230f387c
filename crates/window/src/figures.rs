//! One source's figures over the last seconds: how many results a second, how old the newest is, how old they come.

/// Results that are looked back on: those of this long, and at most this many.
const LOOK_BACK_NS: u64 = 10_000_000_000;
const RESULTS_MAX: usize = 512;

/// Of the results of one source. Of fixed size.
#[derive(Debug)]
pub(crate) struct Figures {
    /// When each result came, and its age then; a ring.
    results: [(u64, u64); RESULTS_MAX],
    /// Results so far.
    count: usize,
    /// When the newest result's frame was captured.
    captured_ns: u64,
}

/// What is told of them at one moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Told {
    /// Results a second; 0 for fewer than two.
    pub fps: f64,
    /// How old the newest result's frame is now.
    pub age_ns: u64,
    /// The age that 99 of 100 results did not exceed when they came.
    pub age_p99_ns: u64,
}

impl Figures {
    pub fn new() -> Self {
        Self { results: [(0, 0); RESULTS_MAX], count: 0, captured_ns: 0 }
    }

    /// A result came.
    pub fn record(&mut self, now_ns: u64, captured_ns: u64) {
        self.results[self.count % RESULTS_MAX] = (now_ns, now_ns.saturating_sub(captured_ns));
        self.count += 1;
        self.captured_ns = captured_ns;
    }

    /// `None` before the first result.
    pub fn told(&self, now_ns: u64) -> Option<Told> {
        if self.count == 0 {
            return None;
        }
        let since_ns = now_ns.saturating_sub(LOOK_BACK_NS);
        let mut ages = [0; RESULTS_MAX];
        let (mut recent, mut first_ns, mut last_ns) = (0, u64::MAX, 0);
        for &(at_ns, age_ns) in self.results.iter().take(self.count).filter(|(at_ns, _)| *at_ns >= since_ns) {
            ages[recent] = age_ns;
            recent += 1;
            (first_ns, last_ns) = (first_ns.min(at_ns), last_ns.max(at_ns));
        }
        let fps = match recent {
            0 | 1 => 0.0,
            _ if last_ns == first_ns => 0.0,
            _ => (recent - 1) as f64 / ((last_ns - first_ns) as f64 * 1e-9),
        };
        let age_ns = now_ns.saturating_sub(self.captured_ns);
        // Where nothing came of late, what is on the screen is the only age there is.
        let age_p99_ns = match (recent * 99).div_ceil(100) {
            0 => age_ns,
            rank => *ages[..recent].select_nth_unstable(rank - 1).1,
        };
        Some(Told { fps, age_ns, age_p99_ns })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: u64 = 1_000_000;

    #[test]
    fn rate_and_ages_are_of_the_last_seconds() {
        let mut figures = Figures::new();
        assert_eq!(figures.told(5), None);
        // Old and slow, then a second at 50 a second, of which the 37th is late.
        for n in 0..20 {
            figures.record(n * 500 * MS, 0);
        }
        for n in 0..=50 {
            let now_ns = 30_000 * MS + n * 20 * MS;
            figures.record(now_ns, now_ns - if n == 37 { 90 * MS } else { 40 * MS });
        }
        let told = figures.told(31_005 * MS).unwrap();
        assert!((told.fps - 50.0).abs() < 1e-9, "{told:?}");
        assert_eq!((told.age_ns, told.age_p99_ns), (45 * MS, 90 * MS), "p99 of 51 is the largest");
        let told = figures.told(60_000 * MS).unwrap();
        assert_eq!((told.fps, told.age_ns), (0.0, 29_040 * MS), "a source that stands still grows old");
    }

    #[test]
    fn the_first_results_count_and_nothing_before_them() {
        let mut figures = Figures::new();
        for n in 10..=12 {
            figures.record(n * 100 * MS, n * 100 * MS - 7 * MS);
        }
        let told = figures.told(1_200 * MS).unwrap();
        assert_eq!((told.fps, told.age_p99_ns), (10.0, 7 * MS));
    }

    #[test]
    fn more_results_than_there_is_room_for_push_out_the_oldest() {
        let mut figures = Figures::new();
        for n in 0..5_000 {
            figures.record(n * MS, (n * MS).saturating_sub(if n < 4_000 { 7 } else { 3 }));
        }
        let told = figures.told(5_000 * MS).unwrap();
        assert!((told.fps - 1_000.0).abs() < 1e-6 && told.age_p99_ns == 3, "{told:?}");
    }
}
