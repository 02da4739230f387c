//! The picture that is drawn on: one I420 buffer, used again for every frame.
//!
//! What is not here: what is drawn. The canvas knows rectangles and coverage, nothing of boxes and labels.

use ocelli_frame::{ColorSpace, PixelFormat, Size};

use crate::color::Ink;

/// An I420 picture: luma, then Cb and Cr at half width and half height (rounded up), rows without gaps.
#[derive(Clone, Debug)]
pub struct Canvas {
    size: Size,
    color: ColorSpace,
    bytes: Vec<u8>,
}

/// One plane of a [`Canvas`]; its stride is its width.
#[derive(Clone, Copy, Debug)]
pub struct CanvasPlane<'a> {
    /// Row by row, without gaps.
    pub bytes: &'a [u8],
    /// Bytes of a row.
    pub stride_bytes: usize,
    /// Rows.
    pub rows: usize,
}

/// Whole pixels of a canvas, `x1..x2` by `y1..y2`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Area {
    pub x1: u32,
    pub y1: u32,
    pub x2: u32,
    pub y2: u32,
}

impl Canvas {
    /// A picture of nothing.
    pub(crate) fn new() -> Self {
        Self { size: Size::default(), color: ColorSpace::BT601_FULL, bytes: Vec::new() }
    }

    /// The picture's size.
    pub fn size(&self) -> Size {
        self.size
    }

    /// What its numbers mean.
    pub fn color(&self) -> ColorSpace {
        self.color
    }

    /// Luma (0), Cb (1) or Cr (2).
    ///
    /// # Panics
    /// Where `index` is over 2.
    pub fn plane(&self, index: usize) -> CanvasPlane<'_> {
        let (start, stride_bytes, rows) = self.place(index);
        CanvasPlane { bytes: &self.bytes[start..][..stride_bytes * rows], stride_bytes, rows }
    }

    /// Makes it a picture of this size, whose content is left over; allocates where it never was as large.
    pub(crate) fn reset(&mut self, size: Size, color: ColorSpace) {
        (self.size, self.color) = (size, color);
        let bytes: usize = (0..3).map(|index| self.place(index)).map(|(_, stride, rows)| stride * rows).sum();
        self.bytes.resize(bytes, 0);
    }

    /// All three planes at once.
    pub(crate) fn planes_mut(&mut self) -> [&mut [u8]; 3] {
        let (cb, cr) = (self.place(1).0, self.place(2).0);
        let (luma, chroma) = self.bytes.split_at_mut(cb);
        let (cb, cr) = chroma.split_at_mut(cr - cb);
        [luma, cb, cr]
    }

    /// Start, stride and rows of a plane.
    fn place(&self, index: usize) -> (usize, usize, usize) {
        assert!(index < 3, "an I420 canvas has no plane {index}");
        let extent = |index| PixelFormat::I420.plane_extent(index, self.size);
        let start = (0..index).map(extent).map(|(stride, rows)| stride * rows).sum();
        let (stride_bytes, rows) = extent(index);
        (start, stride_bytes, rows)
    }

    /// Paints `area`, or what of it is inside the picture. A chroma sample is painted where `area` has its top left
    /// pixel; so areas with even corners have exact colours, and others bleed by one pixel.
    pub(crate) fn fill(&mut self, area: Area, ink: Ink) {
        let area = area.within(self.size);
        let [stride, half_stride] = [0, 1].map(|plane| self.place(plane).1);
        let [luma, cb, cr] = self.planes_mut();
        fill_rows(luma, stride, area, ink.luma);
        fill_rows(cb, half_stride, area.halved(), ink.cb);
        fill_rows(cr, half_stride, area.halved(), ink.cr);
    }

    /// Mixes `ink` into the picture where `coverage` says how much, 0..=255, row by row in rows of `width`. Its top
    /// left corner is at `x`, `y`, which are even; what falls outside the picture is left out.
    pub(crate) fn blend(&mut self, (x, y): (u32, u32), coverage: &[u8], width: u32, ink: Ink) {
        let Some(rows) = coverage.len().checked_div(width as usize) else { return };
        let right = x.saturating_add(width);
        let area = Area { x1: x, y1: y, x2: right, y2: y.saturating_add(rows as u32) }.within(self.size);
        let (columns, rows) = ((area.x2 - area.x1) as usize, (area.y2 - area.y1) as usize);
        let [stride, half_stride] = [0, 1].map(|plane| self.place(plane).1);
        let [luma, cb, cr] = self.planes_mut();
        let at = |row: usize| &coverage[row * width as usize..][..columns];
        for row in 0..rows {
            let target = &mut luma[(y as usize + row) * stride + x as usize..][..columns];
            for (target, &share) in target.iter_mut().zip(at(row)) {
                *target = mix(*target, ink.luma, share);
            }
        }
        for row in (0..rows).step_by(2) {
            let (above, below) = (at(row), at((row + 1).min(rows - 1)));
            let start = (y as usize + row) / 2 * half_stride + x as usize / 2;
            for (column, (above, below)) in above.chunks(2).zip(below.chunks(2)).enumerate() {
                // A pair is a single pixel at an odd right edge.
                let sum: u32 = above.iter().chain(below).map(|&share| u32::from(share)).sum();
                let share = (sum / (above.len() + below.len()) as u32) as u8;
                for (plane, code) in [(&mut *cb, ink.cb), (&mut *cr, ink.cr)] {
                    let target = &mut plane[start + column];
                    *target = mix(*target, code, share);
                }
            }
        }
    }
}

