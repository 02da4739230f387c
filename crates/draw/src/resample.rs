//! A canvas at another size. A target sample is the mean of the source samples under a triangle that reaches to its
//! neighbours' centres, and at least to the next source sample's: bilinear where the picture grows, and an average
//! without holes where it shrinks.
//!
//! First columns of a row are mixed from rows (long runs of plain sums), then samples of that row.

use crate::Canvas;

/// What the weights of one target sample add up to.
const ONE: u16 = 256;

/// Takes canvases to another size; keeps its tables and rows while sizes stay.
#[derive(Debug, Default)]
pub(crate) struct Resampler {
    /// Across and down, of luma and of chroma.
    axes: [[Axis; 2]; 2],
    sums: Vec<u16>,
    row: Vec<u8>,
}

impl Resampler {
    /// Makes `to`, whose size is set, the picture of `from`. Neither is empty.
    pub fn resample(&mut self, from: &Canvas, to: &mut Canvas) {
        for index in 0..3 {
            let source = from.plane(index);
            let stride_bytes = to.plane(index).stride_bytes;
            let rows = to.plane(index).rows;
            let [across, down] = &mut self.axes[index.min(1)];
            across.set(source.stride_bytes, stride_bytes);
            down.set(source.rows, rows);
            self.row.resize(source.stride_bytes, 0);
            let target = &mut *to.planes_mut()[index];
            for (row, target) in target.chunks_exact_mut(stride_bytes).enumerate() {
                let (first, weights) = down.taps(row);
                let sources = source.bytes[first * source.stride_bytes..].chunks_exact(source.stride_bytes);
                mix_rows(&mut self.row, &mut self.sums, sources.zip(weights));
                across.mix_samples(&self.row, target);
            }
        }
    }
}

/// `row` becomes the weighted mean of rows.
fn mix_rows<'a>(row: &mut [u8], sums: &mut Vec<u16>, mut sources: impl Iterator<Item = (&'a [u8], &'a u16)>) {
    let Some((first, &weight)) = sources.next() else { return };
    if weight == ONE {
        return row.copy_from_slice(first);
    }
    sums.clear();
    // 255 times all the weights is under 2^16.
    sums.extend(first.iter().map(|&code| u16::from(code) * weight));
    for (source, &weight) in sources {
        for (sum, &code) in sums.iter_mut().zip(source) {
            *sum += u16::from(code) * weight;
        }
    }
    for (code, &sum) in row.iter_mut().zip(&*sums) {
        *code = ((sum + ONE / 2) / ONE) as u8;
    }
}

/// Which samples of one axis make up each sample of another.
#[derive(Debug, Default)]
struct Axis {
    from: usize,
    to: usize,
    /// The first source sample of each target sample, and where its weights start.
    firsts: Vec<(u32, u32)>,
    weights: Vec<u16>,
}

impl Axis {
    fn set(&mut self, from: usize, to: usize) {
        if (self.from, self.to) == (from, to) {
            return;
        }
        (self.from, self.to) = (from, to);
        self.firsts.clear();
        self.weights.clear();
        let step = from as f64 / to as f64;
        let reach = step.max(1.0);
        for target in 0..to {
            // In source samples, whose centres lie at halves.
            let centre = (target as f64 + 0.5) * step - 0.5;
            let first = ((centre - reach).floor() + 1.0).max(0.0) as usize;
            let last = ((centre + reach).ceil() as usize - 1).min(from - 1);
            let share = |source: usize| (1.0 - (source as f64 - centre).abs() / reach).max(0.0);
            let all: f64 = (first..=last).map(share).sum();
            self.firsts.push((first as u32, self.weights.len() as u32));
            // What is rounded away at one sample goes to the next, so that they add up.
            let (mut so_far, mut given) = (0.0, 0);
            for source in first..=last {
                so_far += share(source) / all;
                let due = (so_far * f64::from(ONE)).round() as u16;
                self.weights.push(due - given);
                given = due;
            }
        }
        self.firsts.push((0, self.weights.len() as u32));
    }

