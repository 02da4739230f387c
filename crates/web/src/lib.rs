//! The live view: a page that shows a run's pictures, results and figures while it is under way, and slows nothing.
//!
//! ```text
//! taps ───frames───▶ encoder ──JPEG──┐
//! pipeline ─results▶ sink ──────────▶ hub ──▶ a viewer's places ──▶ its WebSocket
//! accounts ─────────────────────────▶ │                          server ──▶ the page, /status
//! ```
//!
//! - No viewer, no JPEG: frames are looked at only while somebody watches, by one thread of low priority.
//! - Each viewer has one place for the newest of each thing. One that does not read costs nothing and is dropped.
//! - Whoever knocks is bounded: connections, heads of requests, messages, viewers, times.
//! - Off loopback it wants a token; on it as well, only its own page may ask it (`guard.rs`).
//!
//! What is not here: how JSON is written (`ocelli-report`), how pictures are scaled and made JPEGs (`ocelli-draw`), the
//! real clock. The protocol is in docs/reference/live-view.md.

#![forbid(unsafe_code)]

mod assets;
mod encoder;
mod figures;
mod guard;
mod hub;
mod live;
mod routes;
mod server;
mod sink;
mod spec;
mod status;
mod tls;
mod token;
mod viewer;

pub use hub::View;
pub use sink::WebSink;
pub use spec::{TlsFiles, WebSpec};
