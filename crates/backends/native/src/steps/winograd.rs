//! Convolution by Winograd's transforms: a run of patches at a time, so that what stands between the transforms stays in
//! a core's own cache.

use std::fmt;
use std::ops::Range;

use ocelli_frame::Aligned;

use super::conv::{ConvParts, Source, aligned, finish_of};
use super::rows::{RowOfTiles, cut, cut_alike};
use super::{Memory, Picture, Step, Worker, clear_margins};
use crate::kernels::entries::Kernels;
use crate::kernels::finish::Finish;
use crate::kernels::simd::LANES;
use crate::kernels::tile::{TileAt, Tiles};
use crate::kernels::winograd::{OUT, PATCH, POINTS, PatchAt, SumsAt, transform_filter};
use crate::ops::Conv;

/// Transformed patches and sums of one run of patches, at most: they share a core's own cache with the weights.
const BETWEEN_BYTES_MAX: usize = 400 << 10;
/// The same where the weights are too many to stay there: then fewer runs, each of which reads them all, are worth more.
const BETWEEN_BYTES_MAX_ALONE: usize = 600 << 10;
/// Transformed weights that stay in a core's own cache from run to run, at most.
const WEIGHTS_KEPT_BYTES: usize = 1 << 20;

/// A convolution by patches, decided.
pub(crate) struct WinogradStep {
    kernels: Kernels,
    source: Picture,
    out: Picture,
    residual: Option<Picture>,
    /// Zeros above and left.
    pads: [usize; 2],
    /// Patches down and across.
    patches: [usize; 2],
    runs: usize,
    /// The products of a run of the smaller length, and of one patch more.
    products: [Products; 2],
    /// `[point][group][input channel][blocks of the group][16]`
    weights: Aligned<f32>,
    biases: Aligned<f32>,
    finish: Finish,
    macs: u64,
}

/// The matrix products of one point, for runs of one length.
struct Products {
    rows: Vec<RowOfTiles>,
    tiles: Tiles,
}

impl WinogradStep {
    /// Whether a convolution is of the kind.
    pub(crate) fn fits(conv: &Conv, weight_shape: [usize; 4]) -> bool {
        let [_, _, height, width] = weight_shape;
        [height, width] == [3, 3] && conv.strides == [1, 1] && conv.dilations == [1, 1] && conv.groups == 1
    }

    /// Whether it is faster than tiles: with fewer channels transforms cost what products save.
    pub(crate) fn pays(weight_shape: [usize; 4], made: &[usize]) -> bool {
        let [channels_out, channels_in, ..] = weight_shape;
        channels_in >= LANES && channels_out >= LANES && made[2] * made[3] >= 4 * OUT * OUT
    }

    /// Bytes of transformed weights.
    pub(crate) fn transformed_bytes(weight_shape: [usize; 4]) -> usize {
        let [channels_out, channels_in, ..] = weight_shape;
        let padded = |channels: usize| channels.div_ceil(LANES) * LANES;
        POINTS * padded(channels_out) * padded(channels_in) * size_of::<f32>()
    }

