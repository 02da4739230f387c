//! The backends by name. What was asked for and cannot run is an error, never a silent second choice; `auto` is the one
//! name that leaves a choice, and says what became of it.

use std::env;
use std::sync::Arc;
use std::time::Duration;

use ocelli_backend_native::{Isa, Native};
use ocelli_backend_rten::Rten;
use ocelli_engine::{Backend, EngineError, EngineErrorKind, LoadOptions, Model, ModelFile};

use crate::args::ModelArguments;
use crate::failure::Failure;

/// What `--backend` accepts.
const BACKENDS: [&str; 3] = ["native", "rten", "auto"];

/// What runs the model.
#[derive(Debug)]
pub enum Engine {
    /// This one, and no other.
    Only(Box<dyn Backend>),
    /// The first, or the second where the first lacks an operator.
    FirstOf(Box<dyn Backend>, Box<dyn Backend>),
    /// `fake:300ms`: sleeps that long and gives scripted boxes, for measuring everything around inference.
    Fake(Duration),
}

/// A model and the backend that loaded it.
#[derive(Debug)]
pub struct Loaded {
    /// Its name.
    pub backend: &'static str,
    /// The model itself.
    pub model: Arc<dyn Model>,
    /// What the run should say of the choice.
    pub note: Option<String>,
}

impl Engine {
    /// The engine that the arguments name.
    pub fn of(arguments: &ModelArguments) -> Result<Self, Failure> {
        let name = arguments.backend.as_str();
        if let Some(time) = name.strip_prefix("fake:") {
            let milliseconds = time.strip_suffix("ms").and_then(|number| number.parse().ok());
            return match milliseconds {
                Some(milliseconds @ 0..=60_000) => Ok(Self::Fake(Duration::from_millis(milliseconds))),
                _ => Err(Failure::usage(
                    format!("--backend {name}: no time that a fake can take"),
                    "fake:0ms to fake:60000ms",
                )),
            };
        }
        match name {
            "native" => Ok(Self::Only(Box::new(native(arguments)))),
            "rten" => Ok(Self::Only(Box::new(Rten))),
            "auto" => Ok(Self::FirstOf(Box::new(native(arguments)), Box::new(Rten))),
            _ => Err(Failure::usage(
                format!("--backend {name}: there is no backend of that name"),
                format!("the backends are {}", BACKENDS.join(", ")),
            )),
        }
    }

    /// Loads a model. A fake loads none.
    pub fn load(&self, file: ModelFile<'_>, options: &LoadOptions) -> Option<Result<Loaded, EngineError>> {
        match self {
            Self::Only(backend) => Some(load_on(backend.as_ref(), file, options)),
            Self::FirstOf(first, second) => Some(load_on(first.as_ref(), file, options).or_else(|error| {
                if error.kind() != EngineErrorKind::UnsupportedOperator {
                    return Err(error);
                }
                let loaded = load_on(second.as_ref(), file, options)?;
                let note = format!("{error}; {} runs the model, {} cannot", second.name(), first.name());
                Ok(Loaded { note: Some(note), ..loaded })
            })),
            Self::Fake(_) => None,
        }
    }
}

fn load_on(backend: &dyn Backend, file: ModelFile<'_>, options: &LoadOptions) -> Result<Loaded, EngineError> {
    Ok(Loaded { backend: backend.name(), model: backend.load(file, options)?, note: None })
}

/// The native backend, on the instruction set that `OCELLI_ISA` names where it has kernels for it.
pub fn native(arguments: &ModelArguments) -> Native {
    let named = env::var_os("OCELLI_ISA").and_then(|name| Isa::from_name(&name.to_string_lossy()));
    let native = Native::new();
    let native = named.map_or(native, |isa| native.with_isa(isa));
    arguments.winograd.map_or(native, |megabytes| native.with_winograd_bytes((megabytes as usize) << 20))
}
