//! Downloads: pinned, resumable, checked. A [`Pinned`] file is known by its SHA-256 and its size before the first byte
//! comes, so a server, a mirror or a proxy can withhold it, but never change it.
//!
//! ```text
//! address.rs ──may it be asked at all?──▶ client.rs ──bytes──▶ part.rs ──hash, fsync, rename──▶ the file
//!                                             ▲                   │
//!                                             └──download.rs: again from where it broke off
//! ```
//!
//! A file in place is a whole file: what is under way has another name (`NAME.part`), and keeps it until its hash is
//! right. What is not here: which files there are (that is the model registry's), where caches live, environment
//! variables (those are the command line's), and the clock, which is passed in.

#![forbid(unsafe_code)]

mod address;
mod client;
mod digest;
mod download;
mod error;
mod part;
mod pinned;

pub use address::Address;
pub use client::REDIRECTS_MAX;
pub use digest::Digest;
pub use download::{Event, Options, Outcome, download};
pub use error::{FetchError, FetchErrorKind};
pub use pinned::{FileState, Pinned, state_of};
