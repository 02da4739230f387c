//! Where frames come from: the seam [`Source`], the one grammar of sources ([`SourceUri`]), when a recorded picture is
//! due ([`Pacer`]), how large it may be ([`limits`]), and the [synthetic scene](synthetic).
//!
//! What is not here: drivers, decoders, models. Each of those implements [`Source`] in a crate of its own.

#![forbid(unsafe_code)]

pub mod limits;
mod notes;
mod pacer;
mod source;
pub mod synthetic;
mod uri;

pub use notes::{Notes, Opened};
pub use pacer::Pacer;
pub use source::{Lost, Next, OpenOptions, Pace, Source, SourceError, SourceErrorKind, SourceInfo};
pub use uri::{DeviceFormat, DeviceUri, OnDisk, SecretUrl, SourceUri, redact};
