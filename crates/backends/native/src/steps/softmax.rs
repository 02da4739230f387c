//! Softmax of dense tensors.

use std::fmt;

use super::dense::DenseF32;
use super::{Memory, Step, Worker};
use crate::kernels::entries::Kernels;
use crate::kernels::softmax::SoftmaxAt;

/// Neighbours that a thread takes at a time.
const PIECE: usize = 256;

/// Shares of sums along an axis.
pub(crate) struct SoftmaxStep {
    kernels: Kernels,
    /// Source and output.
    tensors: [DenseF32; 2],
    /// How many of what comes after, elements of the axis, and elements behind each of them.
    outer: usize,
    size: usize,
    inner: usize,
}

impl SoftmaxStep {
    pub(crate) fn new(kernels: &Kernels, shape: &[usize], axis: usize, tensors: [DenseF32; 2]) -> Self {
        let (outer, inner) = (shape[..axis].iter().product(), shape[axis + 1..].iter().product());
        Self { kernels: *kernels, tensors, outer, size: shape[axis], inner }
    }
}

impl Step for SoftmaxStep {
    unsafe fn run(&self, memory: Memory<'_>, worker: Worker) {
        let pieces = self.inner.div_ceil(PIECE);
        for unit in worker.share(self.outer * pieces) {
            let first = unit % pieces * PIECE;
            let begin = unit / pieces * self.size * self.inner + first;
            let [source, out] = self.tensors.map(|tensor| memory.f32(tensor).wrapping_add(begin));
            let at = SoftmaxAt {
                source,
                out,
                size: self.size,
                source_stride: self.inner,
                out_stride: self.inner,
                count: PIECE.min(self.inner - first),
            };
            // SAFETY: a part of each.
            unsafe { (self.kernels.softmax)(&at) };
        }
    }

    fn kernel(&self) -> &'static str {
        "softmax"
    }
}

impl fmt::Debug for SoftmaxStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SoftmaxStep({} x {} x {})", self.outer, self.size, self.inner)
    }
}
