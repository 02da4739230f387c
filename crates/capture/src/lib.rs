//! Where frames come from: the seam [`Source`], the one URI grammar, and the synthetic scene.
//!
//! What is not here: drivers, decoders, models. Each of those implements [`Source`] in a crate of its own.

#![forbid(unsafe_code)]

mod pacer;
mod source;

pub use pacer::Pacer;
pub use source::{Next, OpenOptions, Pace, Source, SourceError, SourceErrorKind, SourceInfo};
