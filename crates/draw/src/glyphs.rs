//! Glyphs of the embedded font, rasterised once for each text height.

use ab_glyph::{Font, FontRef, PxScale, ScaleFont, point};

/// Inter SemiBold, Latin-1; see `font/README.md`.
static FONT: &[u8] = include_bytes!("../font/Inter-SemiBold-Latin1.ttf");

/// What stands for a character that the font does not have.
pub(crate) const UNKNOWN: char = '?';
/// Where something was cut off.
pub(crate) const ELLIPSIS: Glyph = Glyph(0);

/// A character that the font has, by its place in a [`GlyphSheet`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Glyph(u8);

impl Glyph {
    /// `None` where the font does not have it.
    pub fn of(character: char) -> Option<Self> {
        match character {
            '…' => Some(ELLIPSIS),
            ' '..='~' | '\u{a1}'..='\u{ff}' => Some(Self(u32::from(character) as u8)),
            '\u{a0}' => Self::of(' '),
            _ => None,
        }
    }

    /// Every glyph, with its character.
    fn all() -> impl Iterator<Item = (Self, char)> {
        let latin = (' '..='\u{ff}').filter_map(|character| Some((Self::of(character)?, character)));
        latin.chain([(ELLIPSIS, '…')])
    }
}

/// Every glyph at one height.
#[derive(Debug)]
pub(crate) struct GlyphSheet {
    /// From the top of the tallest letter to the bottom of the deepest.
    height: u32,
    shapes: Vec<Shape>,
    coverage: Vec<u8>,
}

/// One glyph's place in its sheet and on its line.
#[derive(Clone, Copy, Debug, Default)]
struct Shape {
    /// Of its first row in the sheet.
    start: usize,
    width: u32,
    rows: u32,
    /// From the pen, which may be left of it, and from the line's top.
    left: i32,
    top: u32,
    /// The pen's way to the next glyph.
    advance: f32,
}

impl GlyphSheet {
    /// Rasterises the font so that its lines are `height` pixels high.
    pub fn new(height: u32) -> Self {
        let font = FontRef::try_from_slice(FONT).expect("the embedded font is one");
        let font = font.as_scaled(PxScale::from(height as f32));
        let mut sheet = Self { height, shapes: vec![Shape::default(); 256], coverage: Vec::new() };
        for (Glyph(place), character) in Glyph::all() {
            let id = font.glyph_id(character);
            let advance = font.h_advance(id);
            let baseline = point(0.0, font.ascent().round());
            let mut shape = Shape { start: sheet.coverage.len(), advance, ..Shape::default() };
            let glyph = id.with_scale_and_position(PxScale::from(height as f32), baseline);
            if let Some(outline) = font.font.outline_glyph(glyph) {
                let bounds = outline.px_bounds();
                // Accents on capitals may stand out of the line; what does is cut.
                let cut = (-bounds.min.y).max(0.0) as u32;
                shape.left = bounds.min.x as i32;
                shape.top = (bounds.min.y.max(0.0) as u32).min(height);
                shape.width = bounds.width() as u32;
                shape.rows = (bounds.height() as u32).saturating_sub(cut).min(height - shape.top);
                sheet.coverage.resize(shape.start + (shape.width * shape.rows) as usize, 0);
                let target = &mut sheet.coverage[shape.start..];
                outline.draw(|x, y, share| {
                    let row = y.wrapping_sub(cut);
                    if x < shape.width && row < shape.rows {
                        let code = (share.clamp(0.0, 1.0) * 255.0).round() as u8;
                        target[(row * shape.width + x) as usize] = code;
                    }
                });
            }
            sheet.shapes[usize::from(place)] = shape;
        }
        sheet
    }

    /// Of a line, in pixels.
    pub fn height(&self) -> u32 {
        self.height
    }

    /// Of a glyph, in pixels.
    pub fn advance(&self, Glyph(place): Glyph) -> f32 {
        self.shapes[usize::from(place)].advance
    }

    /// Draws a glyph into a line of coverage, `width` pixels wide and as high as the sheet. The pen stands `pen` pixels
    /// from its left edge.
    pub fn draw(&self, Glyph(place): Glyph, pen: f32, line: &mut [u8], width: u32) {
        let shape = self.shapes[usize::from(place)];
        let left = i64::from(pen.round() as i32) + i64::from(shape.left);
        for row in 0..shape.rows {
            let source = &self.coverage[shape.start + (row * shape.width) as usize..][..shape.width as usize];
            for (column, &share) in source.iter().enumerate() {
                let x = left + column as i64;
                if (0..i64::from(width)).contains(&x) {
                    let target = &mut line[(shape.top + row) as usize * width as usize + x as usize];
                    *target = (*target).max(share);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::style::TEXT_HEIGHTS;

    #[test]
    fn the_font_has_every_glyph_and_they_differ() {
        let sheet = GlyphSheet::new(40);
        for (glyph, character) in Glyph::all() {
            let Shape { width, rows, advance, .. } = sheet.shapes[usize::from(glyph.0)];
            assert!(advance > 3.0, "{character:?}");
            assert_eq!(width * rows == 0, character.is_whitespace(), "{character:?}");
        }
        let ink = |character: char| {
            let shape = sheet.shapes[usize::from(Glyph::of(character).unwrap().0)];
            sheet.coverage[shape.start..][..(shape.width * shape.rows) as usize].to_vec()
        };
        assert_ne!(ink('a'), ink('?'));
        assert_ne!(ink('é'), ink('e'));
        assert!(ink('|').iter().filter(|&&share| share == 255).count() > 50, "strokes are solid");
        assert_eq!(Glyph::of('\u{a0}'), Glyph::of(' '));
        assert!(['\n', '\u{7f}', '\u{85}', 'ā', '猫'].iter().all(|&other| Glyph::of(other).is_none()));
    }

    #[test]
    fn glyphs_stay_inside_their_line_at_every_height() {
        for height in TEXT_HEIGHTS {
            assert!(height.is_multiple_of(2), "labels have even edges");
            let sheet = GlyphSheet::new(height);
            for (glyph, _) in Glyph::all() {
                for (pen, width) in [(-3.0, 5u32), (0.4, 1), (1e9, 7), (f32::NAN, 200)] {
                    sheet.draw(glyph, pen, &mut vec![0; (width * height) as usize], width);
                }
            }
        }
    }
}
