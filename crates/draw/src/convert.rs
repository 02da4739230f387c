//! A frame of any format onto a canvas.
//!
//! YCbCr keeps its numbers: luma and 4:2:0 chroma are copied, 4:2:2 chroma is averaged over two rows, 4:4:4 chroma over
//! four pixels. RGB and grey say
//! nothing of a YCbCr space and take JPEG's (BT.601, full range); chroma is that of the average of four pixels. At odd
//! right and bottom edges there are fewer than four, and no pixel is made up.

use ocelli_frame::{ColorSpace, Frame, PixelFormat, Plane};

use crate::Canvas;
use crate::color::FromRgb;

/// Neither blue nor red.
const NEUTRAL: u8 = 128;

/// Makes `canvas` the picture of `frame`.
///
/// # Panics
/// Where the format is new to the frame crate and not yet known here: a test goes through them all.
pub(crate) fn copy_frame(canvas: &mut Canvas, frame: &Frame) {
    let info = frame.info();
    let color = match info.format {
        PixelFormat::I420
        | PixelFormat::Nv12
        | PixelFormat::Yuyv
        | PixelFormat::Uyvy
        | PixelFormat::Yuv24 => info.color,
        _ => ColorSpace::BT601_FULL,
    };
    canvas.reset(info.size, color);
    let stride = canvas.plane(0).stride_bytes;
    let half_stride = canvas.plane(1).stride_bytes;
    if stride == 0 {
        return;
    }
    let planes = canvas.planes_mut();
    match info.format {
        PixelFormat::I420 => {
            for (index, target) in planes.into_iter().enumerate() {
                copy_rows(target, [stride, half_stride][index.min(1)], &frame.plane(index));
            }
        }
        PixelFormat::Nv12 => {
            let [luma, cb, cr] = planes;
            copy_rows(luma, stride, &frame.plane(0));
            split_rows([cb, cr], half_stride, &frame.plane(1));
        }
        PixelFormat::Yuyv => from_pairs(planes, [stride, half_stride], &frame.plane(0), [0, 1, 2, 3]),
        PixelFormat::Uyvy => from_pairs(planes, [stride, half_stride], &frame.plane(0), [1, 0, 3, 2]),
        PixelFormat::Yuv24 => from_triples(planes, [stride, half_stride], &frame.plane(0), &Same),
        PixelFormat::Rgb24 => {
            from_triples(planes, [stride, half_stride], &frame.plane(0), &Rgb::new([0, 1, 2]))
        }
        PixelFormat::Bgr24 => {
            from_triples(planes, [stride, half_stride], &frame.plane(0), &Rgb::new([2, 1, 0]))
        }
        PixelFormat::Grey => {
            let [luma, cb, cr] = planes;
            copy_rows(luma, stride, &frame.plane(0));
            cb.fill(NEUTRAL);
            cr.fill(NEUTRAL);
        }
        format => panic!("{format} cannot be drawn on yet"),
    }
}

fn copy_rows(target: &mut [u8], stride_bytes: usize, source: &Plane<'_>) {
    for (row, target) in target.chunks_exact_mut(stride_bytes).enumerate() {
        target.copy_from_slice(source.row(row));
    }
}

/// `Cb Cr Cb Cr …` into two planes.
fn split_rows([cb, cr]: [&mut [u8]; 2], half_stride: usize, source: &Plane<'_>) {
    let rows = cb.chunks_exact_mut(half_stride).zip(cr.chunks_exact_mut(half_stride));
    for (row, (cb, cr)) in rows.enumerate() {
        for ((pair, cb), cr) in source.row(row).as_chunks::<2>().0.iter().zip(cb).zip(cr) {
            [*cb, *cr] = *pair;
        }
    }
}

