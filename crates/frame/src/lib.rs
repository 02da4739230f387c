//! The nouns every other crate speaks in: a [`Frame`] and the lease under it, pixel formats, geometry,
//! tensor specs, [`Predictions`], the [`Ticket`] that accounts for a frame, and the [`Clock`].
//!
//! ```text
//! Pool ──acquire──▶ Filling ──publish──▶ Frame ──clone──▶ Frame …
//!   ▲                                       └─ last drop ─┐
//!   └────────── returned mask (one atomic word) ◀─────────┘
//! ```
//!
//! What is not here: I/O, threads, serde. Nothing in this crate reads a clock or opens a file.

mod account;
mod aligned;
mod away;
mod clock;
mod frame;
mod geometry;
mod health;
mod input_format;
mod lease;
mod memory;
mod pixel_format;
mod pool;
mod predictions;
mod result;
mod sync;
mod tensor;
mod ticket;

pub use account::{Account, Counts, DropReason, FailReason};
pub use aligned::Aligned;
pub use away::{Away, AwayReason, SourceTotals};
pub use clock::{Clock, ClockKind, Timestamp};
pub use frame::{Frame, FrameError, FrameInfo, Plane, PlaneLayout, SourceIndex};
pub use geometry::{BoxXyxy, Letterbox, Padding, Rect, Size, SourceFromModel};
pub use health::Health;
pub use input_format::{ChannelOrder, InputFormat, TensorLayout};
pub use memory::{HostMemory, Memory, PoolMemory};
pub use pixel_format::{Codes, ColorMatrix, ColorRange, ColorSpace, PixelFormat};
pub use pool::{Filling, Pool, SLOTS_MAX};
pub use predictions::{ClassScore, Detection, Predictions};
pub use result::{FrameResult, StageTimes};
pub use tensor::{DataType, TensorMut, TensorSpec, TensorView};
pub use ticket::Ticket;
