//! A canvas on a screen: scaled to the room that it has, with black bars where its shape is another, and a line of
//! text in a corner.

use ocelli_frame::{Letterbox, Padding, Size};

use crate::Canvas;
use crate::color::Rgb;
use crate::glyphs::{Glyph, GlyphSheet, UNKNOWN};
use crate::painter::write_line;
use crate::rgb::{Pixel, ToRgb, mix};
use crate::scale::Resampler;
use crate::style::{Style, TEXT_HEIGHTS};

/// How much of the picture the ground under a caption takes away, of 255.
const GROUND: u8 = 150;
/// Between the parts of a caption.
const BETWEEN: &str = "  ·  ";

/// A picture in pixels of four bytes: blue, green, red and one of nothing; rows without gaps. Used again for every
/// frame, it allocates only where it grows.
#[derive(Debug)]
pub struct ScreenPicture {
    size: Size,
    pixels: Vec<Pixel>,
    /// The canvas at the size that it is shown at.
    scaled: Canvas,
    resampler: Resampler,
    /// Of the height of the last caption.
    sheet: Option<GlyphSheet>,
    glyphs: Vec<Glyph>,
    line: Vec<u8>,
}

impl ScreenPicture {
    /// A picture of nothing.
    pub fn new() -> Self {
        Self {
            size: Size::default(),
            pixels: Vec::new(),
            scaled: Canvas::new(),
            resampler: Resampler::default(),
            sheet: None,
            glyphs: Vec::new(),
            line: Vec::new(),
        }
    }

    /// Width and height.
    pub fn size(&self) -> Size {
        self.size
    }

    /// All pixels, row by row.
    pub fn bytes(&self) -> &[u8] {
        self.pixels.as_flattened()
    }

    /// Becomes `canvas`, as large as `size` has room for, its shape kept, in the middle of black.
    pub fn show(&mut self, canvas: &Canvas, size: Size) {
        self.size = size;
        self.pixels.resize(size.width as usize * size.height as usize, [0; 4]);
        let from = canvas.size();
        if [from.width, from.height, size.width, size.height].contains(&0) {
            return self.pixels.fill([0; 4]);
        }
        let content = Letterbox::new(from, size, Padding::Centred).content;
        let canvas = if content.size == from {
            canvas
        } else {
            self.scaled.reset(content.size, canvas.color());
            self.resampler.resample(canvas, &mut self.scaled);
            &self.scaled
        };
        let to_rgb = ToRgb::new(canvas.color());
        let (left, top) = (content.x as usize, content.y as usize);
        let (width, height) = (content.size.width as usize, content.size.height as usize);
        for (row, pixels) in self.pixels.chunks_exact_mut(size.width as usize).enumerate() {
            if !(top..top + height).contains(&row) {
                pixels.fill([0; 4]);
                continue;
            }
            pixels[..left].fill([0; 4]);
            to_rgb.row(canvas, row - top, &mut pixels[left..][..width]);
            pixels[left + width..].fill([0; 4]);
        }
    }

    /// Writes parts of a line into the bottom left corner, white on a ground that lets the picture through, as many as
    /// have room. What the font does not have becomes `?`.
    pub fn caption<'a>(&mut self, parts: impl IntoIterator<Item = &'a str>) {
        let height = TEXT_HEIGHTS[Style::of(self.size).text.saturating_sub(1).max(1)];
        let sheet = match &mut self.sheet {
            Some(sheet) if sheet.height() == height => sheet,
            sheet => sheet.insert(GlyphSheet::new(height)),
        };
        let padding = height / 2;
        let (width_max, rows) = (self.size.width, height + padding);
        self.glyphs.clear();
        let mut width = 2 * padding;
        for part in parts {
            let length = self.glyphs.len();
            let between = if length == 0 { "" } else { BETWEEN };
            let glyphs = between
                .chars()
                .chain(part.chars())
                .map(|character| Glyph::of(character).or(Glyph::of(UNKNOWN)));
            self.glyphs.extend(glyphs.flatten());
            let text: f32 = self.glyphs.iter().map(|&glyph| sheet.advance(glyph)).sum();
            let wanted = text.ceil() as u32 + 2 * padding;
            if wanted > width_max {
                self.glyphs.truncate(length);
                break;
            }
            width = wanted;
        }
        if self.glyphs.is_empty() || rows > self.size.height {
            return;
        }
        write_line(&mut self.line, &self.glyphs, sheet, width, padding);
        let (stride, width) = (width_max as usize, width as usize);
        let top = (self.size.height - rows) as usize;
        let text_top = top + (padding / 2) as usize;
        for (row, pixels) in self.pixels.chunks_exact_mut(stride).enumerate().skip(top) {
            let pixels = &mut pixels[..width];
            pixels.iter_mut().for_each(|pixel| mix(pixel, Rgb::BLACK, GROUND));
            let text = row.checked_sub(text_top).and_then(|row| self.line.chunks_exact(width).nth(row));
            for (pixel, &share) in pixels.iter_mut().zip(text.unwrap_or_default()) {
                mix(pixel, Rgb::WHITE, share);
            }
        }
    }
}

