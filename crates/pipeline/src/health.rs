//! Frozen and black pictures of live sources: noticed on the way to the predictor, told when it begins and ends.

use ocelli_capture::{HealthWatch, Notes, Pace};
use ocelli_frame::{Frame, Health};

/// What becomes of pictures that are the same again and again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnFrozen {
    /// They are worked on as any other; their results say so.
    #[default]
    Infer,
    /// They are dropped as `frozen`.
    Skip,
}

/// Looks at one source's frames, on its thread.
#[derive(Debug)]
pub(crate) struct Checking {
    /// `None` where the source is not live: there every frame counts, and stills are the rule.
    watch: Option<HealthWatch>,
    on_frozen: OnFrozen,
    name: String,
    notes: Notes,
    health: Health,
    since_ns: u64,
}

impl Checking {
    pub(crate) fn new(name: &str, pace: Pace, on_frozen: OnFrozen, notes: Notes) -> Self {
        let watch = (pace == Pace::Live).then(HealthWatch::default);
        Self { watch, on_frozen, name: name.to_owned(), notes, health: Health::Good, since_ns: 0 }
    }

    /// The source was away.
    pub(crate) fn begin_anew(&mut self) {
        if let Some(watch) = &mut self.watch {
            watch.begin_anew();
        }
    }

    /// What this frame is like, and whether it is to be skipped for it.
    pub(crate) fn look_at(&mut self, frame: &Frame) -> (Health, bool) {
        let Some(watch) = &mut self.watch else { return (Health::Good, false) };
        let health = watch.look_at(frame);
        if health != self.health {
            self.tell(health, frame.info().captured.ns);
        }
        (health, health == Health::Frozen && self.on_frozen == OnFrozen::Skip)
    }

    /// Pictures are otherwise from now on.
    fn tell(&mut self, health: Health, now_ns: u64) {
        let (name, before) = (&self.name, self.health);
        let seconds = |ns: u64| ns as f64 * 1e-9;
        let (from, now) = (seconds(self.since_ns), seconds(now_ns));
        if before != Health::Good {
            self.notes
                .add(format!("{name}: its pictures are no longer {before}: from {from:.3} s to {now:.3} s"));
        }
        if health != Health::Good {
            self.notes.add(format!("{name}: its pictures are {health}, at {now:.3} s"));
        }
        (self.health, self.since_ns) = (health, now_ns);
    }
}
