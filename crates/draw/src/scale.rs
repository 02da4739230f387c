//! Pictures at other sizes, on the planes as they are. Made smaller, each pixel is the average of the area that it stands
//! for; enlarged, it lies between its two neighbours, as near to each as its centre is to theirs.
//!
//! First rows, then columns. Rows are weighed in 1/256 and added up as 16-bit numbers, which hold 255 times 256; so this
//! part, which sees every pixel, is one multiplication and addition each, many at a time. Columns are added up in 32
//! bits, weighed in 1/256 likewise. Each weight is rounded so that they sum to 256: a flat area keeps its number.

use ocelli_frame::{Frame, Size};

use crate::Canvas;
use crate::convert::copy_frame;

/// Weights of one average sum to this.
const ONE: u32 = 256;

/// Makes frames smaller. One for each thread that does; after the first frames of a size it allocates nothing.
#[derive(Debug)]
pub struct Scaler {
    whole: Canvas,
    small: Canvas,
    resampler: Resampler,
}

/// Takes canvases to other sizes. It keeps its tables while sizes stay.
#[derive(Debug, Default)]
pub(crate) struct Resampler {
    /// Of luma and of chroma: columns and rows.
    spans: [[Spans; 2]; 2],
    sums: Vec<u16>,
}

/// For each target sample the source samples that it is made of, one length after the other.
#[derive(Debug, Default)]
struct Spans {
    from: usize,
    to: usize,
    starts: Vec<u32>,
    /// `taps` for each target sample; those outside its area are 0.
    weights: Vec<u16>,
    taps: usize,
}

impl Default for Scaler {
    fn default() -> Self {
        Self::new()
    }
}

impl Scaler {
    /// Without memory of any picture.
    pub fn new() -> Self {
        Self { whole: Canvas::new(), small: Canvas::new(), resampler: Resampler::default() }
    }

    /// `frame` no wider than `width_max`, of any format. Where it is not, it stays as it is; else its sides are even
    /// and as near to its shape as that allows, at least 2.
    pub fn scale(&mut self, frame: &Frame, width_max: u32) -> &Canvas {
        copy_frame(&mut self.whole, frame);
        let size = self.whole.size();
        let to = fitted(size, width_max);
        if to == size {
            return &self.whole;
        }
        self.small.reset(to, self.whole.color());
        self.resampler.resample(&self.whole, &mut self.small);
        &self.small
    }
}

impl Resampler {
    /// Makes `to`, whose size is set, the picture of `from`. Neither is empty.
    pub fn resample(&mut self, from: &Canvas, to: &mut Canvas) {
        let size = to.size();
        for (index, target) in to.planes_mut().into_iter().enumerate() {
            let source = from.plane(index);
            let halved = |length: u32| if index == 0 { length as usize } else { length.div_ceil(2) as usize };
            let [columns, rows] = &mut self.spans[index.min(1)];
            columns.lay(source.stride_bytes, halved(size.width));
            rows.lay(source.rows, halved(size.height));
            average(target, source.bytes, columns, rows, &mut self.sums);
        }
    }
}

/// The size of a picture no wider than `width_max`.
fn fitted(size: Size, width_max: u32) -> Size {
    if size.width <= width_max.max(2) || size.height == 0 {
        return size;
    }
    let width = (width_max / 2 * 2).max(2);
    let height = f64::from(size.height) * f64::from(width) / f64::from(size.width);
    Size { width, height: ((height / 2.0).round() as u32 * 2).clamp(2, size.height.max(2)) }
}

impl Spans {
    /// Takes `from` samples to `to`.
    fn lay(&mut self, from: usize, to: usize) {
        if (self.from, self.to) == (from, to) {
            return;
        }
        (self.from, self.to) = (from, to);
        if to > from { self.lay_between() } else { self.lay_areas() }
    }

    /// To more samples: each between the two that its centre lies between, or at the edge.
    fn lay_between(&mut self) {
        let Self { from, to, .. } = *self;
        self.taps = from.min(2);
        self.starts.clear();
        self.weights.clear();
        for index in 0..to {
            let centre = (index as f64 + 0.5) * from as f64 / to as f64 - 0.5;
            let start = (centre.max(0.0) as usize).min(from - self.taps);
            let second = ((centre - start as f64).clamp(0.0, 1.0) * f64::from(ONE)).round() as u16;
            self.starts.push(start as u32);
            match self.taps {
                1 => self.weights.push(ONE as u16),
                _ => self.weights.extend([ONE as u16 - second, second]),
            }
        }
    }

