//! Rewrites of the network that leave its numbers what they are: fewer, larger operators.
//!
//! The order matters: patterns are first made the operators they spell, then convolutions take in what follows them, and
//! at the end what nobody reads is left out.

mod edit;
mod fuse;
mod moves;
mod patterns;

pub(crate) use self::edit::{makers, readings};
use crate::graph::Graph;

/// All of them.
///
/// # Errors
/// Never for a network whose types hold.
pub(crate) fn run(graph: &mut Graph) -> Result<(), String> {
    patterns::spell_out(graph);
    moves::behind(graph)?;
    // What those were made of must not count as readers.
    edit::remove_unread(graph);
    fuse::into_convolutions(graph);
    edit::remove_unread(graph);
    Ok(())
}
