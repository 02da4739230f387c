//! One function for each claim: a node of ONNX to operators of ours.

pub(super) mod constant;
pub(super) mod conv;
pub(super) mod elementwise;
pub(super) mod gather;
pub(super) mod normalize;
pub(super) mod pool;
pub(super) mod product;
pub(super) mod quantize;
pub(super) mod reduce;
pub(super) mod reshape;
pub(super) mod resize;
pub(super) mod slice;
mod window;

use super::site::{Imported, Site};

/// What does nothing: its output is its input.
pub(super) fn same(site: &mut Site<'_>) -> Imported {
    Ok(vec![site.input(0)?])
}
