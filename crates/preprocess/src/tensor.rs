//! The tensor by rows: where each lies, and what an element of either type is.

use std::ops::Range;

use ocelli_frame::{Rect, Size, TensorLayout};

use crate::Isa;
use crate::bars::Bars;
use crate::normalise::Normalise;
use crate::plan::{Columns, Plan};
use crate::row::{Picture, RowPair};

/// An element type that tensors are written in.
pub(crate) trait Element: Copy {
    /// What code `code` is in channel `channel`.
    fn of(code: u8, normalise: &Normalise, channel: usize) -> Self;

    /// Codes of channel `channel` to elements, one for one.
    fn write_planar(isa: Isa, codes: &[u8], normalise: &Normalise, channel: usize, out: &mut [Self]);

    /// Codes of three channels, in the tensor's order, to elements that alternate between them.
    fn write_interleaved(isa: Isa, codes: [&[u8]; 3], normalise: &Normalise, out: &mut [Self]);

    /// Source rows to the tensor's planes for red, green and blue, where the plan is direct; and, in passing, as much
    /// of the bars as suits.
    fn write_direct(
        isa: Isa,
        rows: &RowPair<'_>,
        columns: &Columns,
        normalise: &Normalise,
        out: [&mut [Self]; 3],
        bars: &mut Bars<'_, Self>,
    );
}

impl Element for f32 {
    fn of(code: u8, normalise: &Normalise, channel: usize) -> Self {
        normalise.element(code, channel)
    }

    fn write_planar(isa: Isa, codes: &[u8], normalise: &Normalise, channel: usize, out: &mut [Self]) {
        isa.planar_f32(codes, normalise, channel, out);
    }

    fn write_interleaved(isa: Isa, codes: [&[u8]; 3], normalise: &Normalise, out: &mut [Self]) {
        isa.interleaved_f32(codes, normalise, out);
    }

    fn write_direct(
        isa: Isa,
        rows: &RowPair<'_>,
        columns: &Columns,
        normalise: &Normalise,
        out: [&mut [Self]; 3],
        bars: &mut Bars<'_, Self>,
    ) {
        isa.direct_f32(rows, columns, normalise, out, bars);
    }
}

impl Element for u8 {
    fn of(code: u8, _: &Normalise, _: usize) -> Self {
        code
    }

    fn write_planar(_: Isa, codes: &[u8], _: &Normalise, _: usize, out: &mut [Self]) {
        out.copy_from_slice(codes);
    }

    fn write_interleaved(isa: Isa, codes: [&[u8]; 3], _: &Normalise, out: &mut [Self]) {
        isa.interleaved_u8(codes, out);
    }

    fn write_direct(
        isa: Isa,
        rows: &RowPair<'_>,
        columns: &Columns,
        normalise: &Normalise,
        out: [&mut [Self]; 3],
        bars: &mut Bars<'_, Self>,
    ) {
        isa.direct_u8(rows, columns, normalise, out, bars);
    }
}

/// The tensor being written.
#[derive(Debug)]
pub(crate) struct TensorRows<'a, T> {
    isa: Isa,
    elements: &'a mut [T],
    size: Size,
    content: Rect,
    normalise: &'a Normalise,
    pad: [T; 3],
}

impl<'a, T: Element> TensorRows<'a, T> {
    /// `elements` are `3 * size.width * size.height`; `content` lies inside `size`.
    pub(crate) fn new(
        isa: Isa,
        elements: &'a mut [T],
        size: Size,
        content: Rect,
        normalise: &'a Normalise,
    ) -> Self {
        let pad = [0, 1, 2].map(|channel| T::of(normalise.pad_code, normalise, channel));
        Self { isa, elements, size, content, normalise, pad }
    }

    /// Writes the bars above and below the content.
    pub(crate) fn write_bars(&mut self) {
        let Rect { y, size, .. } = self.content;
        let (top, bottom) = (y as usize, (y + size.height) as usize);
        let height = self.size.height as usize;
        for rows in [0..top, bottom..height] {
            match self.normalise.layout {
                TensorLayout::Nchw => {
                    for channel in 0..3 {
                        let plane = channel * height;
                        let pad = self.pad[channel];
                        self.rows(plane + rows.start..plane + rows.end, 1).fill(pad);
                    }
                }
                TensorLayout::Nhwc => {
                    let pad = self.pad;
                    fill_pixels(self.rows(rows, 3), pad);
                }
            }
        }
    }

