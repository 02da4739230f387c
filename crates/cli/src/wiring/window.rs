//! The sink `window:`, which is no file: told apart by its word, opened on a run that is put together.

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

/// The window among these sinks, and the texts of the others.
pub fn split_window(texts: &[String]) -> Result<(Option<WindowSpec>, Vec<&String>), SinkError> {
    let (windows, others): (Vec<_>, Vec<_>) = texts.iter().partition(|text| text.starts_with(WINDOW));
    let Some(text) = windows.first() else { return Ok((None, others)) };
    let (destination, fps) = split_rate(text, &text[WINDOW.len()..])?;
    if !destination.is_empty() {
        let message = format!("{text}: a window has no {destination:?}");
        return Err(SinkError::new(message, format!("write {WINDOW}, or {WINDOW}?fps=10")));
    }
    if windows.len() > 1 {
        let message = format!("{WINDOW} was asked for {} times", windows.len());
        return Err(SinkError::new(message, "one window shows all sources, side by side"));
    }
    Ok((Some(WindowSpec { text: (*text).clone(), fps }), others))
}

/// What the environment says.
pub fn desktop() -> Desktop {
    Desktop {
        display: env::var_os("DISPLAY").map(|display| display.to_string_lossy().into_owned()),
        has_wayland: env::var_os("WAYLAND_DISPLAY").is_some_and(|display| !display.is_empty()),
    }
}
