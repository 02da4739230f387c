//! Sizes, boxes, and the one place where a letterbox and its inverse are computed.

use std::fmt;

/// Width and height in pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Size {
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}x{}", self.width, self.height)
    }
}

/// A rectangle of whole pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rect {
    /// Left edge.
    pub x: u32,
    /// Top edge.
    pub y: u32,
    /// Width and height.
    pub size: Size,
}

/// A box by its top left and bottom right corners, in pixels of whichever space the name of its field says.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct BoxXyxy {
    /// Left.
    pub x1: f32,
    /// Top.
    pub y1: f32,
    /// Right.
    pub x2: f32,
    /// Bottom.
    pub y2: f32,
}

impl BoxXyxy {
    /// Area in square pixels; 0 where the box is empty or turned inside out.
    pub fn area(&self) -> f32 {
        (self.x2 - self.x1).max(0.0) * (self.y2 - self.y1).max(0.0)
    }

    /// Intersection over union, 0..=1. Two empty boxes have 0.
    pub fn iou(&self, other: &Self) -> f32 {
        let width = self.x2.min(other.x2) - self.x1.max(other.x1);
        let height = self.y2.min(other.y2) - self.y1.max(other.y1);
        let intersection = width.max(0.0) * height.max(0.0);
        let union = self.area() + other.area() - intersection;
        if union > 0.0 { intersection / union } else { 0.0 }
    }

    /// The part inside a picture of this size.
    pub fn clipped(&self, size: Size) -> Self {
        let (width, height) = (size.width as f32, size.height as f32);
        Self {
            x1: self.x1.clamp(0.0, width),
            y1: self.y1.clamp(0.0, height),
            x2: self.x2.clamp(0.0, width),
            y2: self.y2.clamp(0.0, height),
        }
    }
}

/// Where the bars of a letterbox go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Padding {
    /// Half on either side (Ultralytics).
    Centred,
    /// All of it right and below (YOLOX).
    TopLeft,
}

/// A source picture scaled to fit a model's input with its aspect kept, and padded to fill it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Letterbox {
    /// The source picture.
    pub source: Size,
    /// The model's input.
    pub model: Size,
    /// Where the scaled picture lies in the model's input; the rest is padding.
    pub content: Rect,
    /// The way back.
    pub source_from_model: SourceFromModel,
}

impl Letterbox {
    /// The letterbox of Ultralytics and YOLOX: `ratio = min(model / source)` per axis, the content's sides rounded
    /// half to even (as Python's `round`) and never under one pixel, half of the rest, rounded down, on the left and top where centred.
    ///
    /// # Panics
    /// Where a side of `source` or `model` is 0.
    pub fn new(source: Size, model: Size, padding: Padding) -> Self {
        assert!(
            source.width > 0 && source.height > 0 && model.width > 0 && model.height > 0,
            "a letterbox needs pictures of at least one pixel, not {source} in {model}"
        );
        let ratio = (f64::from(model.width) / f64::from(source.width))
            .min(f64::from(model.height) / f64::from(source.height));
        let side =
            |source: u32, model: u32| ((f64::from(source) * ratio).round_ties_even() as u32).clamp(1, model);
        let size = Size { width: side(source.width, model.width), height: side(source.height, model.height) };
        let (x, y) = match padding {
            Padding::Centred => ((model.width - size.width) / 2, (model.height - size.height) / 2),
            Padding::TopLeft => (0, 0),
        };
        let source_from_model =
            SourceFromModel { scale: (1.0 / ratio) as f32, offset_x: x as f32, offset_y: y as f32 };
        Self { source, model, content: Rect { x, y, size }, source_from_model }
    }
}

/// The way from model pixels back to source pixels: subtract the offset, then scale.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SourceFromModel {
    /// Source pixels per model pixel.
    pub scale: f32,
    /// Padding on the left, in model pixels.
    pub offset_x: f32,
    /// Padding at the top, in model pixels.
    pub offset_y: f32,
}

impl SourceFromModel {
    /// A box in source pixels, not clipped.
    pub fn map_box(&self, box_in_model: &BoxXyxy) -> BoxXyxy {
        let x = |x: f32| (x - self.offset_x) * self.scale;
        let y = |y: f32| (y - self.offset_y) * self.scale;
        BoxXyxy {
            x1: x(box_in_model.x1),
            y1: y(box_in_model.y1),
            x2: x(box_in_model.x2),
            y2: y(box_in_model.y2),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size(width: u32, height: u32) -> Size {
        Size { width, height }
    }

    #[test]
    fn letterbox_centres_and_comes_back() {
        let letterbox = Letterbox::new(size(1920, 1080), size(640, 640), Padding::Centred);
        assert_eq!(letterbox.content, Rect { x: 0, y: 140, size: size(640, 360) });
        let whole = BoxXyxy { x1: 0.0, y1: 140.0, x2: 640.0, y2: 500.0 };
        assert_eq!(
            letterbox.source_from_model.map_box(&whole),
            BoxXyxy { x1: 0.0, y1: 0.0, x2: 1920.0, y2: 1080.0 }
        );
    }

    #[test]
    fn letterbox_rounds_half_to_even_and_pads_below_for_top_left() {
        // 5 * 0.5 = 2.5 rounds to 2, as Python rounds.
        let letterbox = Letterbox::new(size(8, 5), size(4, 4), Padding::TopLeft);
        assert_eq!(letterbox.content, Rect { x: 0, y: 0, size: size(4, 2) });
    }

    #[test]
    fn a_sliver_keeps_one_pixel() {
        let letterbox = Letterbox::new(size(10_000, 1), size(64, 64), Padding::Centred);
        assert_eq!(letterbox.content.size, size(64, 1));
    }

    #[test]
    fn iou_of_halves_and_of_nothing() {
        let a = BoxXyxy { x1: 0.0, y1: 0.0, x2: 2.0, y2: 1.0 };
        let b = BoxXyxy { x1: 1.0, y1: 0.0, x2: 3.0, y2: 1.0 };
        assert!((a.iou(&b) - 1.0 / 3.0).abs() < 1e-6);
        assert_eq!(BoxXyxy::default().iou(&BoxXyxy::default()), 0.0);
    }

    #[test]
    fn clipping_keeps_the_box_inside() {
        let clipped = BoxXyxy { x1: -5.0, y1: 2.0, x2: 50.0, y2: 90.0 }.clipped(size(40, 30));
        assert_eq!(clipped, BoxXyxy { x1: 0.0, y1: 2.0, x2: 40.0, y2: 30.0 });
    }
}