    /// The first source sample, and the weights from there on.
    fn taps(&self, target: usize) -> (usize, &[u16]) {
        let (first, start) = self.firsts[target];
        let (_, end) = self.firsts[target + 1];
        (first as usize, &self.weights[start as usize..end as usize])
    }

    fn mix_samples(&self, row: &[u8], target: &mut [u8]) {
        if self.from == self.to {
            return target.copy_from_slice(row);
        }
        for (place, target) in target.iter_mut().enumerate() {
            let (first, weights) = self.taps(place);
            let samples = &row[first..][..weights.len()];
            let sum: u32 =
                samples.iter().zip(weights).map(|(&code, &w)| u32::from(code) * u32::from(w)).sum();
            *target = ((sum + u32::from(ONE) / 2) / u32::from(ONE)) as u8;
        }
    }
}

#[cfg(test)]
mod tests {
    use ocelli_frame::{ColorSpace, PixelFormat, Size};
    use ocelli_testkit::noise_frame;
    use proptest::prelude::*;

    use super::*;
    use crate::convert::copy_frame;

    fn noise(width: u32, height: u32, seed: u64) -> Canvas {
        let mut canvas = Canvas::new();
        copy_frame(&mut canvas, &noise_frame(PixelFormat::I420, Size { width, height }, 0, seed));
        canvas
    }

    fn resampled(from: &Canvas, width: u32, height: u32) -> Canvas {
        let mut to = Canvas::new();
        to.reset(Size { width, height }, ColorSpace::BT601_FULL);
        Resampler::default().resample(from, &mut to);
        to
    }

    /// The triangle at one place, over all samples, as the definition says.
    fn naive(plane: crate::CanvasPlane<'_>, to: (usize, usize), place: (usize, usize)) -> f64 {
        let share = |source: usize, from: usize, to: usize, target: usize| {
            let step = from as f64 / to as f64;
            let distance = (source as f64 + 0.5 - (target as f64 + 0.5) * step).abs();
            (1.0 - distance / step.max(1.0)).max(0.0)
        };
        let (mut sum, mut all) = (0.0, 0.0);
        for row in 0..plane.rows {
            for column in 0..plane.stride_bytes {
                let weight =
                    share(column, plane.stride_bytes, to.0, place.0) * share(row, plane.rows, to.1, place.1);
                sum += weight * f64::from(plane.bytes[row * plane.stride_bytes + column]);
                all += weight;
            }
        }
        sum / all
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]
        #[test]
        fn every_sample_is_the_mean_under_its_triangle(
            (from_width, from_height) in (1..40u32, 1..40u32), (width, height) in (1..60u32, 1..60u32), seed: u64,
        ) {
            let from = noise(from_width, from_height, seed);
            let to = resampled(&from, width, height);
            for index in 0..3 {
                let plane = to.plane(index);
                for (place, &code) in plane.bytes.iter().enumerate() {
                    let at = (place % plane.stride_bytes, place / plane.stride_bytes);
                    let expected = naive(from.plane(index), (plane.stride_bytes, plane.rows), at);
                    // Two roundings, and weights of 1/256.
                    prop_assert!((f64::from(code) - expected).abs() < 2.5, "{index} {at:?}: {code} {expected}");
                }
            }
        }
    }

    #[test]
    fn one_colour_stays_that_colour_at_every_size() {
        for code in [0, 1, 127, 254, 255] {
            let mut from = noise(37, 23, 1);
            from.planes_mut().into_iter().for_each(|plane| plane.fill(code));
            for (width, height) in [(37, 23), (1, 1), (200, 3), (5, 90), (36, 22)] {
                let to = resampled(&from, width, height);
                assert!((0..3).all(|index| to.plane(index).bytes.iter().all(|&found| found == code)));
            }
        }
    }
}
