//! As much of H.264 (ITU-T H.264) as is needed before a decoder is asked: how large its pictures are, what their
//! numbers mean, and its two ways of cutting a stream into NAL units.
//!
//! Pictures are decoded elsewhere.

mod annex_b;
mod bits;
mod sps;

pub(crate) use self::annex_b::{NalProblem, Packet};
pub(crate) use self::sps::{Sps, SpsProblem};
