//! Depthwise convolution: each channel by a filter of its own.

use std::fmt;

use ocelli_frame::Aligned;

use super::conv::{aligned, finish_of};
use super::rows::even;
use super::{Memory, Picture, Step, Worker, clear_margins, for_each_row};
use crate::kernels::entries::Kernels;
use crate::kernels::simd::LANES;
use crate::kernels::tile::{TileAt, TileFn, Tiles};
use crate::ops::Conv;

/// A depthwise convolution, decided.
pub(crate) struct DepthwiseStep {
    source: Picture,
    out: Picture,
    residual: Option<Picture>,
    strides: [usize; 2],
    source_back: usize,
    /// Where each tile of a row begins, in pixels, and its code.
    row: Box<[(usize, TileFn)]>,
    tiles: Tiles,
    /// `[block][tap][16]`
    weights: Aligned<f32>,
    biases: Aligned<f32>,
}

/// What a depthwise convolution is built of.
pub(crate) struct DepthwiseParts<'a> {
    pub(crate) conv: &'a Conv,
    /// `[c, 1, kh, kw]`
    pub(crate) weights: &'a [f32],
    pub(crate) kernel: [usize; 2],
    pub(crate) biases: &'a [f32],
    pub(crate) source: Picture,
    pub(crate) out: Picture,
    pub(crate) residual: Option<Picture>,
}

impl DepthwiseStep {
    pub(crate) fn new(kernels: &Kernels, parts: &DepthwiseParts<'_>) -> Self {
        let DepthwiseParts { conv, kernel: [height, width], source, out, .. } = parts;
        let taps = (0..height * width).map(|tap| {
            let (y, x) = (tap / width, tap % width);
            let at = y * conv.dilations[0] * source.row_stride() + x * conv.dilations[1] * LANES;
            u32::try_from(at).expect("a picture of under 16 GB")
        });
        let taps: Box<[u32]> = taps.collect();
        let mut packed = vec![0.0; out.blocks() * taps.len() * LANES];
        for (index, weight) in parts.weights.iter().enumerate() {
            let (channel, tap) = (index / taps.len(), index % taps.len());
            packed[(channel / LANES * taps.len() + tap) * LANES + channel % LANES] = *weight;
        }
        let mut biases = parts.biases.to_vec();
        biases.resize(out.blocks() * LANES, 0.0);
        let mut begin = 0;
        let row = even(out.width, kernels.depthwise_pixels()).into_iter().map(|pixels| {
            let at = begin;
            begin += pixels;
            (at, kernels.depthwise(pixels, conv.strides[1]).expect("widths are of shapes that there are"))
        });
        Self {
            row: row.collect(),
            source: *source,
            out: *out,
            residual: parts.residual,
            strides: [conv.strides[0] * source.row_stride(), conv.strides[1] * LANES],
            source_back: conv.pads[0] * source.row_stride() + conv.pads[1] * LANES,
            tiles: Tiles {
                taps,
                run: 1,
                stride: conv.strides[1] * LANES,
                finish: finish_of(conv, out, parts.residual.as_ref()),
            },
            weights: aligned(&packed),
            biases: aligned(&biases),
        }
    }
}

impl Step for DepthwiseStep {
    unsafe fn run(&self, memory: Memory<'_>, worker: Worker) {
        // SAFETY: as the caller promises.
        unsafe { clear_margins(memory, &self.out, worker) };
        for_each_row(&self.out, worker, |image, block, row| {
            let source = memory
                .picture(&self.source)
                .wrapping_add(image * self.source.image_stride + block * self.source.block_stride())
                .wrapping_add(row * self.strides[0])
                .wrapping_sub(self.source_back);
            let out = memory.picture(&self.out).wrapping_add(self.out.at(image, block, row, 0));
            let residual = self.residual.as_ref().map_or(std::ptr::null_mut(), |residual| {
                memory.picture(residual).wrapping_add(residual.at(image, block, row, 0))
            });
            let weights = self.weights.as_slice()[block * self.tiles.taps.len() * LANES..].as_ptr();
            let biases = self.biases.as_slice()[block * LANES..].as_ptr();
            for &(column, tile) in &self.row {
                let at = TileAt {
                    source: source.wrapping_add(column * self.strides[1]),
                    weights,
                    biases,
                    out: out.wrapping_add(column * LANES),
                    residual: residual.wrapping_add(column * LANES),
                    last_channels: LANES,
                };
                // SAFETY: the source's margins are at least what the taps reach (the plan made them so), there are
                // weights for each block, and the output is this row of a picture of the plan.
                unsafe { tile(&self.tiles, &at) };
            }
        });
    }

    fn kernel(&self) -> &'static str {
        "depthwise"
    }

    fn macs(&self) -> u64 {
        let pixels = self.out.batch * self.out.height * self.out.width;
        (pixels * self.out.channels * self.tiles.taps.len()) as u64
    }

    fn weight_bytes(&self) -> usize {
        size_of_val(self.weights.as_slice())
    }
}

impl fmt::Debug for DepthwiseStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DepthwiseStep")
            .field("source", &self.source)
            .field("out", &self.out)
            .finish_non_exhaustive()
    }
}
