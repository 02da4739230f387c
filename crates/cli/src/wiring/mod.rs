//! From what was asked for to the parts of a run: each kind of part is chosen in one file here, and nowhere else.

mod assembly;
mod backends;
mod embedded;
mod events;
mod model;
pub mod registry;
mod sinks;
mod sources;
mod window;

pub use assembly::{Assembly, Order, failures_of};
pub use backends::native;
use backends::{Engine, Loaded};
pub use embedded::{EMBEDDED_MODEL, file_at};
pub use events::Events;
pub use model::{
    OpenModel, card_of, isa, load_options, open_model_file, open_named_model, settings, threads,
};
use model::{Predicting, predictor};
pub use sinks::SinkOrder;
pub use sources::{OpenSources, SourcePlan, open_sources};