/// `order` says where Y0, Cb, Y1 and Cr lie in a group of four bytes.
fn from_pairs(
    [luma, cb, cr]: [&mut [u8]; 3],
    [stride, half_stride]: [usize; 2],
    source: &Plane<'_>,
    order: [usize; 4],
) {
    for (row, luma) in luma.chunks_exact_mut(stride).enumerate() {
        let (pairs, odd) = luma.as_chunks_mut::<2>();
        let groups = source.row(row).as_chunks::<4>().0;
        for (pair, group) in pairs.iter_mut().zip(groups) {
            *pair = [group[order[0]], group[order[2]]];
        }
        // The second luma of an odd row's last group is no pixel.
        if let ([last], Some(group)) = (odd, groups.last()) {
            *last = group[order[0]];
        }
    }
    let rows = cb.chunks_exact_mut(half_stride).zip(cr.chunks_exact_mut(half_stride));
    for (row, (cb, cr)) in rows.enumerate() {
        let above = source.row(row * 2).as_chunks::<4>().0;
        let below = source.row((row * 2 + 1).min(source.rows - 1)).as_chunks::<4>().0;
        for (((above, below), cb), cr) in above.iter().zip(below).zip(cb).zip(cr) {
            let mean =
                |place: usize| u16::midpoint(u16::from(above[place]), u16::from(below[place]) + 1) as u8;
            (*cb, *cr) = (mean(order[1]), mean(order[3]));
        }
    }
}

/// What the three bytes of a pixel come to.
trait Triple {
    /// Luma of a pixel.
    fn luma(&self, pixel: [i32; 3]) -> u8;
    /// Chroma of the mean of pixels.
    fn chroma(&self, mean: [i32; 3]) -> (u8, u8);
}

/// Y, Cb and Cr already.
struct Same;

impl Triple for Same {
    fn luma(&self, [luma, ..]: [i32; 3]) -> u8 {
        luma as u8
    }

    fn chroma(&self, [_, cb, cr]: [i32; 3]) -> (u8, u8) {
        (cb as u8, cr as u8)
    }
}

/// Red, green and blue; `order` says where they lie.
struct Rgb {
    order: [usize; 3],
    from_rgb: FromRgb,
}

impl Rgb {
    fn new(order: [usize; 3]) -> Self {
        Self { order, from_rgb: FromRgb::new(ColorSpace::BT601_FULL) }
    }
}

impl Triple for Rgb {
    fn luma(&self, pixel: [i32; 3]) -> u8 {
        self.from_rgb.luma(self.order.map(|place| pixel[place]))
    }

    fn chroma(&self, mean: [i32; 3]) -> (u8, u8) {
        self.from_rgb.chroma(self.order.map(|place| mean[place]))
    }
}

fn from_triples(
    [luma, cb, cr]: [&mut [u8]; 3],
    [stride, half_stride]: [usize; 2],
    source: &Plane<'_>,
    triple: &impl Triple,
) {
    let numbers = |pixel: &[u8; 3]| pixel.map(i32::from);
    for (row, luma) in luma.chunks_exact_mut(stride).enumerate() {
        for (luma, pixel) in luma.iter_mut().zip(source.row(row).as_chunks::<3>().0) {
            *luma = triple.luma(numbers(pixel));
        }
    }
    let rows = cb.chunks_exact_mut(half_stride).zip(cr.chunks_exact_mut(half_stride));
    for (row, (cb, cr)) in rows.enumerate() {
        let above = source.row(row * 2).as_chunks::<3>().0;
        let below = source.row((row * 2 + 1).min(source.rows - 1)).as_chunks::<3>().0;
        let pairs = above.chunks(2).zip(below.chunks(2));
        for (((above, below), cb), cr) in pairs.zip(cb).zip(cr) {
            let (first, last) = (0, above.len() - 1);
            let four = [&above[first], &above[last], &below[first], &below[last]].map(numbers);
            // A single row or column at the edge counts twice, which is its own average.
            let mean =
                [0, 1, 2].map(|channel| (four.iter().map(|pixel| pixel[channel]).sum::<i32>() + 2) / 4);
            (*cb, *cr) = triple.chroma(mean);
        }
    }
}

#[cfg(test)]
mod tests {
    use ocelli_frame::Size;
    use ocelli_testkit::{frame_from, noise_frame};

    use super::*;

    fn canvas_of(frame: &Frame) -> Canvas {
        let mut canvas = Canvas::new();
        copy_frame(&mut canvas, frame);
        canvas
    }

    const ODD: Size = Size { width: 7, height: 5 };

