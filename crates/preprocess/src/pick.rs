//! Which bytes of a source row a target row is made of, as loads and byte shuffles: any scale at the price of a few
//! loads for every four target columns.
//!
//! Four columns are a **quad**: 16 bytes that hold their first numbers (Y or R), second, third, and four unused bytes. A
//! quad is the bitwise or of `terms` shuffled windows; which plane each term loads from is the same for all quads.
//!
//! Windows lie as kernels want them: by blocks of the instruction set's lanes, of which the first half of the quads and
//! the second half become a vector each, and in such a half by terms.

use crate::row::SourceLayout;

/// Bytes of one load.
pub(crate) const WINDOW: usize = 16;

/// A shuffle index that gives 0.
const NOTHING: u8 = 0x80;

/// The counts of terms that kernels are made for; a quad of three planes never needs more than four loads of each.
pub(crate) const TERM_COUNTS: [usize; 5] = [1, 2, 3, 4, 12];

/// One load of a quad: `shuffle[i]` says which of the 16 bytes from `offset` on becomes byte `i`.
#[derive(Clone, Copy, Debug)]
struct Term {
    shuffle: [u8; WINDOW],
    offset: u32,
}

/// The quads of a row. Private fields: kernels rest on every load lying inside `row_bytes`.
#[derive(Debug)]
pub(crate) struct Picks {
    term_planes: Vec<usize>,
    offsets: Vec<u32>,
    shuffles: Vec<[u8; WINDOW]>,
    row_bytes: [usize; 3],
    lanes: usize,
}

impl Picks {
    /// `columns` are source columns, whole blocks of `lanes` of them. `None` where a row of the source is shorter than one
    /// load.
    pub(crate) fn new(
        layout: SourceLayout,
        columns: &[u32],
        row_bytes: [usize; 3],
        lanes: usize,
    ) -> Option<Self> {
        if layout.places(0).iter().any(|&(plane, _)| row_bytes[plane] < WINDOW) {
            return None;
        }
        let quads: Vec<_> =
            columns.as_chunks::<4>().0.iter().map(|quad| quad_terms(layout, *quad, row_bytes)).collect();
        let needed =
            [0, 1, 2].map(|plane: usize| quads.iter().map(|quad| quad[plane].len()).max().unwrap_or(0));
        let mut places: Vec<_> =
            (0..3).flat_map(|plane| (0..needed[plane]).map(move |index| (plane, index))).collect();
        let count = TERM_COUNTS.into_iter().find(|&count| count >= places.len())?;
        places.resize(count, (0, usize::MAX));
        let nothing = Term { shuffle: [NOTHING; WINDOW], offset: 0 };
        let by_halves = quads.chunks(lanes / 8).flat_map(|half| {
            places.iter().flat_map(move |&(plane, index)| {
                half.iter().map(move |quad| quad[plane].get(index).copied().unwrap_or(nothing))
            })
        });
        let (offsets, shuffles) = by_halves.map(|term| (term.offset, term.shuffle)).unzip();
        let term_planes = places.iter().map(|&(plane, _)| plane).collect();
        Some(Self { term_planes, offsets, shuffles, row_bytes, lanes })
    }

    /// The plane of each term of a quad: one of `TERM_COUNTS` many.
    pub(crate) fn term_planes(&self) -> &[usize] {
        &self.term_planes
    }

    /// Where each window starts: for each half of a block, for each term, `lanes / 8` quads.
    pub(crate) fn offsets(&self) -> &[u32] {
        &self.offsets
    }

    /// Which byte of its window becomes byte `i` of the quad; in the order of `offsets`.
    pub(crate) fn shuffles(&self) -> &[[u8; WINDOW]] {
        &self.shuffles
    }

    /// Whole blocks.
    pub(crate) fn blocks(&self) -> usize {
        self.offsets.len() / (self.term_planes.len() * (self.lanes / 4))
    }

    /// Columns of a block.
    pub(crate) fn lanes(&self) -> usize {
        self.lanes
    }

    /// What each plane's row must have for every load to stay inside it.
    pub(crate) fn row_bytes(&self) -> [usize; 3] {
        self.row_bytes
    }
}