    /// # Panics
    /// Where the convolution does not fit, or its source is not in blocks.
    pub(crate) fn new(kernels: &Kernels, parts: &ConvParts<'_>) -> Self {
        assert!(Self::fits(parts.conv, parts.weight_shape), "a 3x3 filter without stride");
        let Source::Blocked(source) = parts.source else { panic!("Winograd reads blocks") };
        let out = parts.out;
        let patches = [out.height.div_ceil(OUT), out.width.div_ceil(OUT)];
        let count = out.batch * patches[0] * patches[1];
        let between = POINTS * (source.blocks() + out.blocks()) * LANES * size_of::<f32>();
        let are_weights_kept = Self::transformed_bytes(parts.weight_shape) <= WEIGHTS_KEPT_BYTES;
        let limit = if are_weights_kept { BETWEEN_BYTES_MAX } else { BETWEEN_BYTES_MAX_ALONE };
        let most = (limit / between).max(4);
        let runs = (count.div_ceil(most).next_multiple_of(2)).min(count);
        let longer = count.div_ceil(runs);
        let rows = cut(kernels, longer, out.blocks(), LANES, LANES);
        let shorter = cut_alike(kernels, &rows, count / runs, LANES, LANES);
        let mut biases = parts.biases.to_vec();
        biases.resize(out.blocks() * LANES, 0.0);
        let [channels_out, channels_in, ..] = parts.weight_shape;
        Self {
            kernels: *kernels,
            source,
            out,
            residual: parts.residual,
            pads: [parts.conv.pads[0], parts.conv.pads[1]],
            patches,
            runs,
            weights: pack(parts, &rows),
            products: [Products::new(shorter, &source, count / runs), Products::new(rows, &source, longer)],
            biases: aligned(&biases),
            finish: finish_of(parts.conv, &out, parts.residual.as_ref()),
            macs: (out.batch * out.height * out.width * channels_out * channels_in * 9) as u64,
        }
    }

    /// One run of patches from start to end.
    ///
    /// # Safety
    /// - As for [`Step::run`].
    unsafe fn patches(&self, memory: Memory<'_>, patches: Range<usize>, scratch: *mut f32) {
        let length = patches.len();
        let (blocks_in, blocks_out) = (self.source.blocks(), self.out.blocks());
        let points = scratch;
        let sums = scratch.wrapping_add(POINTS * blocks_in * length * LANES);
        for (index, patch) in patches.clone().enumerate() {
            let (image, row, column) = self.place(patch);
            let source = memory
                .picture(&self.source)
                .wrapping_add(self.source.at(image, 0, row, column))
                .wrapping_sub(self.pads[0] * self.source.row_stride() + self.pads[1] * LANES);
            let rows = self.source.height + 2 * self.pads[0] - row;
            let columns = self.source.width + 2 * self.pads[1] - column;
            for block in 0..blocks_in {
                let at = PatchAt {
                    source: source.wrapping_add(block * self.source.block_stride()),
                    row_stride: self.source.row_stride(),
                    readable: [rows.min(PATCH), columns.min(PATCH)],
                    points: points.wrapping_add((block * length + index) * LANES),
                    point_stride: blocks_in * length * LANES,
                };
                // SAFETY: what is readable lies in the picture or its margins; scratch is as long as was asked for.
                unsafe { (self.kernels.transform_patch)(&at) };
            }
        }
        // SAFETY: as the caller promises.
        unsafe { self.multiply(points, sums, length) };
        for (index, patch) in patches.enumerate() {
            let (image, row, column) = self.place(patch);
            for block in 0..blocks_out {
                let place = |picture: &Picture| {
                    memory.picture(picture).wrapping_add(picture.at(image, block, row, column))
                };
                let at = SumsAt {
                    points: sums.wrapping_add((block * length + index) * LANES),
                    point_stride: blocks_out * length * LANES,
                    biases: self.biases.as_slice()[block * LANES..].as_ptr(),
                    out: place(&self.out),
                    out_row_stride: self.out.row_stride(),
                    residual: self
                        .residual
                        .as_ref()
                        .map_or(std::ptr::null(), |residual| place(residual).cast_const()),
                    residual_row_stride: self.residual.as_ref().map_or(0, Picture::row_stride),
                    exist: [self.out.height - row, self.out.width - column],
                };
                // SAFETY: as above; outputs that exist lie in the picture.
                unsafe { (self.kernels.transform_sums)(&at, &self.finish) };
            }
        }
    }

