//! What one source's results came to in the last seconds: rates, ages, stage times, and a history for a plot. Memory is
//! fixed; what falls out of the window is forgotten.

use ocelli_frame::{Counts, DropReason, FrameResult, Size, StageTimes};
use ocelli_report::LiveSpread;

/// Quantiles are of results this young.
const WINDOW_NS: u64 = 10_000_000_000;
/// And of so many at most: of more than 100 results a second, the newest.
const SAMPLES_MAX: usize = 1024;
/// Rates are of this long.
const RATE_WINDOW_NS: u64 = 4_000_000_000;
/// Marks that are kept for them: enough for two a second.
const MARKS_MAX: usize = 10;
/// How often the history gets a point, and how many it has.
const HISTORY_EVERY_NS: u64 = 1_000_000_000;
const HISTORY_MAX: usize = 300;
const STAGES: usize = 4;

/// One source's figures.
#[derive(Debug)]
pub(crate) struct Figures {
    samples: Ring<Sample, SAMPLES_MAX>,
    marks: Ring<Mark, MARKS_MAX>,
    history: Ring<Point, HISTORY_MAX>,
    results: u64,
    newest_captured_ns: Option<u64>,
    size: Option<Size>,
}

/// One result. Times are in microseconds: a longer one than an hour counts as one.
#[derive(Clone, Copy, Debug, Default)]
struct Sample {
    at_ns: u64,
    age_us: u32,
    stages_us: [u32; STAGES],
}

/// What had been counted at a moment.
#[derive(Clone, Copy, Debug, Default)]
struct Mark {
    at_ns: u64,
    received: u64,
    results: u64,
    shown: u64,
}

/// One second of the history.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Point {
    /// Its end.
    pub(crate) at_ns: u64,
    /// Ages of its results, where it had any.
    pub(crate) age: Option<LiveSpread>,
    /// Results a second.
    pub(crate) result_fps: f64,
}

