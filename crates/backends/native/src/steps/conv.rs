//! Convolution by tiles: every output row by every group of channel blocks.

use std::fmt;

use ocelli_frame::Aligned;

use super::rows::{RowOfTiles, cut};
use super::{BufferId, Memory, Picture, Step, Worker, clear_margins};
use crate::kernels::entries::Kernels;
use crate::kernels::finish::Finish;
use crate::kernels::simd::LANES;
use crate::kernels::tile::{TileAt, Tiles};
use crate::ops::Conv;

/// Weights larger than this do not stay in a core's own cache beside a row of pictures: each group of channels then
/// goes over all rows before the next.
const WEIGHTS_KEPT_BYTES: usize = 384 << 10;
/// With fewer rows than this, rows alone do not divide well among threads.
const ROWS_DIVIDED: usize = 16;

/// What a convolution reads.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Source {
    /// A picture in blocks.
    Blocked(Picture),
    /// Planes of few channels, with their margins: `[batch][channel][row][column]`.
    Planes(Planes),
}

/// A picture in planes, with zeros around each: for networks' first layers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Planes {
    pub(crate) buffer: BufferId,
    pub(crate) batch: usize,
    pub(crate) channels: usize,
    pub(crate) height: usize,
    pub(crate) width: usize,
    /// Zeros: above and left of each plane; below and right.
    pub(crate) margins: [usize; 2],
}

impl Source {
    pub(crate) fn buffer(&self) -> BufferId {
        match self {
            Self::Blocked(picture) => picture.buffer,
            Self::Planes(planes) => planes.buffer,
        }
    }
}

impl Planes {
    pub(crate) fn row_stride(&self) -> usize {
        self.width + self.margins[0] + self.margins[1]
    }

    pub(crate) fn plane_stride(&self) -> usize {
        self.row_stride() * (self.height + self.margins[0] + self.margins[1])
    }

    pub(crate) fn elements(&self) -> usize {
        self.batch * self.channels * self.plane_stride()
    }
}

/// Which of the output's pixels a convolution makes: those of every so many-th row and column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Lattice {
    pub(crate) steps: [usize; 2],
    /// The first row and column.
    pub(crate) first: [usize; 2],
}

impl Lattice {
    /// All of them.
    pub(crate) const ALL: Self = Self { steps: [1, 1], first: [0, 0] };
}

/// A convolution, decided.
pub(crate) struct ConvStep {
    source: Source,
    out: Picture,
    lattice: Lattice,
    residual: Option<Picture>,
    /// Vertical and horizontal strides in elements of the source.
    source_strides: [usize; 2],
    /// From the source's first pixel, or its planes' first margin, to the first output's first tap.
    source_start: isize,
    image_stride: usize,
    groups: Vec<Group>,
    tiles: Tiles,
    weights: Aligned<f32>,
    biases: Aligned<f32>,
    groups_outside: bool,
    macs: u64,
}

/// Channel blocks that are made together.
struct Group {
    row: RowOfTiles,
    /// Where the channels that it reads begin.
    source_offset: usize,
    /// Where its weights begin.
    weights: usize,
}

/// What a convolution is built of.
pub(crate) struct ConvParts<'a> {
    pub(crate) conv: &'a Conv,
    /// `[m, c / groups, kh, kw]`
    pub(crate) weights: &'a [f32],
    pub(crate) weight_shape: [usize; 4],
    pub(crate) biases: &'a [f32],
    pub(crate) source: Source,
    pub(crate) out: Picture,
    pub(crate) lattice: Lattice,
    pub(crate) residual: Option<Picture>,
}

