//! The sink's end: what the pipeline sees of the window.

use std::panic::resume_unwind;
use std::sync::Arc;
use std::thread::{Builder, JoinHandle};

use ocelli_frame::{Account, Clock};
use ocelli_pipeline::{Delivery, Demand, Sink, SinkError, Stop};
use ocelli_report::RunLabels;

use crate::display::Display;
use crate::feed::Feeds;
use crate::viewer::Viewer;
use crate::wake::Wake;

/// Of the sources' names in the window's title.
const TITLE_CHARACTERS_MAX: usize = 80;

/// What a window is opened on.
#[derive(Debug)]
pub struct WindowPlan<'a> {
    /// What the sink is called in the account.
    pub name: &'a str,
    /// Where.
    pub desktop: &'a Desktop,
    /// The names behind the numbers.
    pub labels: &'a RunLabels,
    /// Each source's account, in order.
    pub accounts: Vec<Arc<Account>>,
    /// The run's clock.
    pub clock: Arc<dyn Clock>,
    /// Asked for the end of the run where somebody closes the window.
    pub stop: Stop,
}

/// What the environment says of the screen.
#[derive(Clone, Debug, Default)]
pub struct Desktop {
    /// `DISPLAY`: the X server's name, such as `:0`.
    pub display: Option<String>,
    /// Whether `WAYLAND_DISPLAY` names something.
    pub has_wayland: bool,
}

/// Shows the newest results.
#[derive(Debug)]
pub struct WindowSink {
    name: String,
    clock: Arc<dyn Clock>,
    feeds: Arc<Feeds>,
    /// The window's thread, until it has been asked how it ended.
    viewer: Option<JoinHandle<Result<(), SinkError>>>,
}

impl WindowSink {
    /// Finds the display, and opens a window there that appears with the first picture.
    ///
    /// # Errors
    /// Where there is no display, or none that can show pictures.
    pub fn open(plan: WindowPlan<'_>) -> Result<Self, SinkError> {
        let WindowPlan { name, desktop, labels, accounts, clock, stop } = plan;
        let failed = |error: std::io::Error| {
            SinkError::new(
                format!("window: cannot start: {error}"),
                "look for what uses up this machine's resources",
            )
        };
        let display = Display::open(desktop, &title(&labels.sources))?;
        let feeds = Arc::new(Feeds::new(Wake::new().map_err(failed)?, accounts));
        let viewer = Viewer::new(display, Arc::clone(&feeds), labels, Arc::clone(&clock), stop);
        let viewer = Builder::new().name("window".to_owned()).spawn(move || viewer.run()).map_err(failed)?;
        Ok(Self { name: name.to_owned(), clock, feeds, viewer: Some(viewer) })
    }

    /// Waits for the end of the window's thread, and tells how it ended.
    fn join(&mut self) -> Result<(), SinkError> {
        match self.viewer.take().map(JoinHandle::join) {
            None => Ok(()),
            Some(Ok(ended)) => ended,
            Some(Err(panic)) => resume_unwind(panic),
        }
    }
}

/// What the window is called: by its sources, as many as have room in a title bar.
fn title(sources: &[String]) -> String {
    let names = sources.join(", ");
    let cut: String = names.chars().take(TITLE_CHARACTERS_MAX).collect();
    format!("{cut}{} - Ocelli", if cut.len() < names.len() { "…" } else { "" })
}

impl Sink for WindowSink {
    fn name(&self) -> &str {
        &self.name
    }

    fn demand(&self) -> (Demand, bool) {
        (Demand::Newest, true)
    }

    fn write(&mut self, delivery: &Delivery) -> Result<(), SinkError> {
        if self.viewer.as_ref().is_some_and(JoinHandle::is_finished) {
            self.join()?;
        }
        let result = &delivery.result;
        let frame = delivery.frame.as_ref().ok_or_else(|| {
            SinkError::new(
                "window: a result came without its picture",
                "this is a bug in Ocelli: please report it",
            )
        })?;
        let feed = &self.feeds.feeds[usize::from(result.source.0)];
        feed.put(frame, &result.predictions, self.clock.now_ns());
        self.feeds.wake.ring();
        Ok(())
    }

    fn finish(&mut self) -> Result<(), SinkError> {
        self.feeds.end();
        self.join()
    }
}

impl Drop for WindowSink {
    /// Where the run never began, the window goes too.
    fn drop(&mut self) {
        self.feeds.end();
        if let Some(viewer) = self.viewer.take() {
            let _ = viewer.join();
        }
    }
}
