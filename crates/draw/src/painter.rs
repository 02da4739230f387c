//! What goes where: boxes first, the most confident last; then their labels, so that no line runs through a word.

use ocelli_frame::{BoxXyxy, Frame, Predictions, Size};

use crate::Canvas;
use crate::canvas::Area;
use crate::color::FromRgb;
use crate::convert::copy_frame;
use crate::glyphs::{Glyph, GlyphSheet};
use crate::label::Names;
use crate::palette::color_of;
use crate::style::{Style, TEXT_HEIGHTS};

/// Class scores that are written onto a picture, one below the other.
const SCORES_MAX: usize = 5;

/// Draws predictions over copies of frames. One for each thread that draws.
#[derive(Debug)]
pub struct Painter {
    names: Names,
    /// By the index of their height; rasterised when a picture first needs them, and kept.
    sheets: [Option<GlyphSheet>; TEXT_HEIGHTS.len()],
    canvas: Canvas,
    /// Coverage of the label at hand.
    line: Vec<u8>,
}

impl Painter {
    /// `classes` are the model's, by their id. Names may hold anything: what cannot be drawn is left out, and a class
    /// without a name goes by its number.
    pub fn new(classes: Vec<String>) -> Self {
        Self {
            names: Names::new(&classes),
            sheets: [const { None }; TEXT_HEIGHTS.len()],
            canvas: Canvas::new(),
            line: Vec::new(),
        }
    }

    /// Copies `frame` onto the canvas and draws `predictions` there: a box and a label (`car 0.86`) for each detection,
    /// the best class scores at the top left. All of it stays inside the picture; a label without room is left out.
    pub fn paint(&mut self, frame: &Frame, predictions: &Predictions) -> &Canvas {
        copy_frame(&mut self.canvas, frame);
        let size = self.canvas.size();
        let style = Style::of(size);
        let from_rgb = FromRgb::new(self.canvas.color());
        for detection in predictions.detections.iter().rev() {
            let area = snapped(&detection.box_in_source, size);
            let ink = from_rgb.ink(color_of(detection.class_id));
            outline(area, style.line).into_iter().for_each(|side| self.canvas.fill(side, ink));
        }
        for detection in predictions.detections.iter().rev() {
            let Area { x1, y1, .. } = snapped(&detection.box_in_source, size);
            let above = y1.checked_sub(TEXT_HEIGHTS[style.text]);
            let place = (x1, above.unwrap_or(y1));
            self.draw_label(style, place, detection.class_id, detection.confidence);
        }
        for (row, score) in (0..).zip(predictions.classification.iter().take(SCORES_MAX)) {
            let y = row * TEXT_HEIGHTS[style.text];
            if y + TEXT_HEIGHTS[style.text] <= size.height {
                self.draw_label(style, (0, y), score.class_id, score.confidence);
            }
        }
        &self.canvas
    }

    /// The last picture that was painted; at first one of nothing.
    pub fn canvas(&self) -> &Canvas {
        &self.canvas
    }

    /// A label whose top left corner is at `place`, or as near to it as the picture allows.
    fn draw_label(&mut self, style: Style, place: (u32, u32), class_id: u32, confidence: f32) {
        let size = self.canvas.size();
        let sheet = self.sheets[style.text].get_or_insert_with(|| GlyphSheet::new(TEXT_HEIGHTS[style.text]));
        let Some(x_room) = size.width.checked_sub(2 * style.padding) else { return };
        let Some(y_max) = size.height.checked_sub(sheet.height()) else { return };
        let room = even_below(x_room) as f32;
        let Some(label) = self.names.label(class_id, confidence, sheet, room) else { return };
        let width = (label.width(sheet).ceil() as u32 + 2 * style.padding).next_multiple_of(2);
        let Some(x_max) = size.width.checked_sub(width) else { return };
        let (x, y) = (place.0.min(even_below(x_max)), place.1.min(even_below(y_max)));
        let color = color_of(class_id);
        let from_rgb = FromRgb::new(self.canvas.color());
        let area = Area { x1: x, y1: y, x2: x + width, y2: y + sheet.height() };
        self.canvas.fill(area, from_rgb.ink(color));
        write_line(&mut self.line, label.glyphs(), sheet, width, style.padding);
        self.canvas.blend((x, y), &self.line, width, from_rgb.ink(color.legible_on()));
    }
}

/// Writes glyphs into `line`, `width` pixels wide and as high as the sheet.
pub(crate) fn write_line(line: &mut Vec<u8>, glyphs: &[Glyph], sheet: &GlyphSheet, width: u32, padding: u32) {
    line.clear();
    line.resize((width * sheet.height()) as usize, 0);
    let mut pen = padding as f32;
    for &glyph in glyphs {
        sheet.draw(glyph, pen, line, width);
        pen += sheet.advance(glyph);
    }
}

/// A box on even pixels, inside the picture and at least two pixels wide and high where that has room. A box of no
/// numbers lies at the picture's top left.
fn snapped(box_in_source: &BoxXyxy, size: Size) -> Area {
    let clipped = box_in_source.clipped(size);
    // `as` takes NaN to 0 and what is too large to the largest.
    let even = |edge: f32| (edge / 2.0).round() as u32 * 2;
    let side = |from: f32, to: f32, length: u32| {
        let from = even(from).min(even_below(length.saturating_sub(1)));
        (from, even(to).max(from + 2).min(length))
    };
    let (x1, x2) = side(clipped.x1, clipped.x2, size.width);
    let (y1, y2) = side(clipped.y1, clipped.y2, size.height);
    Area { x1, y1, x2, y2 }
}

/// The four sides of a box, inside it.
fn outline(area: Area, line: u32) -> [Area; 4] {
    let Area { x1, y1, x2, y2 } = area;
    let (left, top) = ((x1 + line).min(x2), (y1 + line).min(y2));
    let right = even_below(x2.saturating_sub(line)).max(x1);
    let bottom = even_below(y2.saturating_sub(line)).max(y1);
    [
        Area { y2: top, ..area },
        Area { y1: bottom, ..area },
        Area { x2: left, ..area },
        Area { x1: right, ..area },
    ]
}

fn even_below(length: u32) -> u32 {
    length / 2 * 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_keep_to_even_pixels_of_the_picture() {
        let size = Size { width: 101, height: 50 };
        let area = |x1, y1, x2, y2| {
            let Area { x1, y1, x2, y2 } = snapped(&BoxXyxy { x1, y1, x2, y2 }, size);
            (x1, y1, x2, y2)
        };
        assert_eq!(area(10.9, 4.0, 20.0, 8.9), (10, 4, 20, 8));
        assert_eq!(area(-5.0, -5.0, 900.0, 900.0), (0, 0, 101, 50));
        assert_eq!(area(101.0, 50.0, 101.0, 50.0), (100, 48, 101, 50));
        assert_eq!(area(f32::NAN, f32::NEG_INFINITY, f32::NAN, f32::INFINITY), (0, 0, 2, 50));
        let thin = outline(Area { x1: 4, y1: 4, x2: 6, y2: 6 }, 8);
        assert!(thin.iter().all(|side| *side == Area { x1: 4, y1: 4, x2: 6, y2: 6 }));
    }
}