impl ConvStep {
    /// Packs the weights. Of several groups each must be made of whole blocks.
    pub(crate) fn new(kernels: &Kernels, parts: &ConvParts<'_>) -> Self {
        let layout = Layout::of(parts);
        let [rows_made, width_made] =
            [parts.out.height / parts.lattice.steps[0], parts.out.width / parts.lattice.steps[1]];
        let groups = parts.conv.groups;
        let [channels_out, channels_in, height, width] = parts.weight_shape;
        let made_each = channels_out / groups;
        let mut rows = Vec::new();
        let mut weights = Vec::new();
        for group in 0..groups {
            let stride = layout.tile_stride;
            let cuts = cut(kernels, width_made, made_each.div_ceil(LANES), stride, layout.run);
            for mut row in cuts {
                let first = row.first_block;
                row.first_block += group * made_each / LANES;
                let begin = weights.len();
                for &(tap, channels) in &layout.taps_of_weights {
                    for channel in channels..channels + layout.run {
                        for lane in 0..row.blocks * LANES {
                            let made = first * LANES + lane;
                            let exists = made < made_each && channel < channels_in;
                            let at =
                                ((group * made_each + made) * channels_in + channel) * height * width + tap;
                            weights.push(if exists { parts.weights[at] } else { 0.0 });
                        }
                    }
                }
                let source_offset = match &parts.source {
                    Source::Blocked(source) => group * channels_in / LANES * source.block_stride(),
                    Source::Planes(source) => group * channels_in * source.plane_stride(),
                };
                rows.push(Group { row, source_offset, weights: begin });
            }
        }
        let mut biases = parts.biases.to_vec();
        biases.resize(parts.out.blocks() * LANES, 0.0);
        let pixels = parts.out.batch * rows_made * width_made;
        let mut finish = finish_of(parts.conv, &parts.out, parts.residual.as_ref());
        finish.out_pixel_stride *= parts.lattice.steps[1];
        Self {
            source: parts.source,
            out: parts.out,
            lattice: parts.lattice,
            residual: parts.residual,
            source_strides: layout.source_strides,
            source_start: layout.source_start,
            image_stride: layout.image_stride,
            groups_outside: weights.len() * size_of::<f32>() > WEIGHTS_KEPT_BYTES
                || parts.out.batch * rows_made < ROWS_DIVIDED,
            groups: rows,
            tiles: Tiles { taps: layout.taps.into(), run: layout.run, stride: layout.tile_stride, finish },
            weights: aligned(&weights),
            biases: aligned(&biases),
            macs: (pixels * channels_out * channels_in * height * width) as u64,
        }
    }

    /// One row of one group's channels.
    ///
    /// # Safety
    /// - As for [`Step::run`].
    unsafe fn row(&self, memory: Memory<'_>, group: &Group, image: usize, row: usize) {
        let source = match &self.source {
            Source::Blocked(picture) => memory.picture(picture),
            Source::Planes(planes) => memory.base(planes.buffer).cast(),
        };
        let source = source
            .wrapping_add(image * self.image_stride + group.source_offset + row * self.source_strides[0])
            .wrapping_offset(self.source_start);
        let first = group.row.first_block;
        let Lattice { steps, first: [first_row, first_column] } = self.lattice;
        let place = self.out.at(image, first, row * steps[0] + first_row, first_column);
        let out = memory.picture(&self.out).wrapping_add(place);
        let residual = self.residual.as_ref().map_or(std::ptr::null_mut(), |residual| {
            memory.picture(residual).wrapping_add(residual.at(image, first, row, 0))
        });
        let mut at = TileAt {
            source,
            weights: self.weights.as_slice()[group.weights..].as_ptr(),
            biases: self.biases.as_slice()[first * LANES..].as_ptr(),
            out,
            residual,
            last_channels: LANES,
        };
        for &(column, tile) in &group.row.tiles {
            at.source = source.wrapping_add(column * self.source_strides[1]);
            at.out = out.wrapping_add(column * steps[1] * LANES);
            at.residual = residual.wrapping_add(column * LANES);
            // SAFETY: the source's margins are at least what the taps reach (the plan made them so), weights are packed
            // for this group, and the output is this row of a picture of the plan.
            unsafe { tile(&self.tiles, &at) };
        }
    }
}

