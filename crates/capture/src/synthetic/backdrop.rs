//! What lies behind everything, painted once: dusk over hills, with a few stars. No edge in it is as hard as a
//! thing's, and nothing in it is round, square or triangular.

use ocelli_frame::{FrameInfo, PixelFormat, Size};

use super::motion::Random;
use super::paint::{Color, planes};

/// The sky from the top down: where, of the picture's height, and which R, G, B.
const SKY: [(f32, [f32; 3]); 4] = [
    (0.0, [17.0, 22.0, 52.0]),
    (0.38, [48.0, 46.0, 96.0]),
    (0.66, [132.0, 82.0, 118.0]),
    (0.86, [222.0, 138.0, 112.0]),
];
/// Where the sun has gone down, of the picture's sides, and the glow it left.
const SUN: (f32, f32) = (0.7, 0.78);
const GLOW: [f32; 3] = [62.0, 50.0, 10.0];
/// Hills from the farthest to the nearest.
const HILLS: [Hill; 3] = [
    Hill { top: 0.74, rise: 0.13, bumps: 2.6, color: [112.0, 74.0, 112.0] },
    Hill { top: 0.83, rise: 0.12, bumps: 3.7, color: [70.0, 56.0, 96.0] },
    Hill { top: 0.92, rise: 0.10, bumps: 5.3, color: [34.0, 36.0, 68.0] },
];
/// Stars are in the upper part, of the height, one for so many pixels of it, and so bright at most.
const STARS_ABOVE: f32 = 0.5;
const STAR_EVERY: u64 = 4200;
const STAR_LUMA: f64 = 90.0;

/// A row of hills.
struct Hill {
    /// Its mean line, and how far it goes up and down from there, of the picture's height.
    top: f32,
    rise: f32,
    /// How many ups and downs there are across the picture.
    bumps: f32,
    color: [f32; 3],
}

/// The background, packed I420.
pub(super) fn background(size: Size) -> Vec<u8> {
    let mut bytes = vec![0; FrameInfo::packed_bytes(PixelFormat::I420, size)];
    let (luma, [cb, cr]) = planes(&mut bytes, size);
    let (width, height) = (size.width as usize, size.height as usize);
    let mut grain = Random(1);
    // Rounding up or down by chance keeps slow gradients free of bands.
    let mut rounded = |value: f32| (value + grain.between(0.0, 1.0) as f32) as u8;
    let ridges = ridges(width);
    for (row, pixels) in luma.chunks_exact_mut(width).enumerate() {
        let y = (row as f32 + 0.5) / height as f32;
        for (column, pixel) in pixels.iter_mut().enumerate() {
            let x = (column as f32 + 0.5) / width as f32;
            *pixel = rounded(Color::from_rgb(color(x, y, &ridges[column], height as f32)).y);
        }
    }
    let chroma_width = width.div_ceil(2);
    let rows = cb.chunks_exact_mut(chroma_width).zip(cr.chunks_exact_mut(chroma_width));
    for (row, (cb, cr)) in rows.enumerate() {
        let y = (2 * row + 1) as f32 / height as f32;
        for (column, (cb, cr)) in cb.iter_mut().zip(cr).enumerate() {
            let x = (2 * column + 1) as f32 / width as f32;
            let color = Color::from_rgb(color(x, y, &ridges[2 * column], height as f32 / 2.0));
            (*cb, *cr) = (rounded(color.cb), rounded(color.cr));
        }
    }
    stars(luma, size);
    bytes
}

/// R, G, B at a place, of the picture's sides. An edge is as soft as one of `rows`.
fn color(x: f32, y: f32, ridges: &[f32; HILLS.len()], rows: f32) -> [f32; 3] {
    let mut color = sky(x, y);
    for (hill, ridge) in HILLS.iter().zip(ridges) {
        let coverage = ((y - ridge) * rows + 0.5).clamp(0.0, 1.0);
        // Haze: a hill is paler further down, where the next one begins.
        let haze = 1.0 + 1.6 * (y - ridge).max(0.0);
        for (channel, hill) in color.iter_mut().zip(hill.color) {
            *channel += (hill * haze - *channel) * coverage;
        }
    }
    color
}

fn sky(x: f32, y: f32) -> [f32; 3] {
    let below = SKY.iter().position(|&(at, _)| y < at).unwrap_or(SKY.len() - 1).max(1);
    let ((upper_y, upper), (lower_y, lower)) = (SKY[below - 1], SKY[below]);
    let way = smooth(((y - upper_y) / (lower_y - upper_y)).clamp(0.0, 1.0));
    let (dx, dy) = (x - SUN.0, y - SUN.1);
    let glow = 1.0 / (1.0 + 9.0 * dx * dx + 30.0 * dy * dy);
    [0, 1, 2].map(|c| upper[c] + (lower[c] - upper[c]) * way + GLOW[c] * glow * glow)
}

/// For each column, how far down each row of hills begins, of the picture's height.
fn ridges(width: usize) -> Vec<[f32; HILLS.len()]> {
    // Random heights, and smooth ways between them, coarse and half as high at twice the pace.
    let mut random = Random(77);
    let heights: [[f32; 32]; HILLS.len()] =
        [(); HILLS.len()].map(|()| [(); 32].map(|()| random.between(-1.0, 1.0) as f32));
    let between = |heights: &[f32; 32], place: f32| {
        let at = place as usize;
        let [left, right] = [at, at + 1].map(|index| heights[index % 32]);
        left + (right - left) * smooth(place - at as f32)
    };
    let ridge = |x: f32| {
        let mut ridge = [0.0; HILLS.len()];
        for ((ridge, hill), heights) in ridge.iter_mut().zip(&HILLS).zip(&heights) {
            let place = x * hill.bumps;
            let height = between(heights, place) + 0.4 * between(heights, 2.0 * place + 7.0);
            *ridge = hill.top - 0.7 * hill.rise * height;
        }
        ridge
    };
    (0..width).map(|column| ridge((column as f32 + 0.5) / width as f32)).collect()
}

fn stars(luma: &mut [u8], size: Size) {
    let (width, height) = (u64::from(size.width), f64::from(size.height * 9 / 10));
    let mut random = Random(5);
    let upper = f64::from(STARS_ABOVE) * height;
    for _ in 0..width * upper as u64 / STAR_EVERY {
        let (x, y) = (random.between(0.0, width as f64), random.between(0.0, upper));
        // Fewer and fainter further down.
        let brightness = random.between(0.1, 1.0) * (1.0 - y / upper) * STAR_LUMA;
        let pixel = &mut luma[y as usize * size.width as usize + x as usize];
        *pixel = pixel.saturating_add(brightness as u8);
    }
}

/// 0 to 1 without a corner at either end.
fn smooth(way: f32) -> f32 {
    way * way * (3.0 - 2.0 * way)
}
