//! Rows of a dense tensor into another, where they may lie apart.

use super::dense::DenseF32;
use super::{BufferId, Memory, Step, Worker};

/// Where rows lie in a larger tensor, in elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Region {
    pub(crate) buffer: BufferId,
    pub(crate) offset: usize,
    pub(crate) rows: usize,
    pub(crate) row_elements: usize,
    pub(crate) row_stride: usize,
}

/// Dense rows into a region.
#[derive(Debug)]
pub(crate) struct CopyRowsStep {
    source: BufferId,
    out: Region,
    element_bytes: usize,
}

impl Region {
    /// All of a tensor.
    pub(crate) fn whole(buffer: BufferId, elements: usize) -> Self {
        Self { buffer, offset: 0, rows: 1, row_elements: elements, row_stride: elements }
    }

    /// The region that a member of a union takes: of each of `outer` rows the elements from `first` on. `None` where they
    /// would not lie evenly.
    pub(crate) fn member(&self, outer: usize, first: usize, row_elements: usize) -> Option<Self> {
        (self.rows == 1).then_some(())?;
        let row_stride = self.row_elements / outer;
        Some(Self { offset: self.offset + first, rows: outer, row_elements, row_stride, ..*self })
    }

    /// As f32.
    pub(crate) fn tensor(&self) -> DenseF32 {
        DenseF32::new(self.buffer)
    }
}

impl CopyRowsStep {
    pub(crate) fn new(source: BufferId, out: Region, element_bytes: usize) -> Self {
        Self { source, out, element_bytes }
    }
}

/// Bytes that a thread copies at a time.
const PIECE_BYTES: usize = 16 << 10;

impl Step for CopyRowsStep {
    unsafe fn run(&self, memory: Memory<'_>, worker: Worker) {
        let row_bytes = self.out.row_elements * self.element_bytes;
        let pieces = row_bytes.div_ceil(PIECE_BYTES);
        for unit in worker.share(self.out.rows * pieces) {
            let (row, first) = (unit / pieces, unit % pieces * PIECE_BYTES);
            let to = (self.out.offset + row * self.out.row_stride) * self.element_bytes + first;
            let from = memory.base(self.source).wrapping_add(row * row_bytes + first);
            let to = memory.base(self.out.buffer).wrapping_add(to);
            // SAFETY: a part of a row of each; the buffers live together, so they do not overlap.
            unsafe { to.copy_from_nonoverlapping(from, PIECE_BYTES.min(row_bytes - first)) };
        }
    }

    fn kernel(&self) -> &'static str {
        "copy rows"
    }
}
