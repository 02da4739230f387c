//! Pixels: things over the background, for every frame. I420 with BT.601's limited range.
//!
//! Luma is painted at full resolution and chroma at half, both from the same distance, so that edges are soft in
//! both. Only the squares around things are visited.

use ocelli_frame::{PixelFormat, Size};

use super::shapes::Shape;

/// A colour as I420 has it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Color {
    pub y: f32,
    pub cb: f32,
    pub cr: f32,
}

/// R, G, B of things: distinct in hue and in lightness, and none like the background.
const PALETTE: [[u8; 3]; 8] = [
    [239, 83, 80],
    [255, 202, 40],
    [38, 198, 218],
    [171, 71, 188],
    [156, 204, 101],
    [255, 138, 101],
    [92, 107, 240],
    [240, 240, 232],
];
/// How strong the light on a thing is, in steps of luma: from one side to the other, along the rim, and in the spot
/// where it shines.
const SLOPE: f32 = 13.0;
const RIM: f32 = 30.0;
const SHINE: f32 = 46.0;

/// A thing at its place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Placed {
    pub shape: Shape,
    pub x: f32,
    pub y: f32,
    pub radius: f32,
    /// Any number; the palette repeats.
    pub color: usize,
}

impl Placed {
    /// Signed distance of a point of the picture.
    pub fn distance(&self, x: f32, y: f32) -> f32 {
        self.shape.distance(x - self.x, y - self.y, self.radius)
    }

    /// Columns and rows it can touch, from and to, not clipped.
    pub fn reach(&self) -> [(i64, i64); 2] {
        [self.x, self.y].map(|centre| {
            let reach = self.radius + 1.0;
            ((centre - reach).floor() as i64, (centre + reach).ceil() as i64)
        })
    }
}

/// The three planes of packed I420.
pub(super) fn planes(bytes: &mut [u8], size: Size) -> (&mut [u8], [&mut [u8]; 2]) {
    let [luma, chroma] = [0, 1].map(|plane| {
        let (row_bytes, rows) = PixelFormat::I420.plane_extent(plane, size);
        row_bytes * rows
    });
    let (y, rest) = bytes.split_at_mut(luma);
    let (cb, rest) = rest.split_at_mut(chroma);
    (y, [cb, &mut rest[..chroma]])
}

/// Paints one thing over packed I420.
pub(super) fn paint(bytes: &mut [u8], size: Size, thing: &Placed) {
    let color = Color::from_rgb(PALETTE[thing.color % PALETTE.len()].map(f32::from));
    let (luma, [cb, cr]) = planes(bytes, size);
    let width = size.width as usize;
    let [(left, right), (top, bottom)] = thing.reach();
    let columns = clip(left, right, width);
    for row in clip(top, bottom, size.height as usize) {
        let y = row as f32 + 0.5;
        for (column, pixel) in columns.clone().zip(&mut luma[row * width..][columns.clone()]) {
            let x = column as f32 + 0.5;
            let distance = thing.distance(x, y);
            if distance < 0.5 {
                let light = shade(thing, x - thing.x, y - thing.y, distance);
                blend(pixel, color.y + light, (0.5 - distance).min(1.0));
            }
        }
    }
    let chroma_width = width.div_ceil(2);
    let columns = clip(left / 2 - 1, right / 2 + 1, chroma_width);
    for row in clip(top / 2 - 1, bottom / 2 + 1, (size.height as usize).div_ceil(2)) {
        let y = (2 * row + 1) as f32;
        let at = row * chroma_width;
        let (cb, cr) = (&mut cb[at..][columns.clone()], &mut cr[at..][columns.clone()]);
        for ((column, cb), cr) in columns.clone().zip(cb).zip(cr) {
            // A chroma sample is two pixels wide, and so is its edge.
            let coverage = 0.5 - thing.distance((2 * column + 1) as f32, y) / 2.0;
            if coverage > 0.0 {
                blend(cb, color.cb, coverage.min(1.0));
                blend(cr, color.cr, coverage.min(1.0));
            }
        }
    }
}

/// Light from the top left: a slope over the whole, a rim that is bright towards it and dark away from it, and a spot
/// that shines.
fn shade(thing: &Placed, dx: f32, dy: f32, distance: f32) -> f32 {
    let (dx, dy, distance) = (dx / thing.radius, dy / thing.radius, distance / thing.radius);
    let away = (dx + dy) * std::f32::consts::FRAC_1_SQRT_2;
    let depth = (1.0 + distance / 0.14).clamp(0.0, 1.0);
    let (spot_x, spot_y, spread) = thing.shape.spot();
    let (sx, sy) = (dx - spot_x, dy - spot_y);
    let shine = (1.0 - (sx * sx + sy * sy) / (spread * spread)).max(0.0);
    -SLOPE * (away + 0.2) - RIM * away * depth * depth + SHINE * shine * shine
}

fn blend(pixel: &mut u8, target: f32, coverage: f32) {
    let before = f32::from(*pixel);
    *pixel = (before + (target.clamp(16.0, 240.0) - before) * coverage + 0.5) as u8;
}

fn clip(from: i64, to: i64, limit: usize) -> std::ops::Range<usize> {
    let limit = limit as i64;
    from.clamp(0, limit) as usize..to.clamp(0, limit) as usize
}

impl Color {
    /// ITU-R BT.601, limited range.
    pub fn from_rgb([r, g, b]: [f32; 3]) -> Self {
        let y = 0.299 * r + 0.587 * g + 0.114 * b;
        Self {
            y: 16.0 + y * 219.0 / 255.0,
            cb: 128.0 + (b - y) / 1.772 * 224.0 / 255.0,
            cr: 128.0 + (r - y) / 1.402 * 224.0 / 255.0,
        }
    }
}
