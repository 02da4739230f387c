//! Pools and resizes of pictures in blocks.

use std::fmt;

use super::{Memory, Picture, Step, Worker, clear_margins, for_each_row};
use crate::kernels::entries::Kernels;
use crate::kernels::pool::{PoolRowAt, Windows};
use crate::kernels::resize::BlendRowAt;
use crate::ops::{Pool, Resize, ResizeMode, neighbours};

/// A pool.
pub(crate) struct PoolStep {
    kernels: Kernels,
    windows: Windows,
    source: Picture,
    out: Picture,
}

/// A resize of height and width.
pub(crate) struct ResizeStep {
    kernels: Kernels,
    /// For each output row and column the two that are blended, and the second's share.
    rows: Box<[([u32; 2], f32)]>,
    columns: Box<[([u32; 2], f32)]>,
    source: Picture,
    out: Picture,
}

impl PoolStep {
    pub(crate) fn new(kernels: &Kernels, pool: &Pool, source: Picture, out: Picture) -> Self {
        let windows = Windows {
            kind: pool.kind,
            kernel: pool.kernel,
            strides: pool.strides,
            dilations: pool.dilations,
            pads: pool.pads,
            size: [source.height, source.width],
            row_stride: source.row_stride(),
        };
        Self { kernels: *kernels, windows, source, out }
    }
}

impl Step for PoolStep {
    unsafe fn run(&self, memory: Memory<'_>, worker: Worker) {
        let (source, out) = (&self.source, &self.out);
        // SAFETY: as the caller promises.
        unsafe { clear_margins(memory, out, worker) };
        for_each_row(out, worker, |image, block, row| {
            let at = PoolRowAt {
                source: memory.picture(source).wrapping_add(source.at(image, block, 0, 0)),
                out: memory.picture(out).wrapping_add(out.at(image, block, row, 0)),
                row,
                width: out.width,
            };
            // SAFETY: a plane of the source and a row of the output.
            unsafe { (self.kernels.pool_row)(&self.windows, &at) };
        });
    }

    fn kernel(&self) -> &'static str {
        "pool"
    }
}

impl ResizeStep {
    pub(crate) fn new(kernels: &Kernels, resize: &Resize, source: Picture, out: Picture) -> Self {
        let axis = |axis: usize, input: usize| -> Box<[([u32; 2], f32)]> {
            let blend = |position: usize| {
                let at = resize.source(axis, position, input);
                let (pair, share) = match resize.mode {
                    ResizeMode::Nearest(rounding) => ([rounding.nearest(at, input); 2], 0.0),
                    ResizeMode::Linear => neighbours(at, input),
                };
                (pair.map(|place| u32::try_from(place).expect("sizes are limited")), share)
            };
            (0..resize.sizes[axis]).map(blend).collect()
        };
        Self { kernels: *kernels, rows: axis(2, source.height), columns: axis(3, source.width), source, out }
    }
}

impl Step for ResizeStep {
    unsafe fn run(&self, memory: Memory<'_>, worker: Worker) {
        let (source, out) = (&self.source, &self.out);
        // SAFETY: as the caller promises.
        unsafe { clear_margins(memory, out, worker) };
        for_each_row(out, worker, |image, block, row| {
            let (pair, share) = self.rows[row];
            let place = |row: u32| {
                memory.picture(source).wrapping_add(source.at(image, block, row as usize, 0)).cast_const()
            };
            let at = BlendRowAt {
                rows: pair.map(place),
                share,
                columns: &self.columns,
                out: memory.picture(out).wrapping_add(out.at(image, block, row, 0)),
            };
            // SAFETY: rows and columns of the source, and a row of the output.
            unsafe { (self.kernels.blend_row)(&at) };
        });
    }

    fn kernel(&self) -> &'static str {
        "resize"
    }
}

impl fmt::Debug for PoolStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PoolStep({:?}, {:?})", self.windows, self.out)
    }
}

impl fmt::Debug for ResizeStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ResizeStep({:?})", self.out)
    }
}
