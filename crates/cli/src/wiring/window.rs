//! `window:` on the command line, and where the environment says that windows go.

use std::env;

use ocelli_pipeline::SinkError;
use ocelli_record::split_rate;
use ocelli_window::Desktop;

const WINDOW: &str = "window:";

/// A window that was asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct WindowSpec {
    /// The text itself, its name in the account.
    pub text: String,
    /// Results a second of each source that it takes at most.
    pub fps: Option<f64>,
}

impl WindowSpec {
    /// Reads `window:`, with or without `?fps=X`.
    pub fn parse(text: &str) -> Result<Self, SinkError> {
        let written = || format!("write {WINDOW}, or {WINDOW}?fps=10");
        let Some(destination) = text.strip_prefix(WINDOW) else {
            return Err(SinkError::new(format!("{text}: a sink's kind ends with a colon"), written()));
        };
        let (destination, fps) = split_rate(text, destination)?;
        if !destination.is_empty() {
            return Err(SinkError::new(format!("{text}: a window has no {destination:?}"), written()));
        }
        Ok(Self { text: text.to_owned(), fps })
    }
}

/// What the environment says.
pub fn desktop() -> Desktop {
    Desktop {
        display: env::var_os("DISPLAY").map(|display| display.to_string_lossy().into_owned()),
        has_wayland: env::var_os("WAYLAND_DISPLAY").is_some_and(|display| !display.is_empty()),
    }
}
