//! Which way up a picture is: the orientation tag of its EXIF block (EXIF 2.3, 4.6.4, tag 0x112), and the turn that
//! puts it right.

use ocelli_frame::Size;

/// The eight ways a picture can be stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Orientation {
    /// Rows and columns are exchanged, before the flips.
    transposed: bool,
    /// Left and right are exchanged, seen in the upright picture.
    mirrored: bool,
    /// Top and bottom are exchanged, seen in the upright picture.
    upside_down: bool,
}

const TAG_ORIENTATION: u16 = 0x112;
const TYPE_SHORT: u16 = 3;
/// Entries that are looked at; cameras write a dozen.
const ENTRIES_MAX: u16 = 512;

impl Orientation {
    /// From a TIFF block, `Exif\0\0` in front or not. Anything that is not understood is upright.
    pub fn from_exif(exif: &[u8]) -> Self {
        let tiff = exif.strip_prefix(b"Exif\0\0").unwrap_or(exif);
        read_tag(tiff).map(Self::from_tag).unwrap_or_default()
    }

    fn from_tag(tag: u16) -> Self {
        let (transposed, mirrored, upside_down) = match tag {
            2 => (false, true, false),
            3 => (false, true, true),
            4 => (false, false, true),
            5 => (true, false, false),
            6 => (true, true, false),
            7 => (true, true, true),
            8 => (true, false, true),
            _ => (false, false, false),
        };
        Self { transposed, mirrored, upside_down }
    }

    pub fn is_upright(self) -> bool {
        self == Self::default()
    }

    /// The upright picture's size.
    pub fn upright_size(self, stored: Size) -> Size {
        if self.transposed { Size { width: stored.height, height: stored.width } } else { stored }
    }

    /// Copies packed pixels of `pixel_bytes` each, turning them upright.
    pub fn turn(self, stored: &[u8], stored_size: Size, upright: &mut [u8], pixel_bytes: usize) {
        let size = self.upright_size(stored_size);
        let (width, height) = (size.width as usize, size.height as usize);
        let stored_width = stored_size.width as usize;
        for row in 0..height {
            let from_row = if self.upside_down { height - 1 - row } else { row };
            for column in 0..width {
                let from_column = if self.mirrored { width - 1 - column } else { column };
                let from = match self.transposed {
                    true => from_column * stored_width + from_row,
                    false => from_row * stored_width + from_column,
                };
                let to = (row * width + column) * pixel_bytes;
                upright[to..to + pixel_bytes].copy_from_slice(&stored[from * pixel_bytes..][..pixel_bytes]);
            }
        }
    }
}

fn read_tag(tiff: &[u8]) -> Option<u16> {
    let big_endian = match tiff.get(..2)? {
        b"MM" => true,
        b"II" => false,
        _ => return None,
    };
    let bytes = |at: usize, len: usize| tiff.get(at..at.checked_add(len)?);
    let u16_at = |at: usize| {
        let pair: [u8; 2] = bytes(at, 2)?.try_into().ok()?;
        Some(if big_endian { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) })
    };
    let four: [u8; 4] = bytes(4, 4)?.try_into().ok()?;
    let directory = if big_endian { u32::from_be_bytes(four) } else { u32::from_le_bytes(four) } as usize;
    let count = u16_at(directory)?.min(ENTRIES_MAX);
    (0..usize::from(count)).map(|entry| directory + 2 + 12 * entry).find_map(|at| {
        let is_orientation = u16_at(at)? == TAG_ORIENTATION && u16_at(at + 2)? == TYPE_SHORT;
        if is_orientation { u16_at(at + 8) } else { None }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exif(orientation: u8) -> Vec<u8> {
        let mut block = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
        block.extend([orientation, 0, 0, 0]);
        block
    }

    /// The upright picture is `0 1 2 / 3 4 5`; each row is how a camera stores it under that tag, by the drawings of
    /// the letter F in the EXIF specification.
    #[test]
    fn the_eight_orientations_turn_upright() {
        let stored: [(&[u8], u32); 8] = [
            (&[0, 1, 2, 3, 4, 5], 3),
            (&[2, 1, 0, 5, 4, 3], 3),
            (&[5, 4, 3, 2, 1, 0], 3),
            (&[3, 4, 5, 0, 1, 2], 3),
            (&[0, 3, 1, 4, 2, 5], 2),
            (&[2, 5, 1, 4, 0, 3], 2),
            (&[5, 2, 4, 1, 3, 0], 2),
            (&[3, 0, 4, 1, 5, 2], 2),
        ];
        for (tag, (stored, width)) in (1..).zip(stored) {
            let orientation = Orientation::from_exif(&exif(tag));
            let size = Size { width, height: 6 / width };
            assert_eq!(orientation.upright_size(size), Size { width: 3, height: 2 }, "tag {tag}");
            let mut upright = [0; 6];
            orientation.turn(stored, size, &mut upright, 1);
            assert_eq!(upright, [0, 1, 2, 3, 4, 5], "tag {tag}");
        }
    }

    #[test]
    fn nonsense_is_upright() {
        let whole = [b"Exif\0\0".to_vec(), exif(6)].concat();
        assert!(!Orientation::from_exif(&whole).is_upright());
        for len in 0..whole.len() - 4 {
            assert!(Orientation::from_exif(&whole[..len]).is_upright(), "{len}");
        }
        assert!(Orientation::from_exif(&exif(9)).is_upright());
        assert!(Orientation::from_exif(b"II*\0\xff\xff\xff\xff").is_upright());
    }
}
