//! Pictures looked at where a grid says.

use super::{Operator, expect_f32};
use crate::tensor::{ElementType, TensorType, View, ViewMut};

/// Pictures `[n, c, h, w]` at the positions of a grid `[n, oh, ow, 2]`, x first; -1 and 1 are the picture's edges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct GridSample {
    pub(crate) mode: SampleMode,
    pub(crate) outside: Outside,
    pub(crate) edges: Edges,
}

/// How a value between pixels comes about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SampleMode {
    /// The nearest pixel's; halfway, that of the even index.
    Nearest,
    Linear,
}

/// What is outside of the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outside {
    Zeros,
    /// The pixel at the border.
    Border,
    /// The picture mirrored at its edges, again and again.
    Reflection,
}

/// What -1 and 1 mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Edges {
    /// The middle of the outermost pixels.
    PixelCentres,
    /// The outer sides of the outermost pixels.
    PixelSides,
}

impl Operator for GridSample {
    fn output_types(&self, inputs: &[&TensorType]) -> Result<Vec<TensorType>, String> {
        expect_f32(inputs, 2)?;
        match (inputs[0].shape.as_slice(), inputs[1].shape.as_slice()) {
            (&[n, c, h, w], &[of, high, wide, 2]) if of == n && h * w > 0 => {
                Ok(vec![TensorType::new(ElementType::F32, [n, c, high, wide])])
            }
            _ => Err(format!("a grid {} does not fit pictures {}", inputs[1], inputs[0])),
        }
    }

    fn operations(&self, _: &[&TensorType], outputs: &[TensorType]) -> usize {
        outputs[0].elements().saturating_mul(8)
    }

    fn run(&self, inputs: &[View<'_>], outputs: &mut [ViewMut<'_>]) {
        let &[_, channels, height, width] = inputs[0].shape else { return };
        let (pictures, grid) = (inputs[0].f32(), inputs[1].f32());
        let &[_, _, high, wide] = outputs[0].shape else { return };
        if channels * high * wide == 0 {
            return;
        }
        for (map, to) in outputs[0].f32().chunks_exact_mut(high * wide).enumerate() {
            let picture = &pictures[map * height * width..][..height * width];
            let grid = &grid[map / channels * high * wide * 2..];
            for (to, position) in to.iter_mut().zip(grid.chunks_exact(2)) {
                let (x, y) = (self.place(position[0], width), self.place(position[1], height));
                *to = self.sample(picture, [height, width], [y, x]);
            }
        }
    }
}

impl GridSample {
    /// Where a position of the grid lies among the pixels of an axis, brought inside where it is not left outside.
    fn place(&self, position: f32, size: usize) -> f32 {
        let last = size as f32 - 1.0;
        let (at, [low, high]) = match self.edges {
            Edges::PixelCentres => ((position + 1.0) / 2.0 * last, [0.0, last]),
            Edges::PixelSides => (((position + 1.0) * size as f32 - 1.0) / 2.0, [-0.5, last + 0.5]),
        };
        match self.outside {
            Outside::Zeros => at,
            Outside::Border => at.clamp(0.0, last),
            Outside::Reflection if high == low => 0.0,
            Outside::Reflection => {
                let around = (at - low).rem_euclid(2.0 * (high - low));
                (low + around.min(2.0 * (high - low) - around)).clamp(0.0, last)
            }
        }
    }

    fn sample(&self, picture: &[f32], [height, width]: [usize; 2], [y, x]: [f32; 2]) -> f32 {
        // What is far outside, or no number, is no pixel: `as` would make one of it.
        let pixel =
            |y: f32, x: f32| match (0.0..height as f32).contains(&y) && (0.0..width as f32).contains(&x) {
                true => picture[y as usize * width + x as usize],
                false => 0.0,
            };
        if self.mode == SampleMode::Nearest {
            return pixel(y.round_ties_even(), x.round_ties_even());
        }
        let (top, left) = (y.floor(), x.floor());
        let (down, right) = (y - top, x - left);
        let above = pixel(top, left) * (1.0 - right) + pixel(top, left + 1.0) * right;
        let below = pixel(top + 1.0, left) * (1.0 - right) + pixel(top + 1.0, left + 1.0) * right;
        above * (1.0 - down) + below * down
    }
}