impl Default for ScreenPicture {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use ocelli_frame::PixelFormat;
    use ocelli_testkit::frame_from;

    use super::*;
    use crate::convert::copy_frame;

    fn grey(width: u32, height: u32, code: u8) -> Canvas {
        let mut canvas = Canvas::new();
        copy_frame(&mut canvas, &frame_from(PixelFormat::Grey, Size { width, height }, 0, |_, _, _| code));
        canvas
    }

    fn shown(canvas: &Canvas, width: u32, height: u32) -> ScreenPicture {
        let mut picture = ScreenPicture::new();
        // What an earlier picture left must not be seen.
        picture.show(&grey(width.max(1), height.max(1), 99), Size { width, height });
        picture.show(canvas, Size { width, height });
        picture
    }

    fn rows_and_columns(picture: &ScreenPicture, of: Pixel) -> (Vec<usize>, Vec<usize>) {
        let width = picture.size.width as usize;
        let places = picture.pixels.iter().enumerate().filter(|&(_, pixel)| *pixel == of);
        let (mut rows, mut columns): (Vec<_>, Vec<_>) =
            places.map(|(place, _)| (place / width, place % width)).unzip();
        rows.dedup();
        columns.sort();
        columns.dedup();
        (rows, columns)
    }

    #[test]
    fn the_shape_is_kept_and_bars_are_black() {
        let canvas = grey(64, 36, 200);
        let of = [200, 200, 200, 0];
        for (size, rows, columns) in [
            ((64, 36), 0..36, 0..64),
            ((64, 48), 6..42, 0..64),
            ((80, 36), 0..36, 8..72),
            ((160, 90), 0..90, 0..160),
            ((32, 40), 11..29, 0..32),
        ] {
            let picture = shown(&canvas, size.0, size.1);
            assert_eq!(
                rows_and_columns(&picture, of),
                (rows.clone().collect(), columns.clone().collect()),
                "{size:?}"
            );
            let black = picture.pixels.iter().filter(|pixel| **pixel == [0; 4]).count();
            assert_eq!(black, (size.0 * size.1) as usize - rows.len() * columns.len(), "{size:?}");
            assert_eq!(picture.bytes().len(), (size.0 * size.1 * 4) as usize);
        }
    }

    #[test]
    fn no_room_and_no_picture_are_black() {
        for (width, height) in [(0, 0), (0, 9), (9, 0)] {
            assert!(shown(&grey(4, 4, 200), width, height).bytes().is_empty());
        }
        assert!(shown(&grey(0, 4, 200), 5, 5).bytes().iter().all(|&byte| byte == 0));
    }

    #[test]
    fn a_caption_is_legible_on_any_ground_and_takes_what_has_room() {
        for code in [0, 128, 255] {
            let mut picture = shown(&grey(640, 360, code), 640, 360);
            let bare = picture.pixels.clone();
            picture.caption(["30.0 fps", "age 41 ms"]);
            let touched: Vec<_> =
                (0..bare.len()).filter(|&place| picture.pixels[place] != bare[place]).collect();
            assert!(touched.iter().all(|place| place / 640 > 330 && place % 640 < 200), "in its corner");
            let white = touched.iter().filter(|&&place| picture.pixels[place][0] > 240).count();
            let ground = picture.pixels[359 * 640][0];
            assert!(white > 50 && ground < 110, "{white} {ground}");
        }
        let length = |width: u32| {
            let mut picture = shown(&grey(width, 90, 255), width, 90);
            picture.caption(["30.0 fps", "age 41 ms", "p99 55 ms"]);
            picture.glyphs.len()
        };
        let between = BETWEEN.chars().count();
        assert_eq!([20, 90, 170, 400].map(length), [0, 8, 17 + between, 26 + 2 * between]);
        let mut low = shown(&grey(400, 8, 255), 400, 8);
        low.caption(["30.0 fps"]);
        assert!(low.pixels.iter().all(|pixel| pixel[0] == 255), "no room above each other");
    }
}