impl Area {
    /// The part inside a picture; empty, and inside, where there is none.
    fn within(self, size: Size) -> Self {
        let (x1, y1) = (self.x1.min(size.width), self.y1.min(size.height));
        Self { x1, y1, x2: self.x2.clamp(x1, size.width), y2: self.y2.clamp(y1, size.height) }
    }

    /// Of the chroma planes.
    fn halved(self) -> Self {
        let half = |edge: u32| edge.div_ceil(2);
        Self { x1: half(self.x1), y1: half(self.y1), x2: half(self.x2), y2: half(self.y2) }
    }
}

fn fill_rows(plane: &mut [u8], stride_bytes: usize, area: Area, code: u8) {
    let (x1, x2) = (area.x1 as usize, area.x2 as usize);
    for row in area.y1 as usize..area.y2 as usize {
        plane[row * stride_bytes..][x1..x2].fill(code);
    }
}

/// From `from` to `to` by `share` in 1/255, rounded to the nearest.
pub(crate) fn mix(from: u8, to: u8, share: u8) -> u8 {
    let (from, to, share) = (u32::from(from), u32::from(to), u32::from(share));
    ((from * (255 - share) + to * share + 127) / 255) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    const INK: Ink = Ink { luma: 200, cb: 50, cr: 60 };

    fn canvas(width: u32, height: u32) -> Canvas {
        let mut canvas = Canvas::new();
        canvas.reset(Size { width, height }, ColorSpace::BT601_FULL);
        canvas
    }

    #[test]
    fn areas_are_cut_at_the_edges_and_reach_the_last_chroma_sample() {
        let mut canvas = canvas(5, 3);
        canvas.fill(Area { x1: 4, y1: 2, x2: 900, y2: u32::MAX }, INK);
        let luma = canvas.plane(0);
        assert_eq!((luma.bytes.len(), luma.bytes[14], luma.bytes[13]), (15, 200, 0));
        assert_eq!(canvas.plane(1).bytes, [0, 0, 0, 0, 0, 50]);
        assert_eq!(canvas.plane(2).bytes, [0, 0, 0, 0, 0, 60]);
        canvas.fill(Area { x1: 9, y1: 9, x2: 4, y2: 4 }, INK);
        assert_eq!(canvas.plane(0).bytes.iter().filter(|&&code| code == 200).count(), 1);
    }

    #[test]
    fn coverage_mixes_luma_by_pixel_and_chroma_by_four() {
        let mut canvas = canvas(4, 4);
        canvas.blend((0, 0), &[255, 0, 128, 0], 2, INK);
        assert_eq!(canvas.plane(0).bytes[..6], [200, 0, 0, 0, 100, 0]);
        // (255 + 128) / 4 = 95, 95/255 of 50 and 60.
        assert_eq!((canvas.plane(1).bytes[0], canvas.plane(2).bytes[0]), (19, 22));
        canvas.blend((2, 2), &[255; 64], 8, INK);
        assert_eq!(canvas.plane(0).bytes[10..], [200, 200, 0, 0, 200, 200]);
        canvas.blend((40, 40), &[255; 64], 8, INK);
        canvas.blend((0, 0), &[], 0, INK);
    }
}
