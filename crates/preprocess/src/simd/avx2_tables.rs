//! Byte shuffles for AVX2: which byte of its own lane comes into the high byte of each word.

/// A shuffle index that gives 0.
const NOTHING: u8 = 0x80;

/// Byte `i` of 16.
pub(super) const IN_ORDER: [u8; 32] = high_bytes([0, 1, 2, 3, 8, 9, 10, 11], 4);
/// Byte `i / 2` of 8.
pub(super) const DOUBLED: [u8; 32] = high_bytes([0, 0, 1, 1, 4, 4, 5, 5], 2);
/// Of 8 pairs, the first byte of pair `i / 2`; and the second.
pub(super) const DOUBLED_PAIRS: [[u8; 32]; 2] =
    [high_bytes([0, 0, 2, 2, 8, 8, 10, 10], 4), high_bytes([1, 1, 3, 3, 9, 9, 11, 11], 4)];

/// Of a lane's four groups of `Y0 Cb Y1 Cr`, each byte twice.
pub(super) const YUYV_CB: [u8; 32] = high_bytes([1, 1, 5, 5, 9, 9, 13, 13], 0);
pub(super) const YUYV_CR: [u8; 32] = high_bytes([3, 3, 7, 7, 11, 11, 15, 15], 0);
/// All first bytes of the groups, then all third ones.
pub(super) const YUYV_LUMA: [u8; 32] = high_bytes([0, 4, 8, 12, 2, 6, 10, 14], 0);
/// All second bytes of the groups, then all fourth ones.
pub(super) const YUYV_CHROMA: [u8; 32] = high_bytes([1, 5, 9, 13, 3, 7, 11, 15], 0);

/// Number `n` of four triples in a lane's bytes 0..12, to its first words.
pub(super) const TRIPLES_EARLY: [[u8; 32]; 3] = [
    high_bytes([0, 3, 6, 9, NOTHING, NOTHING, NOTHING, NOTHING], 0),
    high_bytes([1, 4, 7, 10, NOTHING, NOTHING, NOTHING, NOTHING], 0),
    high_bytes([2, 5, 8, 11, NOTHING, NOTHING, NOTHING, NOTHING], 0),
];
/// Number `n` of four triples in a lane's bytes 4..16, to its last words.
pub(super) const TRIPLES_LATE: [[u8; 32]; 3] = [
    high_bytes([NOTHING, NOTHING, NOTHING, NOTHING, 4, 7, 10, 13], 0),
    high_bytes([NOTHING, NOTHING, NOTHING, NOTHING, 5, 8, 11, 14], 0),
    high_bytes([NOTHING, NOTHING, NOTHING, NOTHING, 6, 9, 12, 15], 0),
];

/// Number `n` of a lane's eight sextuples, by thirds of its 48 bytes.
pub(super) const SEXTUPLES: [[[u8; 32]; 3]; 6] = {
    let mut shuffles = [[[NOTHING; 32]; 3]; 6];
    let mut number = 0;
    while number < 6 {
        let mut third = 0;
        while third < 3 {
            let mut lane = [NOTHING; 8];
            let mut pixel = 0;
            while pixel < 8 {
                let byte = 6 * pixel + number;
                if byte / 16 == third {
                    lane[pixel] = (byte % 16) as u8;
                }
                pixel += 1;
            }
            shuffles[number][third] = high_bytes(lane, 0);
            third += 1;
        }
        number += 1;
    }
    shuffles
};

/// A quad's first numbers, then its second ones.
pub(super) const QUAD_FIRST_AND_SECOND: [u8; 32] = high_bytes([0, 1, 2, 3, 4, 5, 6, 7], 0);
/// A quad's third numbers.
pub(super) const QUAD_THIRD: [u8; 32] = high_bytes([8, 9, 10, 11, NOTHING, NOTHING, NOTHING, NOTHING], 0);

/// Where byte `i` of output vector `v` comes from in channel `c`: element `16 * v + i` is channel `% 3`, pixel `/ 3`.
pub(super) const SPREAD: [[[u8; 16]; 3]; 3] = {
    let mut spread = [[[NOTHING; 16]; 3]; 3];
    let mut element = 0;
    while element < 48 {
        spread[element / 16][element % 3][element % 16] = (element / 3) as u8;
        element += 1;
    }
    spread
};

/// A shuffle that fills the high bytes of each lane's eight words; the upper lane's indices are `upper` greater.
const fn high_bytes(lane: [u8; 8], upper: u8) -> [u8; 32] {
    let mut shuffle = [NOTHING; 32];
    let mut word = 0;
    while word < 8 {
        if lane[word] != NOTHING {
            shuffle[2 * word + 1] = lane[word];
            shuffle[16 + 2 * word + 1] = lane[word] + upper;
        }
        word += 1;
    }
    shuffle
}
