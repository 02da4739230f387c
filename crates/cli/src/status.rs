//! What people see while a run is under way: one line on a terminal, with an estimate where the end is known, and events
//! as they happen.

use std::sync::{Condvar, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use ocelli_capture::Source;
use ocelli_pipeline::Progress;

use crate::wiring::Events;

/// How often the line is drawn again.
const REDRAW_EVERY: Duration = Duration::from_millis(200);

/// The line. Draws nothing where stderr is no terminal.
pub struct Status {
    bar: ProgressBar,
}

impl Status {
    /// A line for these sources: a bar where each one's end is known.
    pub fn of(sources: &[Box<dyn Source>], quiet: bool) -> Self {
        let frames: Option<u64> = sources.iter().map(|source| source.info().frames).sum();
        let target = if quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        let bar = ProgressBar::with_draw_target(frames, target);
        let template = match frames {
            Some(_) => "{bar:32} {pos}/{len} {msg} {eta} left",
            None => "{spinner} {pos} {msg}",
        };
        bar.set_style(ProgressStyle::with_template(template).expect("a constant template"));
        Self { bar }
    }

    /// Draws, and tells events, until `work` is done.
    pub fn during<T>(self, progress: &Progress, events: &Events, work: impl FnOnce() -> T) -> T {
        let is_drawn = !self.bar.is_hidden();
        let (done, wake) = (Mutex::new(false), Condvar::new());
        thread::scope(|scope| {
            scope.spawn(|| {
                let mut ended = done.lock().unwrap_or_else(PoisonError::into_inner);
                while !*ended {
                    events.tell_within(|tell| self.bar.suspend(tell));
                    if is_drawn {
                        self.draw(progress);
                    }
                    let waited = wake.wait_timeout(ended, REDRAW_EVERY);
                    ended = waited.unwrap_or_else(PoisonError::into_inner).0;
                }
                self.bar.finish_and_clear();
            });
            let _finished = Finished { done: &done, wake: &wake };
            work()
        })
    }

    fn draw(&self, progress: &Progress) {
        let counts: Vec<_> = progress.accounts.iter().map(|account| account.snapshot()).collect();
        let settled = counts.iter().map(|counts| counts.captured - counts.in_flight).sum();
        let dropped: u64 = counts.iter().flat_map(|counts| counts.dropped).sum();
        let failed: u64 = counts.iter().flat_map(|counts| counts.failed).sum();
        let (fps, age_ms) = {
            let metrics = progress.metrics.lock();
            (metrics.fps(), metrics.age().value_at_quantile(0.5) as f64 * 1e-6)
        };
        let mut message = format!("{fps:.1} fps, age {age_ms:.0} ms");
        for (count, word) in [(dropped, "dropped"), (failed, "failed")] {
            if count > 0 {
                message.push_str(&format!(", {count} {word}"));
            }
        }
        self.bar.set_position(settled);
        self.bar.set_message(message);
    }
}

/// Ends the drawing on the way out, however one leaves.
struct Finished<'a> {
    done: &'a Mutex<bool>,
    wake: &'a Condvar,
}

impl Drop for Finished<'_> {
    fn drop(&mut self) {
        *self.done.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.wake.notify_all();
    }
}