    /// To fewer samples: each the average of the area that it stands for.
    fn lay_areas(&mut self) {
        let Self { from, to, .. } = *self;
        self.taps = if from.is_multiple_of(to) { from / to } else { from.div_ceil(to) + 1 };
        self.starts.clear();
        self.weights.clear();
        for index in 0..to {
            // In units of 1/to of a source sample, everything is whole.
            let (begin, end) = (index * from, (index + 1) * from);
            let (first, last) = (begin / to, (end - 1) / to);
            self.starts.push(first.min(from - self.taps.min(from)) as u32);
            let start = self.starts[index] as usize;
            let covered = |sample: usize| (end.min((sample + 1) * to)).saturating_sub(begin.max(sample * to));
            // Each weight is the difference of two rounded sums, so that all of them come to ONE.
            let mut reached = 0;
            let share = |units: usize| ((units * ONE as usize + from / 2) / from) as u16;
            for sample in start..start + self.taps {
                let units = if (first..=last).contains(&sample) { covered(sample) } else { 0 };
                self.weights.push(share(reached + units) - share(reached));
                reached += units;
            }
        }
    }
}

/// One plane.
fn average(target: &mut [u8], source: &[u8], columns: &Spans, rows: &Spans, sums: &mut Vec<u16>) {
    let row_taps = rows.weights.chunks_exact(rows.taps);
    for ((target, &start), weights) in target.chunks_exact_mut(columns.to).zip(&rows.starts).zip(row_taps) {
        sums.clear();
        sums.resize(columns.from, 0);
        let below = &source[start as usize * columns.from..];
        for (row, &weight) in below.chunks_exact(columns.from).zip(weights).filter(|(_, weight)| **weight > 0)
        {
            for (sum, &sample) in sums.iter_mut().zip(row) {
                *sum += u16::from(sample) * weight;
            }
        }
        // The lengths that cameras' sizes lead to, known to the compiler.
        match columns.taps {
            2 => average_columns::<2>(target, sums, columns),
            3 => average_columns::<3>(target, sums, columns),
            4 => average_columns::<4>(target, sums, columns),
            5 => average_columns::<5>(target, sums, columns),
            _ => {
                let weights = columns.weights.chunks_exact(columns.taps);
                for ((target, &start), weights) in target.iter_mut().zip(&columns.starts).zip(weights) {
                    *target = weighed(&sums[start as usize..], weights);
                }
            }
        }
    }
}

fn average_columns<const TAPS: usize>(target: &mut [u8], sums: &[u16], columns: &Spans) {
    let weights = columns.weights.as_chunks::<TAPS>().0;
    for ((target, &start), weights) in target.iter_mut().zip(&columns.starts).zip(weights) {
        *target = weighed(&sums[start as usize..][..TAPS], weights);
    }
}

#[inline(always)]
fn weighed(sums: &[u16], weights: &[u16]) -> u8 {
    let sum: u32 = sums.iter().zip(weights).map(|(&sum, &weight)| u32::from(sum) * u32::from(weight)).sum();
    ((sum + ONE * ONE / 2) / (ONE * ONE)) as u8
}

#[cfg(test)]
mod tests {
    use ocelli_frame::PixelFormat;
    use ocelli_testkit::{frame_from, noise_frame};
    use proptest::prelude::*;

    use super::*;

    /// The average of an area, in floating point.
    fn naive(
        source: &[u8],
        (width, height): (usize, usize),
        (to_width, to_height): (usize, usize),
    ) -> Vec<f64> {
        let overlap = |sample: usize, index: usize, from: usize, to: usize| {
            let ratio = from as f64 / to as f64;
            let (begin, end) = (index as f64 * ratio, (index + 1) as f64 * ratio);
            (end.min((sample + 1) as f64) - begin.max(sample as f64)).max(0.0) / ratio
        };
        let mut averages = Vec::new();
        for y in 0..to_height {
            for x in 0..to_width {
                let mut sum = 0.0;
                for row in 0..height {
                    for column in 0..width {
                        let share = overlap(row, y, height, to_height) * overlap(column, x, width, to_width);
                        sum += share * f64::from(source[row * width + column]);
                    }
                }
                averages.push(sum);
            }
        }
        averages
    }

    fn plane_size(size: Size, index: usize) -> (usize, usize) {
        let halved = |length: u32| if index == 0 { length as usize } else { length.div_ceil(2) as usize };
        (halved(size.width), halved(size.height))
    }

