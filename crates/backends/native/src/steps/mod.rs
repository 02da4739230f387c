//! The steps of a plan: each knows its kernel, its weights and where its tensors lie; a run calls them in order, every
//! thread of the team each of them.

mod broadcast;
mod conv;
mod convert;
mod copy;
mod dense;
mod depthwise;
mod elementwise;
mod matmul;
mod moves;
mod picture;
mod rows;
mod softmax;
mod spatial;
mod winograd;

pub(crate) use self::broadcast::{BroadcastStep, Pairs};
pub(crate) use self::conv::{ConvParts, ConvStep, Lattice, Planes, Source};
pub(crate) use self::convert::{ConvertStep, CopyPictureStep, Direction, PlanesIn, PlanesStep};
pub(crate) use self::copy::{CopyRowsStep, Region};
pub(crate) use self::dense::{Dense, DenseF32, OracleStep};
pub(crate) use self::depthwise::{DepthwiseParts, DepthwiseStep};
pub(crate) use self::elementwise::{CombinePicturesStep, MapPictureStep, MapStep, Partner};
pub(crate) use self::matmul::MatMulStep;
pub(crate) use self::moves::MoveStep;
pub(crate) use self::picture::{BufferId, Memory, Picture, Worker, clear_margins, for_each_row};
pub(crate) use self::softmax::SoftmaxStep;
pub(crate) use self::spatial::{PoolStep, ResizeStep};
pub(crate) use self::winograd::WinogradStep;

use std::fmt::Debug;

/// A part of a run.
pub(crate) trait Step: Debug + Send + Sync {
    /// Does `worker`'s share. What all workers together write is what the step makes, whatever their number, bit for bit.
    ///
    /// # Safety
    /// - `memory` has the buffers of the plan that this step belongs to, and the steps before it have run.
    /// - Every worker works on this step before any goes on to the next, and each index works once.
    unsafe fn run(&self, memory: Memory<'_>, worker: Worker);

    /// The kernel's name, for people.
    fn kernel(&self) -> &'static str;

    /// Multiplications that its definition has.
    fn macs(&self) -> u64 {
        0
    }

    /// Elements of scratch that each worker needs.
    fn scratch_elements(&self) -> usize {
        0
    }

    /// Bytes of weights that it owns.
    fn weight_bytes(&self) -> usize {
        0
    }
}