impl Step for ConvStep {
    unsafe fn run(&self, memory: Memory<'_>, worker: Worker) {
        if self.lattice.first == [0, 0] {
            // SAFETY: as the caller promises.
            unsafe { clear_margins(memory, &self.out, worker) };
        }
        let height = self.out.height / self.lattice.steps[0];
        let rows = self.out.batch * height;
        let image_and_row = |row: usize| (row / height, row % height);
        if self.groups_outside {
            for unit in worker.share(self.groups.len() * rows) {
                let (image, row) = image_and_row(unit % rows);
                // SAFETY: as the caller promises.
                unsafe { self.row(memory, &self.groups[unit / rows], image, row) };
            }
        } else {
            for unit in worker.share(rows) {
                let (image, row) = image_and_row(unit);
                for group in &self.groups {
                    // SAFETY: as the caller promises.
                    unsafe { self.row(memory, group, image, row) };
                }
            }
        }
    }

    fn kernel(&self) -> &'static str {
        match self.source {
            Source::Blocked(_) => "conv",
            Source::Planes(_) => "conv of planes",
        }
    }

    fn macs(&self) -> u64 {
        self.macs
    }

    fn weight_bytes(&self) -> usize {
        size_of_val(self.weights.as_slice())
    }
}

/// How tiles walk a source.
struct Layout {
    taps: Vec<u32>,
    /// For each tap its place in the filter and its first channel.
    taps_of_weights: Vec<(usize, usize)>,
    run: usize,
    tile_stride: usize,
    source_strides: [usize; 2],
    source_start: isize,
    image_stride: usize,
}

impl Layout {
    fn of(parts: &ConvParts<'_>) -> Self {
        let conv = parts.conv;
        let [_, channels_in, height, width] = parts.weight_shape;
        let (run, pixel, row, block, image, start) = match &parts.source {
            Source::Blocked(source) => {
                let (row, block) = (source.row_stride(), source.block_stride());
                let back = conv.pads[0] * row + conv.pads[1] * LANES;
                // Half a block at a time where the last block is at most half full.
                let is_half = (1..=LANES / 2).contains(&(channels_in % LANES));
                let run = if is_half { LANES / 2 } else { LANES };
                (run, LANES, row, block, source.image_stride, -(back as isize))
            }
            Source::Planes(source) => {
                let (row, plane) = (source.row_stride(), source.plane_stride());
                let first = source.margins[0];
                let start = (first - conv.pads[0]) * row + first - conv.pads[1];
                (1, 1, row, plane, source.channels * plane, start as isize)
            }
        };
        let mut taps = Vec::new();
        let mut taps_of_weights = Vec::new();
        for tap in 0..height * width {
            let (y, x) = (tap / width, tap % width);
            let at = y * conv.dilations[0] * row + x * conv.dilations[1] * pixel;
            for part in 0..channels_in.div_ceil(run) {
                // Channels of a block lie beside each other, planes are blocks of one.
                let channel = part * run;
                let place = at + channel / pixel * block + channel % pixel;
                taps.push(u32::try_from(place).expect("a picture of under 16 GB"));
                taps_of_weights.push((tap, part * run));
            }
        }
        Self {
            taps,
            taps_of_weights,
            run,
            tile_stride: conv.strides[1] * pixel,
            source_strides: [conv.strides[0] * row, conv.strides[1] * pixel],
            source_start: start,
            image_stride: image,
        }
    }
}

/// The same, at the start of a cache line.
pub(super) fn aligned(values: &[f32]) -> Aligned<f32> {
    let mut aligned = Aligned::new(values.len());
    aligned.as_mut_slice().copy_from_slice(values);
    aligned
}

/// The epilogue of a step that writes `out`.
pub(super) fn finish_of(conv: &Conv, out: &Picture, residual: Option<&Picture>) -> Finish {
    Finish {
        stores_sums: false,
        activation: conv.epilogue.activation,
        residual: conv.epilogue.residual,
        out_pixel_stride: LANES,
        out_block_stride: out.block_stride(),
        residual_pixel_stride: LANES,
        residual_block_stride: residual.map_or(0, Picture::block_stride),
    }
}

impl fmt::Debug for ConvStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConvStep")
            .field("source", &self.source)
            .field("out", &self.out)
            .finish_non_exhaustive()
    }
}