    /// Writes row `content_y` of the content and the bars beside it. `codes` are red, green and blue, at least as
    /// many as the content is wide.
    pub(crate) fn write_row(&mut self, content_y: usize, codes: [&[u8]; 3]) {
        let y = self.content.y as usize + content_y;
        let (left, width) = (self.content.x as usize, self.content.size.width as usize);
        let right = left + width;
        let (isa, normalise, pad) = (self.isa, self.normalise, self.pad);
        let codes = normalise.order.map(|channel| &codes[channel][..width]);
        match normalise.layout {
            TensorLayout::Nchw => {
                for channel in 0..3 {
                    let plane_y = channel * self.size.height as usize + y;
                    let row = self.rows(plane_y..plane_y + 1, 1);
                    row[..left].fill(pad[channel]);
                    T::write_planar(isa, codes[channel], normalise, channel, &mut row[left..right]);
                    row[right..].fill(pad[channel]);
                }
            }
            TensorLayout::Nhwc => {
                let row = self.rows(y..y + 1, 3);
                fill_pixels(&mut row[..3 * left], pad);
                T::write_interleaved(isa, codes, normalise, &mut row[3 * left..3 * right]);
                fill_pixels(&mut row[3 * right..], pad);
            }
        }
    }

    /// Whether `write_direct` can be used.
    pub(crate) fn is_planar(&self) -> bool {
        self.normalise.layout == TensorLayout::Nchw
    }

    /// Writes the whole tensor, each row of the content straight from the source rows that it is made of. The tensor
    /// must be planar and the plan direct.
    pub(crate) fn write_direct(self, picture: &Picture<'_>, plan: &Plan) {
        let Rect { x, y, size: content } = self.content;
        let (left, right) = (x as usize, (x + content.width) as usize);
        let width = self.size.width as usize;
        let (above, height) = (y as usize * width, content.height as usize);
        let pad = self.pad;
        let mut bars = Bars::new(pad[0]);
        let mut channels = 0..3;
        let mut planes = split_in_three(self.elements).map(|plane| {
            let pad = pad[channels.next().unwrap_or(0)];
            let (top, rest) = plane.split_at_mut(above);
            let (content, bottom) = rest.split_at_mut(height * width);
            bars.push(top, pad);
            bars.push(bottom, pad);
            content
        });
        bars.spread_over(height * ((right - left) / self.isa.lanes()));
        for row in 0..height {
            let mut pads = pad.into_iter();
            let out = planes.each_mut().map(|plane| {
                let row = &mut plane[row * width..][..width];
                let pad = pads.next().unwrap_or(pad[0]);
                row[..left].fill(pad);
                row[right..].fill(pad);
                &mut row[left..right]
            });
            let out = in_order(out, self.normalise.order);
            let rows = picture.row_pair(&plan.rows, row);
            T::write_direct(self.isa, &rows, &plan.columns, self.normalise, out, &mut bars);
        }
        bars.finish();
    }

    /// Rows of `per_pixel` elements a pixel.
    fn rows(&mut self, rows: Range<usize>, per_pixel: usize) -> &mut [T] {
        let pitch = per_pixel * self.size.width as usize;
        &mut self.elements[rows.start * pitch..rows.end * pitch]
    }
}

fn split_in_three<T>(elements: &mut [T]) -> [&mut [T]; 3] {
    let third = elements.len() / 3;
    let (first, rest) = elements.split_at_mut(third);
    let (second, third) = rest.split_at_mut(third);
    [first, second, third]
}

/// Tensor channels as red, green and blue.
fn in_order<T>([first, second, third]: [T; 3], order: [usize; 3]) -> [T; 3] {
    if order[0] == 0 { [first, second, third] } else { [third, second, first] }
}

fn fill_pixels<T: Copy>(elements: &mut [T], pad: [T; 3]) {
    elements.as_chunks_mut::<3>().0.fill(pad);
}
