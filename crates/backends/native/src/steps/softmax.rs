//! Softmax of dense tensors.

use std::fmt;

use super::dense::DenseF32;
use super::{Memory, Step, Worker};
use crate::kernels::entries::Kernels;
use crate::kernels::softmax::SoftmaxAt;

/// Neighbours that a thread takes at a time.
const PIECE: usize = 256;

/// Shares of sums along an axis, or the mean of some numbers under them.
pub(crate) struct SoftmaxStep {
    kernels: Kernels,
    /// For a mean, its numbers.
    factors: Option<Box<[f32]>>,
    /// Source and output.
    tensors: [DenseF32; 2],
    /// How many of what comes after, elements of the axis, and elements behind each of them.
    outer: usize,
    size: usize,
    inner: usize,
}

impl SoftmaxStep {
    /// Shares of an input of `shape`.
    pub(crate) fn new(kernels: &Kernels, shape: &[usize], axis: usize, tensors: [DenseF32; 2]) -> Self {
        let (outer, inner) = (shape[..axis].iter().product(), shape[axis + 1..].iter().product());
        Self { kernels: *kernels, factors: None, tensors, outer, size: shape[axis], inner }
    }

    /// The mean of `factors` instead.
    pub(crate) fn mean_of(self, factors: &[f32]) -> Self {
        Self { factors: Some(factors.into()), ..self }
    }
}

impl Step for SoftmaxStep {
    unsafe fn run(&self, memory: Memory<'_>, worker: Worker) {
        let pieces = self.inner.div_ceil(PIECE);
        for unit in worker.share(self.outer * pieces) {
            let first = unit % pieces * PIECE;
            let block = unit / pieces * self.inner;
            let [source, out] = self.tensors.map(|tensor| memory.f32(tensor));
            let made = if self.factors.is_some() { 1 } else { self.size };
            let at = SoftmaxAt {
                source: source.wrapping_add(block * self.size + first),
                out: out.wrapping_add(block * made + first),
                size: self.size,
                source_stride: self.inner,
                out_stride: self.inner,
                count: PIECE.min(self.inner - first),
            };
            // SAFETY: a part of each, and a factor for each element of the axis.
            unsafe {
                match &self.factors {
                    None => (self.kernels.softmax)(&at),
                    Some(factors) => (self.kernels.softmax_mean)(&at, factors),
                }
            };
        }
    }

    fn kernel(&self) -> &'static str {
        if self.factors.is_some() { "softmax mean" } else { "softmax" }
    }
}

impl fmt::Debug for SoftmaxStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SoftmaxStep({} x {} x {})", self.outer, self.size, self.inner)
    }
}
