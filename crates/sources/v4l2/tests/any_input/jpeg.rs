//! What holds of any bytes that a camera gives as a JPEG.

use ocelli_frame::Size;
use ocelli_source_v4l2::jpeg::{MotionJpeg, PIXEL_BYTES};
use ocelli_testkit::CountingAllocator;

/// Of the inputs that are kept.
const SIZE: Size = Size { width: 48, height: 32 };
const PICTURE_BYTES: usize = (SIZE.width * SIZE.height) as usize * PIXEL_BYTES;
/// Bytes in use at once for each pixel, for each byte of the JPEG, and besides: as `jpeg` says.
const MEMORY_FOR_PIXEL: u64 = 32;
const MEMORY_FACTOR: u64 = 4;
const MEMORY_BESIDES: u64 = 64 << 10;

/// A picture or none, the same each time; nothing behind the picture is written to, and memory is within the bound.
pub fn hold(bytes: &[u8]) {
    let mut decoder = MotionJpeg::new(SIZE);
    let (first, peak) = CountingAllocator::peak_bytes(|| decoded(&mut decoder, bytes));
    let pixels = u64::from(SIZE.width) * u64::from(SIZE.height);
    let allowed = MEMORY_FOR_PIXEL * pixels + MEMORY_FACTOR * bytes.len() as u64 + MEMORY_BESIDES;
    assert!(peak <= allowed, "{peak} bytes in use for a JPEG of {} bytes", bytes.len());
    assert_eq!(decoded(&mut decoder, bytes), first, "the second time");
}

/// `None` where it is no picture.
fn decoded(decoder: &mut MotionJpeg, bytes: &[u8]) -> Option<Vec<u8>> {
    let mut pixels = vec![0xaa; PICTURE_BYTES + 64];
    let decoded = decoder.decode(bytes, &mut pixels);
    assert_eq!(pixels[PICTURE_BYTES..], [0xaa; 64], "it wrote behind the picture");
    decoded.ok().map(|()| pixels)
}