    #[test]
    fn ycbcr_keeps_its_numbers_whatever_the_stride() {
        let frame = noise_frame(PixelFormat::I420, ODD, 9, 1);
        let canvas = canvas_of(&frame);
        assert_eq!(canvas.color(), frame.info().color);
        for index in 0..3 {
            let (plane, source) = (canvas.plane(index), frame.plane(index));
            assert_eq!((plane.rows, plane.stride_bytes), (source.rows, source.row_bytes));
            for row in 0..plane.rows {
                assert_eq!(plane.bytes[row * plane.stride_bytes..][..plane.stride_bytes], *source.row(row));
            }
        }
        let canvas = canvas_of(&frame_from(PixelFormat::Nv12, ODD, 3, |plane, row, column| {
            (plane * 100 + row * 20 + column) as u8
        }));
        assert_eq!(canvas.plane(0).bytes[34], 86);
        assert_eq!(canvas.plane(1).bytes[..5], [100, 102, 104, 106, 120]);
        assert_eq!(canvas.plane(2).bytes[11], 147);
    }

    #[test]
    fn yuyv_averages_chroma_over_two_rows_and_keeps_the_last_one() {
        let frame = frame_from(PixelFormat::Yuyv, Size { width: 3, height: 3 }, 5, |_, row, column| {
            (row * 41 + column) as u8
        });
        let canvas = canvas_of(&frame);
        assert_eq!(canvas.plane(0).bytes, [0, 2, 4, 41, 43, 45, 82, 84, 86]);
        assert_eq!(canvas.plane(1).bytes, [22, 26, 83, 87]);
        assert_eq!(canvas.plane(2).bytes, [24, 28, 85, 89]);
    }

    #[test]
    fn uyvy_is_yuyv_with_its_bytes_swapped() {
        let yuyv = noise_frame(PixelFormat::Yuyv, ODD, 4, 3);
        let swapped =
            frame_from(PixelFormat::Uyvy, ODD, 1, |_, row, column| yuyv.plane(0).row(row)[column ^ 1]);
        let (yuyv, uyvy) = (canvas_of(&yuyv), canvas_of(&swapped));
        for index in 0..3 {
            assert_eq!(yuyv.plane(index).bytes, uyvy.plane(index).bytes);
        }
    }

    #[test]
    fn full_chroma_is_averaged_over_four_pixels() {
        let frame = frame_from(PixelFormat::Yuv24, Size { width: 3, height: 2 }, 2, |_, row, column| {
            (row * 100 + column) as u8
        });
        let canvas = canvas_of(&frame);
        assert_eq!(canvas.color(), frame.info().color);
        assert_eq!(canvas.plane(0).bytes, [0, 3, 6, 100, 103, 106]);
        // Cb is 1, 4, 7 above and 101, 104, 107 below; the last column stands alone.
        assert_eq!(canvas.plane(1).bytes, [53, 57]);
        assert_eq!(canvas.plane(2).bytes, [54, 58]);
    }

    #[test]
    fn rgb_and_bgr_of_the_same_colours_are_the_same_picture() {
        let rgb = noise_frame(PixelFormat::Rgb24, ODD, 4, 3);
        let turned = frame_from(PixelFormat::Bgr24, ODD, 1, |_, row, column| {
            rgb.plane(0).row(row)[column / 3 * 3 + 2 - column % 3]
        });
        let (rgb, bgr) = (canvas_of(&rgb), canvas_of(&turned));
        assert_eq!(rgb.color(), ColorSpace::BT601_FULL);
        for index in 0..3 {
            assert_eq!(rgb.plane(index).bytes, bgr.plane(index).bytes);
        }
        let red = canvas_of(&frame_from(PixelFormat::Rgb24, ODD, 0, |_, _, column| {
            if column.is_multiple_of(3) { 255 } else { 0 }
        }));
        assert_eq!([0, 1, 2].map(|index| *red.plane(index).bytes.last().unwrap()), [76, 85, 255]);
    }

    #[test]
    fn grey_is_grey() {
        let canvas = canvas_of(&frame_from(PixelFormat::Grey, Size { width: 1, height: 1 }, 0, |_, _, _| 77));
        assert_eq!([0, 1, 2].map(|index| canvas.plane(index).bytes), [&[77][..], &[128], &[128]]);
    }

    #[test]
    fn a_picture_of_no_pixels_is_one() {
        for format in PixelFormat::ALL {
            for size in [Size { width: 0, height: 4 }, Size { width: 4, height: 0 }] {
                assert_eq!(canvas_of(&noise_frame(format, size, 0, 0)).size(), size);
            }
        }
    }
}
