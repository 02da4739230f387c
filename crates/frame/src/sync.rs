//! The atomics under [`crate::lease`]. `tests/lease_loom.rs` compiles that file a second time against loom's.

pub(crate) use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
