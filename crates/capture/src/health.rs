//! Whether a live source's pictures are what a working camera gives: those that stay the same, and those that are black.
//!
//! Of each picture 128 runs of 32 bytes are looked at, scattered over its first plane: 4 KiB. A sensor's noise changes
//! some of them in every picture, so a camera whose runs stay the same for two seconds repeats itself. What stands still
//! on purpose (a test pattern, a film of stills) does so too, which is why nothing is dropped unless that is asked for.

use ocelli_frame::{ColorRange, Frame, Health, PixelFormat};

/// Pictures that have been the same for so long are frozen.
pub const FROZEN_AFTER_NS: u64 = 2_000_000_000;
/// Pictures that have been black for so long are reported: a film may fade to black.
pub const BLACK_AFTER_NS: u64 = 1_000_000_000;
/// Luma codes above black that are black still: the noise of a covered sensor.
pub const BLACK_CODES: u8 = 16;
/// One in so many samples may be brighter: hot pixels, and a clock that is written into the picture.
const BRIGHT_ONE_IN: usize = 64;

/// Places in a picture: so many columns of runs, and rows of them.
const COLUMNS: usize = 8;
const ROWS: usize = 16;
/// Bytes of a run.
const RUN: usize = 32;

/// What one source's pictures have been like.
#[derive(Debug, Default)]
pub struct HealthWatch {
    hash_last: Option<u64>,
    same_since_ns: u64,
    black_since_ns: Option<u64>,
}

impl HealthWatch {
    /// The source was away: what comes next has nothing to do with what was before.
    pub fn begin_anew(&mut self) {
        *self = Self::default();
    }

    /// What this picture, the one after those before, is like.
    pub fn look_at(&mut self, frame: &Frame) -> Health {
        let at_ns = frame.info().captured.ns;
        let Look { hash, is_black } = Look::at(frame);
        if self.hash_last.replace(hash) != Some(hash) {
            self.same_since_ns = at_ns;
        }
        self.black_since_ns = is_black.then(|| self.black_since_ns.unwrap_or(at_ns));
        let lasts = |since_ns: u64, ns: u64| at_ns.saturating_sub(since_ns) >= ns;
        if lasts(self.same_since_ns, FROZEN_AFTER_NS) {
            Health::Frozen
        } else if self.black_since_ns.is_some_and(|since_ns| lasts(since_ns, BLACK_AFTER_NS)) {
            Health::Black
        } else {
            Health::Good
        }
    }
}

/// A picture, in a few numbers.
struct Look {
    hash: u64,
    is_black: bool,
}

impl Look {
    fn at(frame: &Frame) -> Self {
        let info = frame.info();
        let plane = frame.plane(0);
        let (first, step) = luma_bytes(info.format);
        let is_rgb = matches!(info.format, PixelFormat::Rgb24 | PixelFormat::Bgr24);
        let black = if is_rgb || info.color.range == ColorRange::Full { 0 } else { 16 };
        let (mut hash, mut samples, mut bright) = (0u64, 0, 0);
        for row in 0..ROWS {
            let bytes = plane.row((2 * row + 1) * plane.rows / (2 * ROWS));
            for column in 0..COLUMNS {
                let run = run_of(bytes, row, column);
                hash = mixed(hash, run);
                let lumas = run.iter().skip(first).step_by(step);
                samples += lumas.len();
                bright += lumas.filter(|luma| **luma > black + BLACK_CODES).count();
            }
        }
        Self { hash, is_black: samples > 0 && bright <= samples / BRIGHT_ONE_IN }
    }
}

/// The run of a row in this column of runs; in each row at another place of it. All of a row that is shorter than a run.
fn run_of(bytes: &[u8], row: usize, column: usize) -> &[u8] {
    let width = bytes.len() / COLUMNS;
    let scatter = (row * 5 + column * 3) % ROWS;
    let start = column * width + width.saturating_sub(RUN) * scatter / ROWS;
    // A run begins with a whole group of a packed format's bytes: 12 divides into groups of 3 and of 4.
    let start = (start - start % 12).min(bytes.len().saturating_sub(RUN) / 12 * 12);
    &bytes[start..(start + RUN).min(bytes.len())]
}

/// Where luma stands in a run: the first byte that is some, and from one to the next.
fn luma_bytes(format: PixelFormat) -> (usize, usize) {
    match format {
        PixelFormat::Yuyv => (0, 2),
        PixelFormat::Uyvy => (1, 2),
        PixelFormat::Yuv24 => (0, 3),
        _ => (0, 1),
    }
}

/// Words of the run into the hash: multiplied and turned, so that each bit counts.
fn mixed(hash: u64, run: &[u8]) -> u64 {
    let (words, rest) = run.as_chunks::<8>();
    let rest = rest.iter().fold(0, |word, byte| word << 8 | u64::from(*byte));
    let words = words.iter().map(|word| u64::from_le_bytes(*word)).chain([rest]);
    words.fold(hash, |hash, word| (hash ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29))
}

