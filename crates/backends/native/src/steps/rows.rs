//! How a row of pixels and a number of channel blocks are cut into tiles.

use crate::kernels::entries::{Kernels, TileShape};
use crate::kernels::tile::{BLOCKS_MAX, TileFn};

/// The tiles of a row, for some blocks of channels that are made together.
#[derive(Clone, Debug)]
pub(crate) struct RowOfTiles {
    /// The first of the blocks.
    pub(crate) first_block: usize,
    /// How many there are.
    pub(crate) blocks: usize,
    /// Where each tile begins, in pixels, and its code.
    pub(crate) tiles: Box<[(usize, TileFn)]>,
}

/// Cuts `width` pixels by `blocks` blocks so that the machine is kept busy: `stride` and `run` as in [`TileShape`].
pub(crate) fn cut(
    kernels: &Kernels,
    width: usize,
    blocks: usize,
    stride: usize,
    run: usize,
) -> Vec<RowOfTiles> {
    let cost = |count: usize| -> Option<usize> {
        let widths = widths(kernels, width, count)?;
        Some(widths.iter().map(|&pixels| tile_cost(kernels, pixels, count)).sum())
    };
    let costs: Vec<_> = (0..=BLOCKS_MAX).map(|count| if count == 0 { None } else { cost(count) }).collect();
    // The cheapest way to make the first n blocks, and how many of them its last row makes.
    let mut best = vec![(0, 0)];
    for n in 1..=blocks {
        let ways = (1..=n.min(BLOCKS_MAX)).filter_map(|last| Some((best[n - last].0 + costs[last]?, last)));
        // Of equal ways the one with more blocks at a time: it reads the pixels less often.
        best.push(ways.min_by_key(|&(cost, last)| (cost, BLOCKS_MAX - last)).expect("one block always goes"));
    }
    let mut rows = Vec::new();
    let mut left = blocks;
    while left > 0 {
        let count = best[left].1;
        left -= count;
        let shape = TileShape { pixels: 0, blocks: count, stride, run };
        rows.push(RowOfTiles { first_block: left, blocks: count, tiles: tiles(kernels, width, shape) });
    }
    rows.reverse();
    rows
}

/// Cuts another width for the same groups of blocks: weights packed for the one serve the other.
pub(crate) fn cut_alike(
    kernels: &Kernels,
    rows: &[RowOfTiles],
    width: usize,
    stride: usize,
    run: usize,
) -> Vec<RowOfTiles> {
    let alike = |row: &RowOfTiles| RowOfTiles {
        tiles: tiles(kernels, width, TileShape { pixels: 0, blocks: row.blocks, stride, run }),
        ..row.clone()
    };
    rows.iter().map(alike).collect()
}

/// The tiles of a row, for the blocks, stride and run of `shape`.
fn tiles(kernels: &Kernels, width: usize, shape: TileShape) -> Box<[(usize, TileFn)]> {
    let mut begin = 0;
    let tiles = widths(kernels, width, shape.blocks).expect("something is compiled for these blocks");
    let tiles = tiles.into_iter().map(|pixels| {
        let at = begin;
        begin += pixels;
        (at, kernels.tile(TileShape { pixels, ..shape }).expect("widths are of shapes that there are"))
    });
    tiles.collect()
}

/// Nearly equal widths, no more of them than needed; `None` where nothing is compiled for so many blocks.
fn widths(kernels: &Kernels, width: usize, blocks: usize) -> Option<Vec<usize>> {
    let widest = kernels.accumulators / blocks;
    kernels.tile(TileShape { pixels: widest.max(1), blocks, stride: 0, run: 0 })?;
    Some(even(width, widest))
}

/// Cuts `width` into parts of at most `widest` that differ by at most one.
pub(crate) fn even(width: usize, widest: usize) -> Vec<usize> {
    let count = width.div_ceil(widest).max(1);
    (0..count).map(|part| width * (part + 1) / count - width * part / count).collect()
}

/// About the time of a step of a tile: its products, what it loads, or waiting for its own sums, whichever is longest.
fn tile_cost(kernels: &Kernels, pixels: usize, blocks: usize) -> usize {
    let products = pixels * blocks * kernels.registers;
    let loads = pixels + blocks * kernels.registers;
    products.max(loads).max(8) + 1
}
