//! A source that is away for a while: it alone notices, and what comes after tells.

use std::time::Duration;

use ocelli_capture::{Figures, Lost, Next, Pace, Source, SourceError, SourceInfo};
use ocelli_frame::{Away, AwayReason, SourceTotals};
use ocelli_pipeline::{Demand, Stop};

use crate::parts::{Keeping, Numbered, Reading, pipeline};
use crate::watch::{Count, all_emitted, run};

/// Away before its sixth frame, until its own are through and `others` have given so many.
const FRAMES_BEFORE: u64 = 5;
const FRAMES_OF_OTHERS: u64 = 60;

struct Leaving {
    inner: Numbered,
    given: u64,
    others: Count,
    /// Its own results.
    written: Count,
    figures: Figures,
}

impl Source for Leaving {
    fn info(&self) -> &SourceInfo {
        self.inner.info()
    }

    fn next(&mut self, timeout: Duration) -> Result<Next, SourceError> {
        let is_away = self.others.value() < FRAMES_OF_OTHERS || self.written.value() < FRAMES_BEFORE;
        if self.given == FRAMES_BEFORE && is_away {
            self.figures.away_since_ns = Some(0);
            std::thread::yield_now();
            return Ok(Next::TimedOut);
        }
        if self.given == FRAMES_BEFORE {
            let away = Away { from_ns: 0, to_ns: 7, reason: AwayReason::Unplugged };
            self.figures = Figures { copied: 3, away_since_ns: None, away: Some(away) };
        }
        self.given += 1;
        self.inner.next(timeout)
    }

    fn take_lost(&mut self) -> Lost {
        self.inner.take_lost()
    }

    fn take_figures(&mut self) -> Figures {
        let away_since_ns = self.figures.away_since_ns;
        std::mem::replace(&mut self.figures, Figures { away_since_ns, ..Figures::default() })
    }
}

#[test]
fn another_source_never_notices_and_the_first_result_after_tells() {
    let given = Count::default();
    let counter = given.clone();
    let staying = Numbered::new(1, 100, Pace::Max).before(move |_| {
        counter.up();
        Ok(())
    });
    let inner = Numbered::new(0, 10, Pace::Max).dated(1);
    let written = Count::default();
    let figures = Figures::default();
    let leaving = Leaving { inner, given: 0, others: given, written: written.clone(), figures };
    let (sink, kept) = Keeping::new("sink", Demand::Every);
    let sink = sink.before(move |result| {
        if result.source.0 == 0 {
            written.up();
        }
        Ok(())
    });
    let mut pipeline = pipeline(Reading::new(), &Stop::default());
    pipeline.add_source(Box::new(leaving));
    pipeline.add_source(Box::new(staying));
    pipeline.add_sink(Box::new(sink));
    let outcome = run(pipeline);
    assert!(outcome.is_success(), "{outcome:?}");
    assert_eq!(outcome.sources[0].counts, all_emitted(10));
    assert_eq!(outcome.sources[1].counts, all_emitted(100));
    assert_eq!(outcome.sources[0].totals, SourceTotals { away_times: 1, away_ns: 7, copied: 3 });
    assert_eq!(outcome.sources[1].totals, SourceTotals::default());
    let told = kept.results().into_iter().filter(|result| result.away.is_some());
    let told: Vec<_> = told.map(|result| (result.source.0, result.sequence)).collect();
    assert!(matches!(told[..], [(0, FRAMES_BEFORE)]), "{told:?}");
}
