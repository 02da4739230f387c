//! Which bytes of a source row a target row is made of, as loads and byte shuffles: any scale at the price of a few
//! loads for every four target columns.
//!
//! Four columns are a **quad**: 16 bytes that hold their first numbers (Y or R), second, third, and four unused bytes. A
//! quad is the bitwise or of `terms` shuffled loads; which plane each term loads from is the same for all quads.

use crate::row::SourceLayout;

/// Bytes of one load.
pub(crate) const WINDOW: usize = 16;

/// A shuffle index that gives 0.
const NOTHING: u8 = 0x80;

/// The counts of terms that kernels are made for; a quad of three planes never needs more than four loads of each.
pub(crate) const TERM_COUNTS: [usize; 5] = [1, 2, 3, 4, 12];

/// One load of a quad: `shuffle[i]` says which of the 16 bytes from `offset` on becomes byte `i`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Term {
    pub(crate) shuffle: [u8; WINDOW],
    pub(crate) offset: usize,
}

/// The quads of a row. Private fields: kernels rest on every load lying inside `row_bytes`.
#[derive(Debug)]
pub(crate) struct Picks {
    term_planes: Vec<usize>,
    terms: Vec<Term>,
    row_bytes: [usize; 3],
}

impl Picks {
    /// `columns` are source columns, whole quads of them. `None` where a row of the source is shorter than one load.
    pub(crate) fn new(layout: SourceLayout, columns: &[u32], row_bytes: [usize; 3]) -> Option<Self> {
        if layout.places(0).iter().any(|&(plane, _)| row_bytes[plane] < WINDOW) {
            return None;
        }
        let quads: Vec<_> =
            columns.as_chunks::<4>().0.iter().map(|quad| quad_terms(layout, *quad, row_bytes)).collect();
        let needed =
            [0, 1, 2].map(|plane: usize| quads.iter().map(|quad| quad[plane].len()).max().unwrap_or(0));
        let mut term_planes: Vec<usize> =
            (0..3).flat_map(|plane| std::iter::repeat_n(plane, needed[plane])).collect();
        let count = TERM_COUNTS.into_iter().find(|&count| count >= term_planes.len())?;
        term_planes.resize(count, 0);
        let nothing = Term { shuffle: [NOTHING; WINDOW], offset: 0 };
        let mut terms = Vec::with_capacity(quads.len() * count);
        for quad in &quads {
            for (plane, needed) in needed.into_iter().enumerate() {
                terms.extend((0..needed).map(|index| quad[plane].get(index).copied().unwrap_or(nothing)));
            }
            terms.resize(terms.len().next_multiple_of(count), nothing);
        }
        Some(Self { term_planes, terms, row_bytes })
    }

    /// The plane of each term of a quad: one of `TERM_COUNTS` many.
    pub(crate) fn term_planes(&self) -> &[usize] {
        &self.term_planes
    }

    /// `term_planes().len()` for each quad.
    pub(crate) fn terms(&self) -> &[Term] {
        &self.terms
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
            let reaches = |term: &Term| (term.offset..term.offset + WINDOW).contains(&byte);
            let term = terms.iter().position(reaches).unwrap_or_else(|| {
                let of_plane = places.iter().filter(|place| place.0 == plane);
                let start = of_plane.map(|place| place.1).min().unwrap_or(byte);
                let offset = start.min(row_bytes[plane] - WINDOW);
                terms.push(Term { shuffle: [NOTHING; WINDOW], offset });
                terms.len() - 1
            });
            terms[term].shuffle[4 * number + index] = (byte - terms[term].offset) as u8;
        }
    }
    terms
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every quad byte is the byte that the layout names, and no load leaves its row.
    fn check(layout: SourceLayout, width: usize, columns: &[u32], row_bytes: [usize; 3]) {
        let picks = Picks::new(layout, columns, row_bytes).expect("rows are long enough");
        let planes: [Vec<u8>; 3] =
            [0, 1, 2].map(|plane| (0..row_bytes[plane]).map(|byte| (byte * 7 + plane * 91) as u8).collect());
        let count = picks.term_planes.len();
        for (x, &column) in columns.iter().enumerate() {
            let mut quad = [0u8; WINDOW];
            for (term, &plane) in picks.terms[x / 4 * count..][..count].iter().zip(&picks.term_planes) {
                let window = &planes[plane][term.offset..][..WINDOW];
                for (byte, &index) in quad.iter_mut().zip(&term.shuffle) {
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
            columns.truncate(columns.len() / 4 * 4);
            let half = width.div_ceil(2);
            check(SourceLayout::I420, width, &columns, [width, half, half]);
            check(SourceLayout::Nv12, width, &columns, [width, 2 * half, 2 * half]);
            check(SourceLayout::Yuyv, width, &columns, [4 * half; 3]);
            check(SourceLayout::Rgb, width, &columns, [3 * width; 3]);
            check(SourceLayout::Bgr, width, &columns, [3 * width; 3]);
            check(SourceLayout::Grey, width, &columns, [width; 3]);
        }
    }

    #[test]
    fn short_rows_are_left_to_the_oracle() {
        assert!(Picks::new(SourceLayout::Grey, &[0, 3, 5, 7], [15; 3]).is_none());
        assert!(Picks::new(SourceLayout::I420, &[0, 3, 5, 7], [30, 15, 15]).is_none());
        assert!(Picks::new(SourceLayout::Grey, &[0, 3, 5, 7], [16; 3]).is_some());
    }
}
