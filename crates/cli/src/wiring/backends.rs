//! The backends by name. What was asked for and cannot run is an error, never a silent second choice.

use std::time::Duration;

use ocelli_backend_rten::Rten;
use ocelli_engine::Backend;

use crate::failure::Failure;

/// What `--backend` accepts.
const BACKENDS: [&str; 2] = ["auto", "rten"];

/// What runs the model.
#[derive(Debug)]
pub enum Engine {
    /// A real one.
    Backend(Box<dyn Backend>),
    /// `fake:300ms`: sleeps that long and gives scripted boxes, for measuring everything around inference.
    Fake(Duration),
}

/// The engine called `name`.
pub fn backend_by_name(name: &str) -> Result<Engine, Failure> {
    if let Some(time) = name.strip_prefix("fake:") {
        let milliseconds = time.strip_suffix("ms").and_then(|number| number.parse().ok());
        return match milliseconds {
            Some(milliseconds @ 0..=60_000) => Ok(Engine::Fake(Duration::from_millis(milliseconds))),
            _ => Err(Failure::usage(
                format!("--backend {name}: no time that a fake can take"),
                "fake:0ms to fake:60000ms",
            )),
        };
    }
    match name {
        "auto" | "rten" => Ok(Engine::Backend(Box::new(Rten))),
        _ => Err(Failure::usage(
            format!("--backend {name}: there is no backend of that name"),
            format!("the backends are {}", BACKENDS.join(", ")),
        )),
    }
}
