//! Whether a picture shows vivid's colour bars.

use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;

/// vivid's 75 % colour bars from left to right, in R, G, B.
pub const BARS: [[u8; 3]; 8] = [
    [191, 191, 191],
    [191, 191, 0],
    [0, 191, 191],
    [0, 191, 0],
    [191, 0, 191],
    [191, 0, 0],
    [0, 0, 191],
    [0, 0, 0],
];
/// By how many codes a colour may differ: YCbCr at half resolution, and JPEG, on the way.
const TOLERANCE: u8 = 8;

/// What a picture shows of colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colors {
    /// All.
    All,
    /// Luma alone.
    Grey,
}

/// A picture's pixels.
pub struct Decoded {
    pub width: usize,
    pub height: usize,
    channels: usize,
    pixels: Vec<u8>,
}

impl Decoded {
    /// R, G, B; of a grey picture, thrice the same.
    pub fn pixel(&self, column: usize, row: usize) -> [u8; 3] {
        let pixel = &self.pixels[(row * self.width + column) * self.channels..][..self.channels];
        [pixel[0], pixel[self.channels / 2], pixel[self.channels - 1]]
    }
}

/// A JPEG's pixels.
pub fn decode(jpeg: &[u8]) -> Result<Decoded, String> {
    let mut decoder = JpegDecoder::new(ZCursor::new(jpeg));
    let pixels = decoder.decode().map_err(|error| format!("no JPEG: {error}"))?;
    let (width, height) = decoder.dimensions().ok_or("a JPEG without a size")?;
    let channels = pixels.len() / (width * height).max(1);
    Ok(Decoded { width, height, channels, pixels })
}

/// Looks at the middle of each bar, in three rows; the largest difference.
///
/// # Errors
/// Where a colour is not the bar's.
pub fn colour_bars(picture: &Decoded, colors: Colors) -> Result<u8, String> {
    let Decoded { width, height, .. } = *picture;
    let mut largest = 0;
    for (bar, color) in BARS.iter().enumerate() {
        let wanted = if colors == Colors::Grey { [luma(*color); 3] } else { *color };
        for row in [height / 10, height / 2, height - 1] {
            let found = picture.pixel((2 * bar + 1) * width / (2 * BARS.len()), row);
            let off =
                found.iter().zip(wanted).map(|(found, wanted)| found.abs_diff(wanted)).max().unwrap_or(0);
            if off > TOLERANCE {
                return Err(format!("bar {bar} at row {row} is {found:?}, not {wanted:?}"));
            }
            largest = largest.max(off);
        }
    }
    Ok(largest)
}

/// vivid makes grey pictures by the weights of BT.709.
fn luma([red, green, blue]: [u8; 3]) -> u8 {
    (0.2126 * f64::from(red) + 0.7152 * f64::from(green) + 0.0722 * f64::from(blue)).round() as u8
}
