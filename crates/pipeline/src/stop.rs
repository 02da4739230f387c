//! The wish to end a run early: a signal, a panic, a last sink that failed.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Shared by everybody who may end the run. Sources see it before their next frame; what is in flight is finished,
/// what waits is dropped as `shutdown`, and sinks close their files.
#[derive(Clone, Debug, Default)]
pub struct Stop {
    requested: Arc<AtomicBool>,
}

impl Stop {
    /// Asks the run to end.
    pub fn request(&self) {
        self.requested.store(true, Ordering::Release);
    }

    /// Whether somebody asked.
    pub fn is_requested(&self) -> bool {
        self.requested.load(Ordering::Acquire)
    }
}
