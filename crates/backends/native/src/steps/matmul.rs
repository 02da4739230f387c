//! Products of rows with a constant matrix.

use std::fmt;
use std::ops::Range;

use ocelli_frame::Aligned;

use super::conv::aligned;
use super::dense::DenseF32;
use super::rows::{RowOfTiles, cut, cut_alike};
use super::{Memory, Step, Worker};
use crate::kernels::entries::Kernels;
use crate::kernels::finish::Finish;
use crate::kernels::simd::LANES;
use crate::kernels::tile::{TileAt, Tiles};

/// Rows that are made together: enough to read the matrix seldom, few enough to divide among threads.
const ROWS_TOGETHER: usize = 56;

/// `[rows, k]` times a constant `[k, n]`.
pub(crate) struct MatMulStep {
    source: DenseF32,
    out: DenseF32,
    rows: usize,
    /// `k` and `n`.
    size: [usize; 2],
    /// Columns that are made together, for pieces of `ROWS_TOGETHER` rows, and for the last piece.
    pieces: [Vec<RowOfTiles>; 2],
    tiles: Tiles,
    /// `[columns made together][k][their blocks][16]`
    weights: Aligned<f32>,
    biases: Aligned<f32>,
}

impl MatMulStep {
    /// Packs the matrix.
    pub(crate) fn new(
        kernels: &Kernels,
        matrix: &[f32],
        [rows, k, n]: [usize; 3],
        [source, out]: [DenseF32; 2],
    ) -> Self {
        let blocks = n.div_ceil(LANES);
        let whole = cut(kernels, rows.min(ROWS_TOGETHER), blocks, k, k);
        let last = cut_alike(kernels, &whole, (rows - 1) % ROWS_TOGETHER + 1, k, k);
        let mut weights = Vec::with_capacity(k * blocks * LANES);
        for row in &whole {
            let first = row.first_block * LANES;
            for step in matrix.chunks_exact(n) {
                let columns = first..first + row.blocks * LANES;
                weights.extend(columns.map(|column| step.get(column).copied().unwrap_or(0.0)));
            }
        }
        let finish = Finish { out_pixel_stride: n, out_block_stride: LANES, ..Finish::default() };
        Self {
            source,
            out,
            rows,
            size: [k, n],
            pieces: [whole, last],
            tiles: Tiles { taps: [0].into(), run: k, stride: k, finish },
            weights: aligned(&weights),
            biases: Aligned::new(blocks * LANES),
        }
    }

    /// Some rows by some columns.
    ///
    /// # Safety
    /// - As for [`Step::run`].
    unsafe fn piece(&self, memory: Memory<'_>, rows: Range<usize>, columns: &RowOfTiles) {
        let [k, n] = self.size;
        let first = columns.first_block * LANES;
        let is_last = first + columns.blocks * LANES >= n;
        let mut at = TileAt {
            source: std::ptr::null(),
            weights: self.weights.as_slice()[first * k..].as_ptr(),
            biases: self.biases.as_slice().as_ptr(),
            out: std::ptr::null_mut(),
            residual: std::ptr::null(),
            last_channels: if is_last { (n - 1) % LANES + 1 } else { LANES },
        };
        for &(row, tile) in &columns.tiles {
            let row = rows.start + row;
            at.source = memory.f32(self.source).wrapping_add(row * k);
            at.out = memory.f32(self.out).wrapping_add(row * n + first);
            // SAFETY: rows of the tensors, columns that exist, and weights packed for them.
            unsafe { tile(&self.tiles, &at) };
        }
    }
}

impl Step for MatMulStep {
    unsafe fn run(&self, memory: Memory<'_>, worker: Worker) {
        let pieces = self.rows.div_ceil(ROWS_TOGETHER);
        let groups = self.pieces[0].len();
        for unit in worker.share(groups * pieces) {
            let (group, piece) = (unit / pieces, unit % pieces);
            let rows = piece * ROWS_TOGETHER..((piece + 1) * ROWS_TOGETHER).min(self.rows);
            let columns = &self.pieces[usize::from(piece + 1 == pieces)][group];
            // SAFETY: as the caller promises.
            unsafe { self.piece(memory, rows, columns) };
        }
    }

    fn kernel(&self) -> &'static str {
        "matmul"
    }

    fn macs(&self) -> u64 {
        (self.rows * self.size[0] * self.size[1]) as u64
    }

    fn weight_bytes(&self) -> usize {
        size_of_val(self.weights.as_slice())
    }
}

impl fmt::Debug for MatMulStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MatMulStep({} rows, {:?})", self.rows, self.size)
    }
}
