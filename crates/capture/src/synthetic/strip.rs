//! The frame's number in the pixels: 32 cells, black or white, along the top from the left corner. 24 bits of number,
//! highest first, then eight bits of checksum (CRC-8, polynomial 0x07, from 0xFF, so that a picture of one colour
//! reads as nothing).

use ocelli_frame::{Frame, PixelFormat, Size};

const CELLS: usize = 32;
/// Numbers are written modulo this.
pub(super) const PERIOD: u64 = 1 << 24;
const BLACK: u8 = 16;
const WHITE: u8 = 235;
const THRESHOLD: u32 = 128;

/// Pixels a side of a cell: even, so that no chroma sample lies in two of them.
pub(super) fn cell_side(size: Size) -> usize {
    ((size.width / 80).clamp(2, 16) & !1) as usize
}

/// The strip's width and height in pixels.
pub(super) fn extent(size: Size) -> (usize, usize) {
    (CELLS * cell_side(size), cell_side(size))
}

/// Writes the strip into packed I420.
pub(super) fn write(luma: &mut [u8], chroma: [&mut [u8]; 2], size: Size, sequence: u64) {
    let (side, word, width) = (cell_side(size), word(sequence), size.width as usize);
    for row in luma.chunks_exact_mut(width).take(side) {
        for (cell, pixels) in row.chunks_exact_mut(side).take(CELLS).enumerate() {
            pixels.fill(if word >> (CELLS - 1 - cell) & 1 == 1 { WHITE } else { BLACK });
        }
    }
    for plane in chroma {
        for row in plane.chunks_exact_mut(width.div_ceil(2)).take(side / 2) {
            row[..CELLS * side / 2].fill(128);
        }
    }
}

/// Reads the strip of a frame of any format, also after lossy coding; `None` where there is none.
pub(super) fn read(frame: &Frame) -> Option<u64> {
    let size = frame.info().size;
    let (width, height) = extent(size);
    if width > size.width as usize || height > size.height as usize {
        return None;
    }
    let side = cell_side(size);
    let found = (0..CELLS).fold(0u32, |found, cell| {
        // The middle of the cell: two by two pixels, whatever its size.
        let (x, y) = (cell * side + side / 2, side / 2);
        let light: u32 = [(x - 1, y - 1), (x, y - 1), (x - 1, y), (x, y)]
            .map(|(x, y)| brightness(frame, x, y))
            .iter()
            .sum();
        found << 1 | u32::from(light >= 4 * THRESHOLD)
    });
    let sequence = u64::from(found >> 8);
    (word(sequence) == found).then_some(sequence)
}

fn brightness(frame: &Frame, x: usize, y: usize) -> u32 {
    let row = frame.plane(0).row(y);
    u32::from(match frame.info().format {
        PixelFormat::Yuyv => row[2 * x],
        PixelFormat::Uyvy => row[2 * x + 1],
        PixelFormat::Yuv24 => row[3 * x],
        PixelFormat::Rgb24 | PixelFormat::Bgr24 => row[3 * x + 1],
        _ => row[x],
    })
}

fn word(sequence: u64) -> u32 {
    let number = (sequence % PERIOD) as u32;
    number << 8 | u32::from(crc8(&number.to_be_bytes()[1..]))
}

fn crc8(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0xff, |crc, byte| {
        (0..8).fold(crc ^ byte, |crc, _| if crc & 0x80 != 0 { crc << 1 ^ 0x07 } else { crc << 1 })
    })
}

#[cfg(test)]
mod tests {
    use ocelli_testkit::frame_from;

    use super::*;

    #[test]
    fn every_format_is_read_and_plain_pictures_are_not() {
        let size = Size { width: 200, height: 64 };
        let mut luma = vec![99; 200 * 64];
        let (mut cb, mut cr) = (vec![0; 100 * 32], vec![0; 100 * 32]);
        write(&mut luma, [&mut cb, &mut cr], size, 0xab_cdef);
        for format in PixelFormat::ALL {
            let frame = frame_from(format, size, 5, |plane, row, column| match format {
                _ if plane > 0 => 128,
                PixelFormat::Yuyv | PixelFormat::Uyvy => luma[row * 200 + column / 2],
                PixelFormat::Yuv24 | PixelFormat::Rgb24 | PixelFormat::Bgr24 => luma[row * 200 + column / 3],
                _ => luma[row * 200 + column],
            });
            assert_eq!(read(&frame), Some(0xab_cdef), "{format}");
            for value in [0, 16, 128, 235, 255] {
                assert_eq!(read(&frame_from(format, size, 0, |_, _, _| value)), None);
            }
        }
        assert_eq!(read(&frame_from(PixelFormat::Grey, Size { width: 20, height: 9 }, 0, |_, _, _| 0)), None);
    }

    #[test]
    fn a_flipped_cell_is_noticed() {
        for sequence in [0, 1, 77, 0xff_ffff] {
            for bit in 0..32 {
                let flipped = word(sequence) ^ 1 << bit;
                assert_ne!(word(u64::from(flipped >> 8)), flipped);
            }
        }
    }
}
