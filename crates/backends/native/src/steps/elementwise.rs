//! Functions of each element, and of pairs of elements: on pictures in blocks and on dense tensors.

use std::fmt;

use ocelli_frame::Aligned;

use super::conv::aligned;
use super::dense::DenseF32;
use super::{Memory, Picture, Step, Worker, clear_margins, for_each_row};
use crate::kernels::elementwise::{BinaryAt, UnaryAt};
use crate::kernels::entries::Kernels;
use crate::kernels::simd::LANES;
use crate::ops::{Binary, Unary};

/// A function of each element of a picture.
pub(crate) struct MapPictureStep {
    kernels: Kernels,
    unary: Unary,
    source: Picture,
    out: Picture,
}

/// A partner of a picture.
#[derive(Debug)]
pub(crate) enum Partner {
    /// Of the same shape.
    Picture(Picture),
    /// One pixel for each image.
    Pixel(Picture),
    /// A number for each channel, the same in all images.
    Channels(Aligned<f32>),
}

/// Pairs of elements of a picture.
pub(crate) struct CombinePicturesStep {
    kernels: Kernels,
    binary: Binary,
    partners: [Partner; 2],
    out: Picture,
}

/// A function of each element of a dense tensor.
pub(crate) struct MapStep {
    kernels: Kernels,
    unary: Unary,
    source: DenseF32,
    out: DenseF32,
    elements: usize,
}

/// Elements that a thread takes at a time: a multiple of a vector.
const PIECE: usize = 4096;

impl MapPictureStep {
    pub(crate) fn new(kernels: &Kernels, unary: Unary, source: Picture, out: Picture) -> Self {
        Self { kernels: *kernels, unary, source, out }
    }
}

impl Step for MapPictureStep {
    unsafe fn run(&self, memory: Memory<'_>, worker: Worker) {
        // SAFETY: as the caller promises.
        unsafe { clear_margins(memory, &self.out, worker) };
        for_each_row(&self.out, worker, |image, block, row| {
            let place =
                |picture: &Picture| memory.picture(picture).wrapping_add(picture.at(image, block, row, 0));
            let count = self.out.width * LANES;
            let at = UnaryAt { source: place(&self.source), out: place(&self.out), count };
            // SAFETY: a row of each.
            unsafe { (self.kernels.unary)(Some(self.unary), &at) };
        });
    }

    fn kernel(&self) -> &'static str {
        "map blocks"
    }
}

impl Partner {
    /// A number for each channel, or one for all.
    pub(crate) fn channels(numbers: &[f32], channels: usize) -> Self {
        let mut padded: Vec<_> = (0..channels).map(|channel| numbers[channel % numbers.len()]).collect();
        // Ones: what is divided by channels that do not exist stays a number.
        padded.resize(channels.next_multiple_of(LANES), 1.0);
        Self::Channels(aligned(&padded))
    }
}

impl CombinePicturesStep {
    pub(crate) fn new(kernels: &Kernels, binary: Binary, partners: [Partner; 2], out: Picture) -> Self {
        Self { kernels: *kernels, binary, partners, out }
    }
}

impl Step for CombinePicturesStep {
    unsafe fn run(&self, memory: Memory<'_>, worker: Worker) {
        // SAFETY: as the caller promises.
        unsafe { clear_margins(memory, &self.out, worker) };
        let are_pictures = self.partners.iter().all(|partner| matches!(partner, Partner::Picture(_)));
        for_each_row(&self.out, worker, |image, block, row| {
            let source = |partner: &Partner| match partner {
                Partner::Picture(picture) => {
                    memory.picture(picture).wrapping_add(picture.at(image, block, row, 0)).cast_const()
                }
                Partner::Pixel(picture) => {
                    memory.picture(picture).wrapping_add(picture.at(image, block, 0, 0)).cast_const()
                }
                Partner::Channels(numbers) => numbers.as_slice()[block * LANES..].as_ptr(),
            };
            let step = |partner: &Partner| if matches!(partner, Partner::Picture(_)) { LANES } else { 0 };
            let out = memory.picture(&self.out).wrapping_add(self.out.at(image, block, row, 0));
            let [a, b] = &self.partners;
            // A whole row at once where both have one, else pixel by pixel.
            let (pixels, count) =
                if are_pictures { (1, self.out.width * LANES) } else { (self.out.width, LANES) };
            for pixel in 0..pixels {
                let at = BinaryAt {
                    sources: [a, b].map(|partner| source(partner).wrapping_add(pixel * step(partner))),
                    steps: [1, 1],
                    out: out.wrapping_add(pixel * LANES),
                    count,
                };
                // SAFETY: a row of each, or a pixel of each and the block's numbers.
                unsafe { (self.kernels.binary)(self.binary, &at) };
            }
        });
    }

    fn kernel(&self) -> &'static str {
        "combine blocks"
    }
}

impl MapStep {
    pub(crate) fn new(
        kernels: &Kernels,
        unary: Unary,
        source: DenseF32,
        out: DenseF32,
        elements: usize,
    ) -> Self {
        Self { kernels: *kernels, unary, source, out, elements }
    }
}

impl Step for MapStep {
    unsafe fn run(&self, memory: Memory<'_>, worker: Worker) {
        let pieces = worker.share(self.elements.div_ceil(PIECE));
        let (begin, end) = (pieces.start * PIECE, (pieces.end * PIECE).min(self.elements));
        if begin < end {
            let at = UnaryAt {
                source: memory.f32(self.source).wrapping_add(begin),
                out: memory.f32(self.out).wrapping_add(begin),
                count: end - begin,
            };
            // SAFETY: a part of each.
            unsafe { (self.kernels.unary)(Some(self.unary), &at) };
        }
    }

    fn kernel(&self) -> &'static str {
        "map"
    }
}

impl fmt::Debug for MapPictureStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MapPictureStep({:?}, {:?})", self.unary, self.out)
    }
}

impl fmt::Debug for CombinePicturesStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CombinePicturesStep({:?}, {:?})", self.binary, self.out)
    }
}

impl fmt::Debug for MapStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MapStep({:?}, {} elements)", self.unary, self.elements)
    }
}
