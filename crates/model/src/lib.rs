//! The model card: everything about a model that its engine need not know. Task, head family, class names, and the
//! picture it wants.
//!
//! What a model file says about itself in shapes and metadata is read from there; a TOML file beside it overrides and
//! completes that.
//!
//! ```text
//! shapes ──input.rs──▶ InputFormat ─┐
//! metadata ──metadata.rs──▶ Told ───┼─▶ heads/ (first family that fits) ─▶ ModelCard
//! model.toml ──card_file.rs──▶ ─────┘
//! ```
//!
//! To add a head family: one file in `heads/`, one line in the table of `heads/mod.rs`, one variant of [`Head`]. What is
//! not here: I/O, and how a head's numbers become boxes (that is postprocess).

#![forbid(unsafe_code)]

mod card;
mod card_file;
mod card_marks;
mod card_text;
mod coco;
mod error;
mod heads;
mod input;
mod metadata;
mod python_literal;
mod registry;
mod task;

pub use card::{CLASSES_MAX, ModelCard};
pub use card_file::CARD_BYTES_MAX;
pub use card_text::{channels_word, layout_word, padding_word};
pub use error::CardError;
pub use heads::Head;
pub use input::SIDE_MAX;
pub use registry::{ModelFormat, Origin, REGISTRY, RegistryEntry, Support};
pub use task::Task;