    /// The products of all points of a run of patches.
    ///
    /// # Safety
    /// - Both are scratch as long as was asked for.
    unsafe fn multiply(&self, points: *const f32, sums: *mut f32, length: usize) {
        let products =
            self.products.iter().find(|products| products.tiles.finish.out_block_stride == length * LANES);
        let products = products.expect("runs have one of two lengths");
        let (blocks_in, blocks_out) = (self.source.blocks(), self.out.blocks());
        let mut weights = self.weights.as_slice();
        for point in 0..POINTS {
            let source = points.wrapping_add(point * blocks_in * length * LANES);
            let out = sums.wrapping_add(point * blocks_out * length * LANES);
            for row in &products.rows {
                let (packed, rest) = weights.split_at(blocks_in * LANES * row.blocks * LANES);
                weights = rest;
                for &(first, tile) in &row.tiles {
                    let at = TileAt {
                        source: source.wrapping_add(first * LANES),
                        weights: packed.as_ptr(),
                        biases: std::ptr::null(),
                        out: out.wrapping_add((row.first_block * length + first) * LANES),
                        residual: std::ptr::null(),
                        last_channels: LANES,
                    };
                    // SAFETY: scratch has every point of every patch; sums are stored as they are.
                    unsafe { tile(&products.tiles, &at) };
                }
            }
        }
    }

    /// Image, and the first row and column of outputs.
    fn place(&self, patch: usize) -> (usize, usize, usize) {
        let [down, across] = self.patches;
        (patch / across / down, patch / across % down * OUT, patch % across * OUT)
    }
}

impl Products {
    fn new(rows: Vec<RowOfTiles>, source: &Picture, length: usize) -> Self {
        let finish = Finish {
            stores_sums: true,
            out_pixel_stride: LANES,
            out_block_stride: length * LANES,
            ..Finish::default()
        };
        let taps = (0..source.blocks())
            .map(|block| u32::try_from(block * length * LANES).expect("scratch is small"));
        Self { rows, tiles: Tiles { taps: taps.collect(), run: LANES, stride: LANES, finish } }
    }
}

/// Transforms and packs the filters.
fn pack(parts: &ConvParts<'_>, rows: &[RowOfTiles]) -> Aligned<f32> {
    let [channels_out, channels_in, ..] = parts.weight_shape;
    let (filters, _) = parts.weights.as_chunks::<9>();
    let transformed: Vec<_> = filters.iter().map(transform_filter).collect();
    let padded_in = channels_in.div_ceil(LANES) * LANES;
    let mut packed =
        Vec::with_capacity(WinogradStep::transformed_bytes(parts.weight_shape) / size_of::<f32>());
    #[expect(clippy::needless_range_loop, reason = "a point is an element of each filter")]
    for point in 0..POINTS {
        for row in rows {
            for channel in 0..padded_in {
                for lane in 0..row.blocks * LANES {
                    let made = row.first_block * LANES + lane;
                    let exists = made < channels_out && channel < channels_in;
                    packed.push(if exists { transformed[made * channels_in + channel][point] } else { 0.0 });
                }
            }
        }
    }
    aligned(&packed)
}

impl Step for WinogradStep {
    unsafe fn run(&self, memory: Memory<'_>, worker: Worker) {
        // SAFETY: as the caller promises.
        unsafe { clear_margins(memory, &self.out, worker) };
        let count = self.out.batch * self.patches[0] * self.patches[1];
        for run in worker.share(self.runs) {
            let patches = count * run / self.runs..count * (run + 1) / self.runs;
            // SAFETY: as the caller promises.
            unsafe { self.patches(memory, patches, worker.scratch) };
        }
    }

    fn kernel(&self) -> &'static str {
        "winograd"
    }

    fn macs(&self) -> u64 {
        self.macs
    }

    fn scratch_elements(&self) -> usize {
        let longer = (self.out.batch * self.patches[0] * self.patches[1]).div_ceil(self.runs);
        POINTS * (self.source.blocks() + self.out.blocks()) * longer * LANES
    }

    fn weight_bytes(&self) -> usize {
        size_of_val(self.weights.as_slice())
    }
}

impl fmt::Debug for WinogradStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WinogradStep")
            .field("source", &self.source)
            .field("out", &self.out)
            .finish_non_exhaustive()
    }
}
