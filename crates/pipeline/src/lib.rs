//! Frames from sources, through a predictor, to sinks: the hand-overs between threads, the threads themselves, the
//! account and the measurements. `step.rs` is the page to read: one frame from start to end.
//!
//! ```text
//! source ─┐ Slot or        ┌────────────┐ Slot or        ┌─ sink
//! source ─┼─ Rendezvous ──▶│ predictor  ├─ Rendezvous ──▶┼─ sink
//! source ─┘ one each       └────────────┘ one each       └─ sink
//! ```
//!
//! What is not here: sockets, files, models. Sources, predictors and sinks come in through their seams.

#![forbid(unsafe_code)]

mod figures;
mod gate;
mod handover;
mod health;
mod lane;
mod metrics;
mod outcome;
mod plan;
mod rate;
mod recycle;
mod sink;
mod step;
mod stop;
mod switch;
mod tap;
mod threads;

pub use handover::{Bell, Rendezvous, Slot, Taken};
pub use health::OnFrozen;
pub use lane::frames_held;
pub use metrics::{Metrics, MetricsHandle};
pub use outcome::{RunOutcome, SinkOutcome, SourceOutcome};
pub use plan::{Condition, Pipeline, Progress};
pub use rate::RateLimit;
pub use sink::{Delivery, Demand, Sink, SinkError};
pub use stop::Stop;
pub use switch::Switch;
pub use tap::{FRAMES_WATCHED, Tap, Watching};
