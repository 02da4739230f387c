//! Between dense tensors and pictures in blocks, and from one picture to another.

use super::dense::DenseF32;
use super::{Memory, Picture, Planes, Step, Worker, clear_margins, for_each_row};
use crate::kernels::entries::Kernels;
use crate::kernels::simd::LANES;
use crate::kernels::transpose::BlocksAt;

/// Which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    ToBlocks,
    FromBlocks,
}

/// Planes of f32 that may lie in a larger dense tensor: `[n * c][h * w]`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PlanesIn {
    pub(crate) tensor: DenseF32,
    /// Where the first begins, in elements.
    pub(crate) offset: usize,
    /// From one to the next.
    pub(crate) stride: usize,
}

/// Planes and a picture of the same shape: the one made of the other.
pub(crate) struct ConvertStep {
    kernels: Kernels,
    direction: Direction,
    planes: PlanesIn,
    picture: Picture,
}

impl ConvertStep {
    pub(crate) fn new(kernels: &Kernels, direction: Direction, planes: PlanesIn, picture: Picture) -> Self {
        Self { kernels: *kernels, direction, planes, picture }
    }
}

impl Step for ConvertStep {
    unsafe fn run(&self, memory: Memory<'_>, worker: Worker) {
        let picture = &self.picture;
        if self.direction == Direction::ToBlocks {
            // SAFETY: as the caller promises.
            unsafe { clear_margins(memory, picture, worker) };
        }
        let (height, width) = (picture.height, picture.width);
        // Rows that follow each other in both are one.
        let (rows, pixels) = if picture.margin == 0 { (1, height * width) } else { (height, width) };
        let pieces = if rows == 1 { pixels.div_ceil(PIECE) } else { rows };
        for unit in worker.share(picture.batch * picture.blocks() * pieces) {
            let (plane, piece) = (unit / pieces, unit % pieces);
            let (image, block) = (plane / picture.blocks(), plane % picture.blocks());
            let first = if rows == 1 { piece * PIECE } else { piece * width };
            let count = if rows == 1 { PIECE.min(pixels - first) } else { pixels };
            let channel = image * picture.channels + block * LANES;
            let at = BlocksAt {
                planes: memory
                    .f32(self.planes.tensor)
                    .wrapping_add(self.planes.offset + channel * self.planes.stride + first),
                plane_stride: self.planes.stride,
                channels: (picture.channels - block * LANES).min(LANES),
                block: memory.picture(picture).wrapping_add(picture.at(
                    image,
                    block,
                    first / width,
                    first % width,
                )),
                pixels: count,
            };
            // SAFETY: both have this part, of the same shape.
            unsafe {
                match self.direction {
                    Direction::ToBlocks => (self.kernels.to_blocks)(&at),
                    Direction::FromBlocks => (self.kernels.from_blocks)(&at),
                }
            }
        }
    }

    fn kernel(&self) -> &'static str {
        match self.direction {
            Direction::ToBlocks => "to blocks",
            Direction::FromBlocks => "from blocks",
        }
    }
}

/// Pixels of a plane without margins that are converted at a time.
const PIECE: usize = 512;

/// A dense `[n, c, h, w]` with zeros around each plane.
#[derive(Debug)]
pub(crate) struct PlanesStep {
    dense: DenseF32,
    planes: Planes,
}

impl PlanesStep {
    pub(crate) fn new(dense: DenseF32, planes: Planes) -> Self {
        Self { dense, planes }
    }
}

impl Step for PlanesStep {
    unsafe fn run(&self, memory: Memory<'_>, worker: Worker) {
        let planes = &self.planes;
        let [before, after] = planes.margins;
        let (row_stride, rows) = (planes.row_stride(), before + planes.height + after);
        for unit in worker.share(planes.batch * planes.channels * rows) {
            let (plane, row) = (unit / rows, unit % rows);
            let out = memory.base(planes.buffer).cast::<f32>().wrapping_add(unit * row_stride);
            // SAFETY: a row of the planes, and one of the dense tensor.
            unsafe {
                if row < before || row >= before + planes.height {
                    out.write_bytes(0, row_stride);
                    continue;
                }
                let source = memory.f32(self.dense);
                let source = source.add((plane * planes.height + row - before) * planes.width);
                out.write_bytes(0, before);
                out.add(before).copy_from_nonoverlapping(source, planes.width);
                out.add(before + planes.width).write_bytes(0, after);
            }
        }
    }

    fn kernel(&self) -> &'static str {
        "planes"
    }
}

/// A picture into another place.
#[derive(Debug)]
pub(crate) struct CopyPictureStep {
    source: Picture,
    out: Picture,
}

impl CopyPictureStep {
    pub(crate) fn new(source: Picture, out: Picture) -> Self {
        Self { source, out }
    }
}

impl Step for CopyPictureStep {
    unsafe fn run(&self, memory: Memory<'_>, worker: Worker) {
        let (source, out) = (&self.source, &self.out);
        // SAFETY: as the caller promises.
        unsafe { clear_margins(memory, out, worker) };
        for_each_row(out, worker, |image, block, row| {
            let from = memory.picture(source).wrapping_add(source.at(image, block, row, 0));
            let to = memory.picture(out).wrapping_add(out.at(image, block, row, 0));
            // SAFETY: a row of each, of the same width, in places that do not overlap.
            unsafe { to.copy_from_nonoverlapping(from, out.width * LANES) };
        });
    }

    fn kernel(&self) -> &'static str {
        "copy"
    }
}

impl std::fmt::Debug for ConvertStep {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let kind = self.direction;
        f.debug_struct("ConvertStep")
            .field("direction", &kind)
            .field("picture", &self.picture)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::isa::Isa;
    use crate::steps::BufferId;

    #[test]
    fn there_and_back_is_the_same_on_every_instruction_set() {
        let shape = [2, 21, 5, 19];
        let count: usize = shape.iter().product();
        for isa in Isa::available() {
            for margin in [0, 1, 3] {
                let kernels = Kernels::of(isa);
                let picture = Picture::whole(BufferId(1), shape, margin);
                let [n, c, h, w] = shape;
                let mut dense: Vec<f32> = (0..count).map(|index| index as f32).collect();
                let mut blocks = vec![f32::NAN; Picture::elements(n, c, h, w, margin)];
                let mut back = vec![0.0f32; count];
                let bases = [dense.as_mut_ptr().cast(), blocks.as_mut_ptr().cast(), back.as_mut_ptr().cast()];
                let memory = Memory::new(&bases);
                let planes =
                    |buffer| PlanesIn { tensor: DenseF32::new(BufferId(buffer)), offset: 0, stride: h * w };
                let there = ConvertStep::new(&kernels, Direction::ToBlocks, planes(0), picture);
                let again = ConvertStep::new(&kernels, Direction::FromBlocks, planes(2), picture);
                for step in [&there, &again] {
                    for index in 0..3 {
                        let worker = Worker { index, count: 3, scratch: std::ptr::null_mut() };
                        // SAFETY: buffers of the lengths that the shapes say; one thread.
                        unsafe { step.run(memory, worker) };
                    }
                }
                assert_eq!(back, dense, "{isa}, margin {margin}");
                assert!(
                    blocks.iter().all(|value| !value.is_nan()),
                    "{isa}: every element of a picture is written"
                );
            }
        }
    }
}