    proptest! {
        #[test]
        fn every_pixel_is_the_average_of_its_area(
            width in 3u32..60, height in 1u32..40, width_max in 2u32..50, seed: u64,
        ) {
            let size = Size { width, height };
            let frame = noise_frame(PixelFormat::I420, size, 3, seed);
            let mut scaler = Scaler::new();
            let canvas = scaler.scale(&frame, width_max).clone();
            let to = canvas.size();
            if to == size {
                prop_assert!(width <= width_max);
                return Ok(());
            }
            prop_assert!(to.width <= width_max.max(2) && to.width.is_multiple_of(2) && to.height.is_multiple_of(2));
            for index in 0..3 {
                let expected = naive(scaler.whole.plane(index).bytes, plane_size(size, index), plane_size(to, index));
                // Weights are rounded to 1/256 twice.
                for (&got, expected) in canvas.plane(index).bytes.iter().zip(expected) {
                    prop_assert!((f64::from(got) - expected).abs() <= 3.0, "{got} {expected}");
                }
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn an_enlarged_pixel_lies_between_its_neighbours(
            (width, height) in (1u32..30, 1u32..30), (more, higher) in (1u32..40, 1u32..40), seed: u64,
        ) {
            let mut from = Canvas::new();
            copy_frame(&mut from, &noise_frame(PixelFormat::I420, Size { width, height }, 0, seed));
            let mut to = Canvas::new();
            // Chroma of two odd sizes may stay as it is, which is both rules at once.
            to.reset(Size { width: width + more, height: height + higher }, from.color());
            Resampler::default().resample(&from, &mut to);
            for index in 0..3 {
                let (source, target) = (from.plane(index), to.plane(index));
                let share = |sample: usize, place: usize, from: usize, to: usize| {
                    let centre = ((place as f64 + 0.5) * from as f64 / to as f64 - 0.5).clamp(0.0, (from - 1) as f64);
                    (1.0 - (sample as f64 - centre).abs()).max(0.0)
                };
                for (place, &got) in target.bytes.iter().enumerate() {
                    let (x, y) = (place % target.stride_bytes, place / target.stride_bytes);
                    let mut expected = 0.0;
                    for (sample, &code) in source.bytes.iter().enumerate() {
                        let (column, row) = (sample % source.stride_bytes, sample / source.stride_bytes);
                        expected += share(column, x, source.stride_bytes, target.stride_bytes)
                            * share(row, y, source.rows, target.rows)
                            * f64::from(code);
                    }
                    // Weights are rounded to 1/256 twice.
                    prop_assert!((f64::from(got) - expected).abs() <= 2.0, "{index} {x} {y}: {got} {expected}");
                }
            }
        }
    }

    #[test]
    fn sides_are_even_and_nothing_is_enlarged() {
        let fitted = |width, height, width_max| {
            let Size { width, height } = fitted(Size { width, height }, width_max);
            (width, height)
        };
        assert_eq!(fitted(1920, 1080, 960), (960, 540));
        assert_eq!(fitted(1920, 1080, 641), (640, 360));
        assert_eq!(fitted(641, 361, 640), (640, 360));
        assert_eq!(fitted(639, 361, 640), (639, 361), "as it is");
        assert_eq!(fitted(1080, 1920, 540), (540, 960));
        assert_eq!(fitted(4000, 1, 16), (16, 2));
        assert_eq!(fitted(4000, 0, 16), (4000, 0));
        assert_eq!(fitted(2, 8, 0), (2, 8));
    }

    #[test]
    fn a_flat_picture_stays_flat_whatever_the_ratio() {
        for (width, width_max) in [(1000, 998), (1000, 334), (97, 16), (640, 320), (640, 16)] {
            let frame = frame_from(PixelFormat::I420, Size { width, height: 51 }, 0, |plane, _, _| {
                [255, 1, 77][plane]
            });
            let mut scaler = Scaler::new();
            let canvas = scaler.scale(&frame, width_max);
            for (index, number) in [255, 1, 77].into_iter().enumerate() {
                assert!(canvas.plane(index).bytes.iter().all(|&got| got == number), "{width} to {width_max}");
            }
        }
    }

    #[test]
    fn every_format_is_scaled() {
        let mut scaler = Scaler::new();
        for format in PixelFormat::ALL {
            let canvas = scaler.scale(&noise_frame(format, Size { width: 33, height: 21 }, 2, 1), 16);
            assert_eq!(canvas.size(), Size { width: 16, height: 10 }, "{format}");
        }
    }
}
