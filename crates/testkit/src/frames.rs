//! Frames whose pixels come from a formula, with any stride.

use ocelli_frame::{ClockKind, Frame, FrameInfo, PixelFormat, PlaneLayout, Pool, Size, Timestamp};

/// A frame in a pool of its own, whose rows have `stride_extra_bytes` behind their pixels (filled with 0xAA) and whose
/// byte `column` of row `row` of plane `plane` is `pixel(plane, row, column)`.
pub fn frame_from(
    format: PixelFormat,
    size: Size,
    stride_extra_bytes: usize,
    pixel: impl Fn(usize, usize, usize) -> u8,
) -> Frame {
    let captured = Timestamp { ns: 0, clock: ClockKind::Read };
    let mut info = FrameInfo::packed(format, size, captured);
    let mut end = 0;
    for plane in 0..format.planes() {
        let (row_bytes, rows) = format.plane_extent(plane, size);
        let stride_bytes = row_bytes + stride_extra_bytes;
        info.planes[plane] = PlaneLayout { region: 0, offset: end, stride_bytes };
        end += stride_bytes * rows;
    }
    let mut pool = Pool::host(1, end, 0).expect("a small pool");
    let mut filling = pool.acquire().expect("a fresh pool has a free slot");
    let bytes = filling.bytes_mut();
    bytes.fill(0xAA);
    for plane in 0..format.planes() {
        let (row_bytes, rows) = format.plane_extent(plane, size);
        let layout = info.planes[plane];
        for row in 0..rows {
            for column in 0..row_bytes {
                bytes[layout.offset + row * layout.stride_bytes + column] = pixel(plane, row, column);
            }
        }
    }
    filling.publish(info).expect("the layout was made to fit")
}

/// A frame of reproducible noise.
pub fn noise_frame(format: PixelFormat, size: Size, stride_extra_bytes: usize, seed: u64) -> Frame {
    frame_from(format, size, stride_extra_bytes, |plane, row, column| {
        let place = (plane as u64) << 40 | (row as u64) << 20 | column as u64;
        let mixed = (place ^ seed.wrapping_mul(0x9E37_79B9_7F4A_7C15)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        (mixed ^ mixed >> 29).wrapping_mul(0x94D0_49BB_1331_11EB).to_be_bytes()[0]
    })
}
