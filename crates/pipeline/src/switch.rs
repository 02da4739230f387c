//! Inference on and off, one source at a time, while frames go on coming.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::Bell;

/// Whether a source's frames go to the predictor. Clones share it. On to begin with.
#[derive(Clone, Debug)]
pub struct Switch {
    state: Arc<State>,
}

#[derive(Debug)]
struct State {
    is_on: AtomicBool,
    bell: Arc<Bell>,
}

impl Switch {
    pub(crate) fn new() -> Self {
        Self { state: Arc::new(State { is_on: AtomicBool::new(true), bell: Bell::new() }) }
    }

    /// Turns it on or off, from the source's next frame on. Off, a live source's frames are dropped as `paused`; one
    /// where every frame counts waits.
    pub fn set(&self, is_on: bool) {
        self.state.is_on.store(is_on, Ordering::Release);
        self.state.bell.ring();
    }

    /// Whether it is on.
    pub fn is_on(&self) -> bool {
        self.state.is_on.load(Ordering::Acquire)
    }

    /// Waits for it to be on, for `timeout` at most. True where it is.
    pub(crate) fn wait_until_on(&self, timeout: Duration) -> bool {
        let rings_seen = self.state.bell.rings();
        if !self.is_on() {
            self.state.bell.wait(rings_seen, timeout);
        }
        self.is_on()
    }
}
