//! Where frames come from: the seam [`Source`], the one grammar of sources ([`SourceUri`]), when a recorded picture is
//! due ([`Pacer`]), how large it may be ([`limits`]), whether a live one is any good ([`health`]), and the [synthetic scene](synthetic).
//!
//! What is not here: drivers, decoders, models. Each of those implements [`Source`] in a crate of its own.

#![forbid(unsafe_code)]

pub mod health;
pub mod limits;
mod notes;
mod pacer;
mod source;
pub mod synthetic;
mod uri;

pub use health::HealthWatch;
pub use notes::{Notes, Opened};
pub use pacer::Pacer;
pub use source::{Figures, Lost, Next, OpenOptions, Pace, Source, SourceError, SourceErrorKind, SourceInfo};
pub use uri::{BufferMemory, DeviceFormat, DeviceUri, Export, OnDisk, SecretUrl, SourceUri, redact};
