//! From what was asked for to the parts of a run: each kind of part is chosen in one file here, and nowhere else.

mod assembly;
mod backends;
mod events;
mod model;
mod sources;

pub use assembly::{Assembly, Order, failures_of};
use backends::{Engine, backend_by_name};
use events::Events;
use model::{Predicting, predictor};
pub use model::{isa, load_model, settings};
use sources::{OpenSources, SourcePlan, open_sources};
