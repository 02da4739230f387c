//! What a source tells beside its frames, on its way to results and to the summary.

use std::sync::{Mutex, MutexGuard, PoisonError};

use ocelli_capture::Figures;
use ocelli_frame::{Away, Health, SourceTotals};

use crate::Condition;

/// One source's figures: written by its thread, read by the predictor's.
#[derive(Debug, Default)]
pub(crate) struct LaneFigures(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    totals: SourceTotals,
    away_since_ns: Option<u64>,
    health: Health,
    has_ended: bool,
    /// A time away that no result has told of yet.
    untold: Option<Away>,
}

impl LaneFigures {
    /// The source has told these.
    pub(crate) fn add(&self, figures: Figures) {
        let mut state = self.lock();
        state.totals.copied += figures.copied;
        state.away_since_ns = figures.away_since_ns;
        if let Some(away) = figures.away {
            state.totals.away_times += 1;
            state.totals.away_ns += away.duration_ns();
            // Two times without a result between them are one to whoever reads results.
            let from_ns = state.untold.map_or(away.from_ns, |untold| untold.from_ns);
            state.untold = Some(Away { from_ns, ..away });
        }
    }

    /// Its pictures are like this from now on.
    pub(crate) fn set_health(&self, health: Health) {
        self.lock().health = health;
    }

    /// It gives no more.
    pub(crate) fn end(&self) {
        self.lock().has_ended = true;
    }

    /// How it does at this moment.
    pub(crate) fn condition(&self) -> Condition {
        let state = self.lock();
        let State { health, has_ended, .. } = *state;
        Condition { health, is_away: state.away_since_ns.is_some(), has_ended }
    }

    /// The time away that ended before a frame of this capture time, once.
    pub(crate) fn take_away_before(&self, captured_ns: u64) -> Option<Away> {
        self.lock().untold.take_if(|away| captured_ns > away.from_ns)
    }

    /// Up to now, a time away that goes on included.
    pub(crate) fn totals(&self, now_ns: u64) -> SourceTotals {
        let state = self.lock();
        let mut totals = state.totals;
        if let Some(since_ns) = state.away_since_ns {
            totals.away_times += 1;
            totals.away_ns += now_ns.saturating_sub(since_ns);
        }
        totals
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use ocelli_frame::AwayReason;

    use super::*;

    fn away(from_ns: u64, to_ns: u64) -> Figures {
        let away = Some(Away { from_ns, to_ns, reason: AwayReason::Stalled });
        Figures { copied: 1, away, ..Figures::default() }
    }

    #[test]
    fn the_first_result_after_tells_and_frames_from_before_do_not() {
        let figures = LaneFigures::default();
        assert_eq!(figures.take_away_before(5), None);
        figures.add(away(10, 30));
        assert_eq!(figures.take_away_before(10), None, "it was in flight when the source went away");
        let told = figures.take_away_before(29).unwrap();
        assert_eq!((told.from_ns, told.to_ns), (10, 30));
        assert_eq!(figures.take_away_before(40), None);
    }

    #[test]
    fn times_away_add_up_and_those_without_a_result_between_are_told_as_one() {
        let figures = LaneFigures::default();
        figures.add(away(10, 30));
        figures.add(away(40, 45));
        let told = figures.take_away_before(45).unwrap();
        assert_eq!((told.from_ns, told.to_ns), (10, 45));
        assert_eq!(figures.totals(100), SourceTotals { away_times: 2, away_ns: 25, copied: 2 });
    }

    #[test]
    fn a_time_away_counts_while_it_goes_on_and_once() {
        let figures = LaneFigures::default();
        figures.add(Figures { away_since_ns: Some(10), ..Figures::default() });
        assert_eq!(figures.totals(30), SourceTotals { away_times: 1, away_ns: 20, copied: 0 });
        figures.add(away(10, 40));
        assert_eq!(figures.totals(90), SourceTotals { away_times: 1, away_ns: 30, copied: 1 });
    }
}