/// Everything there is to say at a moment.
#[derive(Clone, Debug)]
pub(crate) struct Now {
    /// Of the source's pictures, as results say.
    pub(crate) size: Option<Size>,
    /// Frames, results and shown pictures a second.
    pub(crate) received_fps: f64,
    pub(crate) result_fps: f64,
    pub(crate) picture_fps: f64,
    /// How old the frame of the newest result is at this moment.
    pub(crate) age_now_ms: Option<f64>,
    /// Ages of results when they came.
    pub(crate) age: Option<LiveSpread>,
    /// Each stage's times, by its name.
    pub(crate) stages: [(&'static str, Option<LiveSpread>); STAGES],
}

impl Figures {
    pub(crate) fn new() -> Self {
        Self {
            samples: Ring::new(),
            marks: Ring::new(),
            history: Ring::new(),
            results: 0,
            newest_captured_ns: None,
            size: None,
        }
    }

    /// A result has come.
    pub(crate) fn record(&mut self, result: &FrameResult, now_ns: u64) {
        let stages_us = result.stages.named().map(|(_, ns)| microseconds(ns));
        self.samples.push(Sample { at_ns: now_ns, age_us: microseconds(result.age_ns), stages_us });
        self.results += 1;
        self.newest_captured_ns = Some(result.captured.ns);
        self.size = Some(result.size);
    }

    /// To be told about twice a second: what the account says, and how many pictures were shown.
    pub(crate) fn tick(&mut self, counts: &Counts, shown: u64, now_ns: u64) {
        let lost: u64 = counts
            .dropped_named()
            .filter(|(reason, _)| *reason == DropReason::Driver)
            .map(|(_, count)| count)
            .sum();
        let mark = Mark { at_ns: now_ns, received: counts.captured - lost, results: self.results, shown };
        self.marks.push(mark);
        let last_ns = self.history.newest().map(|point| point.at_ns);
        // A tick that comes a little early is not put off for half a second.
        if last_ns.is_none_or(|last_ns| now_ns >= last_ns + HISTORY_EVERY_NS - HISTORY_EVERY_NS / 10) {
            let from_ns = last_ns.unwrap_or(now_ns.saturating_sub(HISTORY_EVERY_NS));
            let (age, _) = self.spreads(from_ns + 1);
            let count = self.samples.iter().filter(|sample| sample.at_ns > from_ns).count();
            let seconds = (now_ns - from_ns).max(1) as f64 * 1e-9;
            self.history.push(Point { at_ns: now_ns, age, result_fps: count as f64 / seconds });
        }
    }

    /// All of it but the history.
    pub(crate) fn now(&self, now_ns: u64) -> Now {
        let (age, stages) = self.spreads(now_ns.saturating_sub(WINDOW_NS));
        let [received_fps, result_fps, picture_fps] =
            [|mark: &Mark| mark.received, |mark: &Mark| mark.results, |mark: &Mark| mark.shown]
                .map(|count| self.rate(count));
        let names = StageTimes::default().named().map(|(name, _)| name);
        Now {
            size: self.size,
            received_fps,
            result_fps,
            picture_fps,
            age_now_ms: self
                .newest_captured_ns
                .map(|captured_ns| now_ns.saturating_sub(captured_ns) as f64 * 1e-6),
            age,
            stages: std::array::from_fn(|stage| (names[stage], stages.map(|stages| stages[stage]))),
        }
    }

    /// One point a second, the oldest first.
    pub(crate) fn history(&self) -> impl Iterator<Item = &Point> {
        self.history.iter()
    }

    /// Between the newest mark and the oldest in the window.
    fn rate(&self, count: fn(&Mark) -> u64) -> f64 {
        let Some(newest) = self.marks.newest() else { return 0.0 };
        let from_ns = newest.at_ns.saturating_sub(RATE_WINDOW_NS + RATE_WINDOW_NS / 16);
        let Some(oldest) = self.marks.iter().find(|mark| mark.at_ns >= from_ns) else { return 0.0 };
        let seconds = (newest.at_ns - oldest.at_ns) as f64 * 1e-9;
        if seconds > 0.0 { (count(newest) - count(oldest)) as f64 / seconds } else { 0.0 }
    }

    /// Age and stages of the results since a moment.
    fn spreads(&self, from_ns: u64) -> (Option<LiveSpread>, Option<[LiveSpread; STAGES]>) {
        let young = || self.samples.iter().filter(move |sample| sample.at_ns >= from_ns);
        let mut times: Vec<u32> = Vec::with_capacity(SAMPLES_MAX);
        let mut spread = |time: &dyn Fn(&Sample) -> u32| {
            times.clear();
            times.extend(young().map(time));
            spread_of(&mut times)
        };
        let age = spread(&|sample| sample.age_us);
        let stages = age.map(|_| {
            std::array::from_fn(|stage| {
                spread(&|sample| sample.stages_us[stage]).expect("there are as many as there are ages")
            })
        });
        (age, stages)
    }
}

/// By nearest rank; `None` of nothing.
fn spread_of(times_us: &mut [u32]) -> Option<LiveSpread> {
    if times_us.is_empty() {
        return None;
    }
    times_us.sort_unstable();
    let at_ms = |percent: usize| f64::from(times_us[(times_us.len() * percent).div_ceil(100) - 1]) * 1e-3;
    Some(LiveSpread { p50_ms: at_ms(50), p99_ms: at_ms(99) })
}

fn microseconds(ns: u64) -> u32 {
    const HOUR_US: u64 = 3_600_000_000;
    (ns / 1_000).min(HOUR_US) as u32
}

/// The newest `N` of what was pushed.
#[derive(Debug)]
struct Ring<T, const N: usize> {
    places: Box<[T]>,
    pushed: usize,
}

impl<T: Copy + Default, const N: usize> Ring<T, N> {
    fn new() -> Self {
        Self { places: vec![T::default(); N].into_boxed_slice(), pushed: 0 }
    }

    fn push(&mut self, value: T) {
        self.places[self.pushed % N] = value;
        self.pushed += 1;
    }

    /// The oldest first.
    fn iter(&self) -> impl Iterator<Item = &T> {
        (self.pushed.saturating_sub(N)..self.pushed).map(|index| &self.places[index % N])
    }

    fn newest(&self) -> Option<&T> {
        self.pushed.checked_sub(1).map(|index| &self.places[index % N])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: u64 = 1_000_000;

    fn counts(captured: u64, driver: u64) -> Counts {
        let mut counts = Counts { captured, ..Counts::default() };
        counts.dropped[DropReason::ALL.iter().position(|reason| *reason == DropReason::Driver).unwrap()] =
            driver;
        counts
    }

    /// Ten seconds: 30 frames and 5 results a second, results `age_ms` old, ticks twice a second.
    fn lived(age_ms: u64) -> Figures {
        let mut figures = Figures::new();
        let mut result = FrameResult::with_capacity(0);
        for n in 1..=20u64 {
            let now_ns = n * 500 * MS;
            for _ in 0..[2, 3][n as usize % 2] {
                result.age_ns = age_ms * MS;
                result.captured.ns = now_ns - age_ms * MS;
                result.stages.inference_ns = 7 * MS;
                figures.record(&result, now_ns);
            }
            figures.tick(&counts(n * 16, n), n * 7, now_ns);
        }
        figures
    }

    #[test]
    fn rates_are_of_the_last_seconds_and_count_what_arrived() {
        let now = lived(40).now(10_000 * MS);
        assert_eq!((now.received_fps, now.result_fps, now.picture_fps), (30.0, 5.0, 14.0));
    }

    #[test]
    fn ages_and_stages_are_of_the_window() {
        let mut figures = lived(40);
        let now = figures.now(10_100 * MS);
        assert_eq!(now.age, Some(LiveSpread { p50_ms: 40.0, p99_ms: 40.0 }));
        assert_eq!(now.age_now_ms, Some(140.0));
        assert_eq!(now.stages[2], ("inference", Some(LiveSpread { p50_ms: 7.0, p99_ms: 7.0 })));
        let mut old = FrameResult::with_capacity(0);
        old.age_ns = 90 * MS;
        figures.record(&old, 10_200 * MS);
        let age = figures.now(10_200 * MS).age.unwrap();
        assert_eq!((age.p50_ms, age.p99_ms), (40.0, 90.0));
        let now = figures.now(30_000 * MS);
        assert_eq!((now.age, now.stages[2].1), (None, None));
    }

    #[test]
    fn the_history_has_a_point_a_second_and_ends() {
        let figures = lived(40);
        let points: Vec<_> = figures.history().collect();
        assert_eq!(points.len(), 10);
        assert_eq!(points[9].age, Some(LiveSpread { p50_ms: 40.0, p99_ms: 40.0 }));
        assert_eq!(points[9].result_fps, 5.0);
        let mut figures = Figures::new();
        for n in 0..1_000 {
            figures.tick(&counts(0, 0), 0, n * 1_000 * MS);
        }
        assert_eq!(figures.history().count(), HISTORY_MAX);
        assert_eq!(figures.history().last().unwrap().age, None);
    }

    #[test]
    fn a_flood_of_results_is_held_in_the_same_memory() {
        let mut figures = Figures::new();
        let mut result = FrameResult::with_capacity(0);
        for n in 0..10_000u64 {
            result.age_ns = n * 1_000;
            figures.record(&result, n);
        }
        let age = figures.now(10_000).age.unwrap();
        assert_eq!((age.p50_ms, age.p99_ms), (9.487, 9.989));
    }

    #[test]
    fn quantiles_are_by_nearest_rank() {
        let spread = |times: &mut [u32]| spread_of(times).map(|spread| (spread.p50_ms, spread.p99_ms));
        assert_eq!(spread(&mut []), None);
        assert_eq!(spread(&mut [5_000]), Some((5.0, 5.0)));
        assert_eq!(spread(&mut [3_000, 1_000, 2_000, 4_000]), Some((2.0, 4.0)));
        let mut hundred: Vec<u32> = (1..=100).map(|n| n * 1_000).collect();
        assert_eq!(spread(&mut hundred), Some((50.0, 99.0)));
    }
}
