//! Where tensors lie in a session's memory.

use std::ops::Range;

use crate::kernels::simd::LANES;

/// The buffers of a session: where each begins. Distances from there are in f32 elements or, for dense tensors, bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Memory<'a> {
    bases: &'a [*mut u8],
}

/// A buffer of the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct BufferId(pub(crate) usize);

/// One of the threads that work on a step, and memory of its own.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Worker {
    pub(crate) index: usize,
    pub(crate) count: usize,
    /// Aligned to a cache line, and as long as the plan's longest wish.
    pub(crate) scratch: *mut f32,
}

/// A picture in blocks of 16 channels, `[batch][block][row][column][16]`, with a margin around each plane: `margin` rows
/// above and below, and `margin` columns between rows, where the right one of each row is the left one of the next. All
/// distances are in f32 elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Picture {
    pub(crate) buffer: BufferId,
    /// The first element of the first pixel.
    pub(crate) offset: usize,
    pub(crate) batch: usize,
    pub(crate) channels: usize,
    pub(crate) height: usize,
    pub(crate) width: usize,
    pub(crate) margin: usize,
    /// From image to image: the buffer may have more channels than this picture.
    pub(crate) image_stride: usize,
}

impl<'a> Memory<'a> {
    pub(crate) fn new(bases: &'a [*mut u8]) -> Self {
        Self { bases }
    }

    pub(crate) fn base(&self, buffer: BufferId) -> *mut u8 {
        self.bases[buffer.0]
    }

    /// A picture's first pixel.
    pub(crate) fn picture(&self, picture: &Picture) -> *mut f32 {
        self.base(picture.buffer).cast::<f32>().wrapping_add(picture.offset)
    }
}

impl Worker {
    /// This worker's part of `units`: all parts together are all of them, once.
    pub(crate) fn share(&self, units: usize) -> Range<usize> {
        units * self.index / self.count..units * (self.index + 1) / self.count
    }
}

impl Picture {
    /// The elements of a buffer that holds such a picture.
    pub(crate) fn elements(
        batch: usize,
        channels: usize,
        height: usize,
        width: usize,
        margin: usize,
    ) -> usize {
        batch * channels.div_ceil(LANES) * plane_elements(height, width, margin)
    }

    /// A picture that has a buffer to itself.
    pub(crate) fn whole(buffer: BufferId, shape: [usize; 4], margin: usize) -> Self {
        let [batch, channels, height, width] = shape;
        let image_stride = Self::elements(1, channels, height, width, margin);
        let mut picture = Self { buffer, offset: 0, batch, channels, height, width, margin, image_stride };
        picture.offset = margin * picture.row_stride() + margin * LANES;
        picture
    }

    /// Some of its channels, from a multiple of 16.
    pub(crate) fn slice(&self, first_channel: usize, channels: usize) -> Self {
        assert_eq!(first_channel % LANES, 0, "pictures are cut between blocks");
        Self { offset: self.offset + first_channel / LANES * self.block_stride(), channels, ..*self }
    }

    pub(crate) fn blocks(&self) -> usize {
        self.channels.div_ceil(LANES)
    }

    pub(crate) fn row_stride(&self) -> usize {
        (self.width + self.margin) * LANES
    }

    pub(crate) fn block_stride(&self) -> usize {
        plane_elements(self.height, self.width, self.margin)
    }

    /// From the first element to that of another place.
    pub(crate) fn at(&self, image: usize, block: usize, row: usize, column: usize) -> usize {
        image * self.image_stride + block * self.block_stride() + row * self.row_stride() + column * LANES
    }
}

fn plane_elements(height: usize, width: usize, margin: usize) -> usize {
    ((height + 2 * margin) * (width + margin) + margin) * LANES
}

/// Writes the zeros around a worker's share of a picture's planes.
///
/// # Safety
/// - The picture lies in `memory`, and nobody else works on its margins.
pub(crate) unsafe fn clear_margins(memory: Memory<'_>, picture: &Picture, worker: Worker) {
    if picture.margin == 0 {
        return;
    }
    let (row, margin) = (picture.row_stride(), picture.margin * LANES);
    for unit in worker.share(picture.batch * picture.blocks()) {
        let (image, block) = (unit / picture.blocks(), unit % picture.blocks());
        let first = memory.picture(picture).wrapping_add(picture.at(image, block, 0, 0));
        // SAFETY: the plane has `margin` rows above and below, a margin before its first row's first pixel and one after
        // each row.
        unsafe {
            let above = picture.margin * row + margin;
            first.sub(above).write_bytes(0, above);
            for line in 1..picture.height {
                first.add(line * row - margin).write_bytes(0, margin);
            }
            first.add(picture.height * row - margin).write_bytes(0, above);
        }
    }
}

/// A worker's share of a picture's rows: image, block, row.
pub(crate) fn for_each_row(picture: &Picture, worker: Worker, mut visit: impl FnMut(usize, usize, usize)) {
    for unit in worker.share(picture.batch * picture.blocks() * picture.height) {
        let (plane, row) = (unit / picture.height, unit % picture.height);
        visit(plane / picture.blocks(), plane % picture.blocks(), row);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn margins_are_all_that_is_cleared() {
        let picture = Picture::whole(BufferId(0), [2, 20, 3, 5], 2);
        let count = Picture::elements(2, 20, 3, 5, 2);
        let mut buffer = vec![1.0f32; count];
        let bases = [buffer.as_mut_ptr().cast::<u8>()];
        for index in 0..3 {
            let worker = Worker { index, count: 3, scratch: std::ptr::null_mut() };
            // SAFETY: the buffer is as long as the picture says, and this thread alone works on it.
            unsafe { clear_margins(Memory::new(&bases), &picture, worker) };
        }
        let ones = buffer.iter().filter(|&&value| value == 1.0).count();
        assert_eq!(ones, 2 * 2 * 3 * 5 * LANES, "every pixel is left alone, everything else is zero");
        for (image, block, row, column) in [(0, 0, 0, 0), (1, 1, 2, 4), (0, 1, 1, 3)] {
            assert_eq!(buffer[picture.offset + picture.at(image, block, row, column)], 1.0);
        }
        assert_eq!(buffer[picture.offset - 1], 0.0);
    }

    #[test]
    fn shares_are_everything_once() {
        for units in [0, 1, 2, 7, 64] {
            for count in 1..5 {
                let mut seen = vec![0; units];
                for index in 0..count {
                    Worker { index, count, scratch: std::ptr::null_mut() }
                        .share(units)
                        .for_each(|unit| seen[unit] += 1);
                }
                assert_eq!(seen, vec![1; units]);
            }
        }
    }
}
