//! Everything that depends on a source's size, format and colour, decided once.

use ocelli_frame::{ColorSpace, FrameInfo, InputFormat, Letterbox, PixelFormat, Size};

use crate::PreprocessError;
use crate::color::Color;
use crate::pick::Picks;
use crate::row::{BLOCK, SourceLayout};
use crate::taps::Taps;

/// What a plan was made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PlanKey {
    size: Size,
    format: PixelFormat,
    color: ColorSpace,
}

impl PlanKey {
    pub(crate) fn new(info: &FrameInfo) -> Self {
        Self { size: info.size, format: info.format, color: info.color }
    }
}

/// Geometry, taps and gains for one kind of frame.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) key: PlanKey,
    pub(crate) letterbox: Letterbox,
    pub(crate) layout: SourceLayout,
    pub(crate) columns: Columns,
    pub(crate) rows: Taps,
    /// Whether every source row is of use to one target row alone, and can become it without a stop in between: one
    /// source pixel for each target pixel, or the mean of two by two.
    pub(crate) is_direct: bool,
}

/// What a kernel needs to resize one row.
#[derive(Debug)]
pub(crate) struct Columns {
    pub(crate) taps: Taps,
    /// The taps' weights, padded with zeros to whole blocks.
    pub(crate) weights: Vec<i16>,
    pub(crate) color: Color,
    pub(crate) step: Step,
}

/// What the taps come to, for kernels that take whole blocks.
#[derive(Debug)]
pub(crate) enum Step {
    /// Pixel `x` for column `x`.
    Dense,
    /// The mean of pixels `2 * x` and `2 * x + 1`.
    Halving,
    /// One pixel for each column; whole blocks of `BLOCK` columns.
    Single(Picks),
    /// Between two pixels: a block of first pixels, then that of the second pixels of the same columns; whole blocks of
    /// `BLOCK` columns.
    Between(Picks),
    /// The source's rows are too short for loads of whole vectors.
    Short,
}

impl Columns {
    fn new(layout: SourceLayout, key: &PlanKey, content_width: u32, lanes: usize) -> Self {
        let taps = Taps::new(key.size.width, content_width);
        let row_bytes = [0, 1, 2]
            .map(|plane: usize| key.format.plane_extent(plane.min(key.format.planes() - 1), key.size).0);
        let picks = |columns: &[u32]| Picks::new(layout, columns, row_bytes, lanes);
        let step = if taps.is_dense() {
            Step::Dense
        } else if taps.is_halving() {
            Step::Halving
        } else if taps.is_single() {
            picks(&in_blocks(&taps.first)).map_or(Step::Short, Step::Single)
        } else {
            let (first, second) = (in_blocks(&taps.first), in_blocks(&taps.second));
            let both = first.chunks(lanes).zip(second.chunks(lanes));
            let columns: Vec<u32> = both
                .flat_map(|(first, second)| [quads_apart(first), quads_apart(second)])
                .flatten()
                .collect();
            picks(&columns).map_or(Step::Short, Step::Between)
        };
        let mut weights = taps.weight.clone();
        weights.resize(weights.len().next_multiple_of(BLOCK), 0);
        Self { taps, weights, color: Color::new(key.color), step }
    }
}

/// Every second quad of a block first, from the first one on; then the others: so a kernel has the block's columns in
/// order once it puts quads of the two halves side by side.
fn quads_apart(columns: &[u32]) -> Vec<u32> {
    let quads = columns.as_chunks::<4>().0;
    let (even, odd) = (quads.iter().step_by(2), quads.iter().skip(1).step_by(2));
    even.chain(odd).flatten().copied().collect()
}

/// The last column is repeated to fill the last block.
fn in_blocks(columns: &[u32]) -> Vec<u32> {
    let mut columns = columns.to_vec();
    if let Some(&last) = columns.last() {
        columns.resize(columns.len().next_multiple_of(BLOCK), last);
    }
    columns
}

impl Plan {
    /// `lanes` are the instruction set's.
    ///
    /// # Errors
    /// A picture without pixels, a format without a kernel.
    pub(crate) fn new(key: PlanKey, input: &InputFormat, lanes: usize) -> Result<Self, PreprocessError> {
        let PlanKey { size: source, format, .. } = key;
        if [source.width, source.height, input.size.width, input.size.height].contains(&0) {
            return Err(PreprocessError::Empty { source, model: input.size });
        }
        let layout = SourceLayout::new(format).ok_or(PreprocessError::PixelFormat(format))?;
        let letterbox = Letterbox::new(source, input.size, input.padding);
        let content = letterbox.content.size;
        let columns = Columns::new(layout, &key, content.width, lanes);
        let rows = Taps::new(source.height, content.height);
        let is_direct = match columns.step {
            Step::Dense | Step::Single(_) => rows.is_single(),
            Step::Halving => rows.is_halving(),
            Step::Between(_) | Step::Short => false,
        };
        Ok(Self { key, letterbox, layout, columns, rows, is_direct })
    }
}