/// The loads that one quad needs of each plane.
fn quad_terms(layout: SourceLayout, quad: [u32; 4], row_bytes: [usize; 3]) -> [Vec<Term>; 3] {
    let mut terms = [const { Vec::<Term>::new() }; 3];
    for (index, column) in quad.into_iter().enumerate() {
        let places = layout.places(column as usize);
        for (number, (plane, byte)) in places.into_iter().enumerate() {
            let terms = &mut terms[plane];
            let reaches = |term: &Term| {
                let offset = term.offset as usize;
                (offset..offset + WINDOW).contains(&byte)
            };
            let term = terms.iter().position(reaches).unwrap_or_else(|| {
                let of_plane = places.iter().filter(|place| place.0 == plane);
                let start = of_plane.map(|place| place.1).min().unwrap_or(byte);
                let offset = start.min(row_bytes[plane] - WINDOW);
                terms.push(Term { shuffle: [NOTHING; WINDOW], offset: offset as u32 });
                terms.len() - 1
            });
            terms[term].shuffle[4 * number + index] = (byte - terms[term].offset as usize) as u8;
        }
    }
    terms
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every quad byte is the byte that the layout names, and no load leaves its row.
    fn check(layout: SourceLayout, width: usize, columns: &[u32], row_bytes: [usize; 3]) {
        for lanes in [8, 16, 32] {
            check_lanes(layout, width, columns, row_bytes, lanes);
        }
    }

    fn check_lanes(layout: SourceLayout, width: usize, columns: &[u32], row_bytes: [usize; 3], lanes: usize) {
        let picks = Picks::new(layout, columns, row_bytes, lanes).expect("rows are long enough");
        let planes: [Vec<u8>; 3] =
            [0, 1, 2].map(|plane| (0..row_bytes[plane]).map(|byte| (byte * 7 + plane * 91) as u8).collect());
        let count = picks.term_planes.len();
        for (x, &column) in columns.iter().enumerate() {
            let mut quad = [0u8; WINDOW];
            let (half, in_half) = (x / 4 / (lanes / 8), x / 4 % (lanes / 8));
            for (term, &plane) in picks.term_planes.iter().enumerate() {
                let at = (half * count + term) * (lanes / 8) + in_half;
                let window = &planes[plane][picks.offsets[at] as usize..][..WINDOW];
                for (byte, &index) in quad.iter_mut().zip(&picks.shuffles[at]) {
                    *byte |= if index == NOTHING { 0 } else { window[usize::from(index)] };
                }
            }
            for (number, (plane, byte)) in layout.places(column as usize).into_iter().enumerate() {
                assert_eq!(quad[4 * number + x % 4], planes[plane][byte], "{layout:?} {width} {column}");
            }
        }
    }

    #[test]
    fn quads_hold_what_their_columns_name() {
        for (width, step) in [(33usize, 1), (100, 3), (640, 7), (997, 31)] {
            let mut columns: Vec<u32> = (0..width as u32).step_by(step).collect();
            columns.truncate(columns.len() / 32 * 32);
            let half = width.div_ceil(2);
            check(SourceLayout::I420, width, &columns, [width, half, half]);
            check(SourceLayout::Nv12, width, &columns, [width, 2 * half, 2 * half]);
            check(SourceLayout::Yuyv, width, &columns, [4 * half; 3]);
            check(SourceLayout::Uyvy, width, &columns, [4 * half; 3]);
            check(SourceLayout::Yuv, width, &columns, [3 * width; 3]);
            check(SourceLayout::Rgb, width, &columns, [3 * width; 3]);
            check(SourceLayout::Bgr, width, &columns, [3 * width; 3]);
            check(SourceLayout::Grey, width, &columns, [width; 3]);
        }
    }

    #[test]
    fn short_rows_are_left_to_the_oracle() {
        assert!(Picks::new(SourceLayout::Grey, &[3; 32], [15; 3], 8).is_none());
        assert!(Picks::new(SourceLayout::I420, &[3; 32], [30, 15, 15], 8).is_none());
        assert!(Picks::new(SourceLayout::Grey, &[3; 32], [16; 3], 8).is_some());
    }
}
