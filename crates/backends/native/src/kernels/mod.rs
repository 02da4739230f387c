//! The loops that a plan replays, compiled for each instruction set.
//!
//! Pictures lie in blocks of 16 channels: `[batch][block][row][column][16]`, with a margin of zeros around each plane
//! where a filter reads over the edge, so that no kernel has a bound to check.
//!
//! What is not here: which kernel runs when, and on what memory; that is the plan's.

pub(crate) mod depthwise;
pub(crate) mod elementwise;
pub(crate) mod entries;
pub(crate) mod finish;
pub(crate) mod functions;
pub(crate) mod isa;
pub(crate) mod pool;
pub(crate) mod resize;
pub(crate) mod simd;
pub(crate) mod softmax;
pub(crate) mod tile;
pub(crate) mod transpose;
pub(crate) mod winograd;
