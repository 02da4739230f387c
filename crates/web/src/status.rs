//! From what the hub knows of a source to what is said of it.

use std::sync::atomic::Ordering;

use ocelli_frame::Counts;
use ocelli_pipeline::Condition;
use ocelli_report::{LivePictures, LivePoint, LiveSource};

use crate::figures::Figures;
use crate::viewer::PictureCounts;

/// What the pipeline says of a source at a moment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seen {
    pub(crate) counts: Counts,
    pub(crate) condition: Condition,
    pub(crate) inferring: bool,
    pub(crate) viewers: usize,
}

/// A source's status at `now_ns`; `index` and `name` say which one.
pub(crate) fn status_of(
    (index, name): (usize, &str),
    seen: &Seen,
    pictures: &PictureCounts,
    figures: &Figures,
    with_history: bool,
    (now_ns, started_ns): (u64, u64),
) -> LiveSource {
    let now = figures.now(now_ns);
    let load = |count: &std::sync::atomic::AtomicU64| count.load(Ordering::Relaxed);
    LiveSource {
        index,
        name: name.to_owned(),
        size: now.size,
        inferring: seen.inferring,
        health: seen.condition.health,
        is_away: seen.condition.is_away,
        has_ended: seen.condition.has_ended,
        received_fps: now.received_fps,
        result_fps: now.result_fps,
        picture_fps: now.picture_fps,
        age_now_ms: now.age_now_ms,
        age: now.age,
        stages: now.stages,
        counts: seen.counts,
        viewers: seen.viewers,
        pictures: LivePictures {
            encoded: load(&pictures.encoded),
            sent: load(&pictures.sent),
            replaced: load(&pictures.replaced),
        },
        history: with_history.then(|| {
            let points = figures.history().map(|point| LivePoint {
                at_s: seconds(point.at_ns.saturating_sub(started_ns)),
                age: point.age,
                result_fps: point.result_fps,
            });
            points.collect()
        }),
    }
}

/// Nanoseconds as seconds.
pub(crate) fn seconds(ns: u64) -> f64 {
    ns as f64 * 1e-9
}
