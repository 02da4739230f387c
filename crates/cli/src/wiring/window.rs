//! The sink `window:`, which is no file: told apart by its word, opened on a run that is put together.

use std::env;

use ocelli_pipeline::SinkError;
use ocelli_window::Desktop;

/// What it is asked for with, and called in the account.
pub const WINDOW: &str = "window:";

/// Whether a window is among these sinks, and the texts of the others.
pub fn split_window(texts: &[String]) -> Result<(bool, Vec<&String>), SinkError> {
    let (windows, others): (Vec<_>, Vec<_>) = texts.iter().partition(|text| text.starts_with(WINDOW));
    if let Some(text) = windows.iter().find(|text| text.len() > WINDOW.len()) {
        let message = format!("{text}: a window has nothing behind its colon");
        return Err(SinkError::new(message, format!("write {WINDOW}")));
    }
    if windows.len() > 1 {
        let message = format!("{WINDOW} was asked for {} times", windows.len());
        return Err(SinkError::new(message, "one window shows all sources, side by side"));
    }
    Ok((!windows.is_empty(), others))
}

/// What the environment says.
pub fn desktop() -> Desktop {
    Desktop {
        display: env::var_os("DISPLAY").map(|display| display.to_string_lossy().into_owned()),
        has_wayland: env::var_os("WAYLAND_DISPLAY").is_some_and(|display| !display.is_empty()),
    }
}
