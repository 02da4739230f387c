//! Byte permutations for AVX-512: which byte comes into the high byte of each word. All indices of one permutation are
//! taken modulo 64, and masks say from which of the loaded vectors.

/// Pixels of a block.
const LANES: usize = 32;

/// A permutation of the bytes of `N` vectors.
pub(super) struct Gather<const N: usize> {
    pub(super) indices: [u8; 64],
    /// Which bytes come from each of the vectors.
    pub(super) masks: [u64; N],
}

/// Where the byte of a pixel lies.
#[derive(Clone, Copy)]
struct Place {
    /// Bytes of a group of pixels.
    group_bytes: usize,
    /// Pixels of a group.
    group: usize,
    /// Bytes from pixel to pixel in a group.
    step: usize,
    /// From the start of the group.
    offset: usize,
}

impl Place {
    const fn of_pixels(bytes: usize, offset: usize) -> Self {
        Self { group_bytes: bytes, group: 1, step: 0, offset }
    }

    const fn of_twins(bytes: usize, offset: usize) -> Self {
        Self { group_bytes: bytes, group: 2, step: 0, offset }
    }
}

pub(super) const BYTES: Gather<1> = gather([0], Place::of_pixels(1, 0));
pub(super) const DOUBLED: Gather<1> = gather([0], Place::of_twins(1, 0));
pub(super) const DOUBLED_PAIRS: [Gather<1>; 2] =
    [gather([0], Place::of_twins(2, 0)), gather([0], Place::of_twins(2, 1))];
pub(super) const PAIRS: [Gather<1>; 2] =
    [gather([0], Place::of_pixels(2, 0)), gather([0], Place::of_pixels(2, 1))];
/// Y, Cb, Cr.
pub(super) const YUYV: [Gather<1>; 3] = [
    gather([0], Place::of_pixels(2, 0)),
    gather([0], Place::of_twins(4, 1)),
    gather([0], Place::of_twins(4, 3)),
];
/// Y0, Y1, Cb, Cr.
pub(super) const YUYV_PAIRS: [Gather<2>; 4] = [
    gather([0, 64], Place::of_pixels(4, 0)),
    gather([0, 64], Place::of_pixels(4, 2)),
    gather([0, 64], Place::of_pixels(4, 1)),
    gather([0, 64], Place::of_pixels(4, 3)),
];
pub(super) const TRIPLES: [Gather<2>; 3] = [
    gather([0, 32], Place::of_pixels(3, 0)),
    gather([0, 32], Place::of_pixels(3, 1)),
    gather([0, 32], Place::of_pixels(3, 2)),
];
pub(super) const SEXTUPLES: [Gather<4>; 6] = [
    gather([0, 32, 96, 128], Place::of_pixels(6, 0)),
    gather([0, 32, 96, 128], Place::of_pixels(6, 1)),
    gather([0, 32, 96, 128], Place::of_pixels(6, 2)),
    gather([0, 32, 96, 128], Place::of_pixels(6, 3)),
    gather([0, 32, 96, 128], Place::of_pixels(6, 4)),
    gather([0, 32, 96, 128], Place::of_pixels(6, 5)),
];
/// First, second and third numbers of quads (see `pick`).
pub(super) const QUADS: [Gather<2>; 3] = [quads(0), quads(4), quads(8)];

const fn quads(offset: usize) -> Gather<2> {
    gather([0, 64], Place { group_bytes: 16, group: 4, step: 1, offset })
}

/// `starts` is where each vector of 64 bytes starts. The first one that has a byte gives it.
const fn gather<const N: usize>(starts: [usize; N], place: Place) -> Gather<N> {
    let mut gather = Gather { indices: [0; 64], masks: [0; N] };
    let mut word = 0;
    while word < LANES {
        // Lane `i` holds four pixels from `4 * i` on, and the four that are half a block further.
        let pixel = 4 * (word / 8) + word % 4 + word % 8 / 4 * (LANES / 2);
        let byte = pixel / place.group * place.group_bytes + pixel % place.group * place.step + place.offset;
        let mut vector = 0;
        while byte >= starts[vector] + 64 {
            vector += 1;
        }
        gather.indices[2 * word + 1] = (byte - starts[vector]) as u8;
        gather.masks[vector] |= 1 << (2 * word + 1);
        word += 1;
    }
    gather
}