#[cfg(test)]
mod tests {
    use ocelli_frame::Size;
    use ocelli_testkit::frame_from;

    use super::*;

    const SIZE: Size = Size { width: 640, height: 480 };
    const SECOND: u64 = 1_000_000_000;

    /// What the watch says of pictures of a row, each a tenth of a second after the one before.
    fn said(format: PixelFormat, value: impl Fn(u64, usize, usize, usize) -> u8) -> Vec<Health> {
        let mut watch = HealthWatch::default();
        let pictures = (0..25).map(|number: u64| {
            let frame = frame_from(format, SIZE, 0, |plane, row, column| value(number, plane, row, column));
            dated(frame, number * SECOND / 10)
        });
        pictures.map(|frame| watch.look_at(&frame)).collect()
    }

    /// A copy with this capture time.
    fn dated(frame: Frame, at_ns: u64) -> Frame {
        let mut info = frame.info().clone();
        info.captured.ns = at_ns;
        let bytes: usize = (0..info.format.planes()).map(|plane| frame.plane(plane).bytes.len()).sum();
        let mut filling = ocelli_frame::Pool::host(1, bytes, 0).unwrap().acquire().unwrap();
        let mut end = 0;
        for plane in 0..info.format.planes() {
            let bytes = frame.plane(plane).bytes;
            filling.bytes_mut()[end..][..bytes.len()].copy_from_slice(bytes);
            end += bytes.len();
        }
        filling.publish(info).unwrap()
    }

    fn noise(number: u64, plane: usize, row: usize, column: usize) -> u8 {
        let mixed =
            mixed(number, &[plane as u8, row as u8, (row >> 8) as u8, column as u8, (column >> 8) as u8]);
        (mixed >> 32) as u8
    }

    #[test]
    fn a_picture_with_a_little_noise_is_well() {
        for format in PixelFormat::ALL {
            let health =
                said(format, |number, plane, row, column| 100 + noise(number, plane, row, column) % 2);
            assert!(health.iter().all(|health| *health == Health::Good), "{format}: {health:?}");
        }
    }

    #[test]
    fn two_seconds_of_the_same_are_frozen_and_a_new_picture_is_well_again() {
        for format in PixelFormat::ALL {
            let health = said(format, |number, plane, row, column| {
                noise(if number < 22 { 0 } else { number }, plane, row, column)
            });
            let frozen: Vec<_> = (0..25).filter(|number| health[*number] == Health::Frozen).collect();
            assert_eq!(frozen, [20, 21], "{format}");
        }
    }

    #[test]
    fn time_away_is_not_time_frozen() {
        let picture = |at_ns| dated(frame_from(PixelFormat::Grey, SIZE, 0, |_, _, _| 99), at_ns);
        let mut watch = HealthWatch::default();
        watch.look_at(&picture(0));
        watch.begin_anew();
        let health = [9, 10, 11].map(|second| watch.look_at(&picture(second * SECOND)));
        assert_eq!(health, [Health::Good, Health::Good, Health::Frozen]);
    }

    /// Whether this byte of a row of the first plane is bright where the picture is.
    fn is_luma(format: PixelFormat, column: usize) -> bool {
        match format {
            PixelFormat::Yuyv => column.is_multiple_of(2),
            PixelFormat::Uyvy => !column.is_multiple_of(2),
            PixelFormat::Yuv24 => column.is_multiple_of(3),
            _ => true,
        }
    }

    #[test]
    fn a_covered_lens_is_black_with_its_noise_and_a_few_hot_pixels() {
        for format in PixelFormat::ALL {
            let is_rgb = matches!(format, PixelFormat::Rgb24 | PixelFormat::Bgr24);
            let black = if is_rgb { 0 } else { 16 };
            let dark = |number, plane, row: usize, column: usize| match plane {
                0 if (row * 640 + column).is_multiple_of(997) => 255,
                0 if !is_luma(format, column) => 128,
                0 => black + noise(number, plane, row, column) % BLACK_CODES,
                _ => 128,
            };
            let health = said(format, dark);
            let black: Vec<_> = (0..25).filter(|number| health[*number] == Health::Black).collect();
            assert_eq!(black, (10..25).collect::<Vec<_>>(), "{format}: after a second");
            let lit = said(
                format,
                |number, plane, row, column| {
                    if column > 600 { 180 } else { dark(number, plane, row, column) }
                },
            );
            assert!(!lit.contains(&Health::Black), "{format}: a lamp at the edge is a picture");
        }
    }

    #[test]
    fn no_more_than_four_kilobytes_are_read_and_small_pictures_are_whole() {
        assert_eq!(ROWS * COLUMNS * RUN, 4096);
        for length in [1usize, 2, 31, 32, 33, 100, 1280, 1920 * 3] {
            let bytes = vec![0; length];
            for (row, column) in (0..ROWS).flat_map(|row| (0..COLUMNS).map(move |column| (row, column))) {
                assert_eq!(run_of(&bytes, row, column).len(), length.min(RUN));
            }
        }
    }
}
