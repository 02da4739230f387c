//! The scene itself: any frame of it, painted or told.

use ocelli_frame::{BoxXyxy, Frame, FrameInfo, PixelFormat};

use super::backdrop::background;
use super::motion::Mover;
use super::paint::{Placed, paint, planes};
use super::shapes::Shape;
use super::{SceneOptions, strip};
use crate::SourceError;

/// A scene, ready to be asked for any of its frames.
#[derive(Clone, Debug)]
pub struct Scene {
    options: SceneOptions,
    movers: Vec<Mover>,
    /// Packed I420.
    background: Vec<u8>,
}

/// One thing in a frame, and where it is to be seen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TruthObject {
    /// Index into [`Scene::CLASS_NAMES`].
    pub class_id: u32,
    /// Around its visible pixels: those in the picture and behind nothing, whole pixels each.
    pub box_in_source: BoxXyxy,
    /// How much of it is visible, above 0 and up to 1.
    pub visible: f32,
}

impl Scene {
    /// What the class numbers mean.
    pub const CLASS_NAMES: [&'static str; 3] = Shape::NAMES;

    /// # Errors
    /// As [`SceneOptions::check`].
    pub fn new(options: SceneOptions) -> Result<Self, SourceError> {
        options.check()?;
        let movers =
            (0..options.objects).map(|index| Mover::new(options.seed, index, options.size)).collect();
        let background = background(options.size);
        Ok(Self { options, movers, background })
    }

    /// What it was made of.
    pub fn options(&self) -> &SceneOptions {
        &self.options
    }

    /// Bytes of a frame: packed I420.
    pub fn frame_bytes(&self) -> usize {
        FrameInfo::packed_bytes(PixelFormat::I420, self.options.size)
    }

    /// Paints frame `sequence` into `bytes`, packed I420 in BT.601's limited range. Allocates nothing.
    ///
    /// # Panics
    /// Where `bytes` is shorter than [`Scene::frame_bytes`].
    pub fn render(&self, sequence: u64, bytes: &mut [u8]) {
        let bytes = &mut bytes[..self.frame_bytes()];
        bytes.copy_from_slice(&self.background);
        for mover in &self.movers {
            paint(bytes, self.options.size, &self.place(mover, sequence));
        }
        let (luma, chroma) = planes(bytes, self.options.size);
        strip::write(luma, chroma, self.options.size, sequence);
    }

    /// Everything that is to be seen in frame `sequence`, from back to front. What lies wholly behind something, or
    /// behind the strip of cells, is left out.
    pub fn truth(&self, sequence: u64) -> Vec<TruthObject> {
        let placed: Vec<_> = self.movers.iter().map(|mover| self.place(mover, sequence)).collect();
        (0..placed.len()).filter_map(|index| self.see(&placed[index], &placed[index + 1..])).collect()
    }

    /// The number that is written in a frame's pixels, modulo 2^24; `None` where there is none. Frames of any format
    /// will do, and lossy coding does not hurt.
    pub fn read_sequence(frame: &Frame) -> Option<u64> {
        strip::read(frame)
    }

    fn place(&self, mover: &Mover, sequence: u64) -> Placed {
        let (x, y) = mover.centre(sequence as f64 / self.options.fps, self.options.size);
        Placed {
            shape: mover.shape,
            x: x as f32,
            y: y as f32,
            radius: mover.radius as f32,
            color: mover.color + self.options.seed as usize % 8,
        }
    }

    fn see(&self, thing: &Placed, in_front: &[Placed]) -> Option<TruthObject> {
        let (width, height) = (i64::from(self.options.size.width), i64::from(self.options.size.height));
        let (strip_width, strip_height) = strip::extent(self.options.size);
        let [(left, right), (top, bottom)] = thing.reach();
        let (mut whole, mut visible) = (0u32, 0u32);
        let (mut x1, mut y1, mut x2, mut y2) = (i64::MAX, i64::MAX, i64::MIN, i64::MIN);
        for row in top..bottom {
            for column in left..right {
                let (x, y) = (column as f32 + 0.5, row as f32 + 0.5);
                if thing.distance(x, y) > 0.0 {
                    continue;
                }
                whole += 1;
                let inside = (0..width).contains(&column) && (0..height).contains(&row);
                let under_strip = column < strip_width as i64 && row < strip_height as i64;
                if !inside || under_strip || in_front.iter().any(|other| other.distance(x, y) <= 0.0) {
                    continue;
                }
                visible += 1;
                (x1, y1, x2, y2) = (x1.min(column), y1.min(row), x2.max(column + 1), y2.max(row + 1));
            }
        }
        (visible > 0).then(|| TruthObject {
            class_id: thing.shape as u32,
            box_in_source: BoxXyxy { x1: x1 as f32, y1: y1 as f32, x2: x2 as f32, y2: y2 as f32 },
            visible: visible as f32 / whole as f32,
        })
    }
}
