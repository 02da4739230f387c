//! Pictures from an encoder of another make, whole, without tables, and broken.

use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use proptest::prelude::*;

use super::*;

const SIZE: Size = Size { width: 48, height: 32 };

/// A soft picture, in Y, Cb and Cr.
fn picture() -> Vec<u8> {
    let pixels = (0..SIZE.height).flat_map(|y| (0..SIZE.width).map(move |x| (x, y)));
    pixels.flat_map(|(x, y)| [(4 * x + y) as u8, (80 + x) as u8, (100 + 2 * y) as u8]).collect()
}

fn encoded(pixels: &[u8], colors: ColorType, sampling: SamplingFactor) -> Vec<u8> {
    let mut jpeg = Vec::new();
    let mut encoder = Encoder::new(&mut jpeg, 95);
    encoder.set_sampling_factor(sampling);
    encoder.encode(pixels, SIZE.width as u16, SIZE.height as u16, colors).unwrap();
    jpeg
}

fn camera_picture() -> Vec<u8> {
    encoded(&picture(), ColorType::Ycbcr, SamplingFactor::R_4_2_2)
}

/// The same without its Huffman tables.
fn without_tables(jpeg: &[u8]) -> Vec<u8> {
    let mut kept = jpeg[..2].to_vec();
    let mut at = 2;
    while jpeg[at + 1] != START_OF_SCAN {
        let end = at + 2 + usize::from(u16::from_be_bytes([jpeg[at + 2], jpeg[at + 3]]));
        if jpeg[at + 1] != HUFFMAN_TABLES {
            kept.extend(&jpeg[at..end]);
        }
        at = end;
    }
    kept.extend(&jpeg[at..]);
    kept
}

fn decoded(jpeg: &[u8]) -> Result<Vec<u8>, Damaged> {
    let mut pixels = vec![0xaa; (SIZE.width * SIZE.height) as usize * PIXEL_BYTES];
    MotionJpeg::new(SIZE).decode(jpeg, &mut pixels).map(|()| pixels)
}

#[test]
fn numbers_come_out_as_they_went_in() {
    for sampling in [SamplingFactor::R_4_4_4, SamplingFactor::R_4_2_2, SamplingFactor::R_4_2_0] {
        let pixels = decoded(&encoded(&picture(), ColorType::Ycbcr, sampling)).unwrap();
        let off = pixels.iter().zip(picture()).map(|(got, expected)| got.abs_diff(expected)).max().unwrap();
        assert!(off <= 4, "{sampling:?}: off by {off}");
    }
}

#[test]
fn grey_pictures_have_neutral_chroma() {
    let grey: Vec<u8> = (0..SIZE.width * SIZE.height).map(|pixel| (pixel / 8) as u8).collect();
    let pixels = decoded(&encoded(&grey, ColorType::Luma, SamplingFactor::R_4_4_4)).unwrap();
    for (pixel, luma) in pixels.as_chunks::<3>().0.iter().zip(grey) {
        assert!(pixel[0].abs_diff(luma) <= 6 && pixel[1..] == [NEUTRAL; 2], "{pixel:?} is not {luma}");
    }
}

#[test]
fn tables_that_are_left_out_are_the_standard_ones() {
    let jpeg = camera_picture();
    let bare = without_tables(&jpeg);
    assert!(bare.len() + 400 < jpeg.len());
    assert_eq!(decoded(&bare).unwrap(), decoded(&jpeg).unwrap());
    let mut decoder = MotionJpeg::new(SIZE);
    let mut pixels = vec![0; picture().len()];
    for jpeg in [&bare, &jpeg, &bare] {
        decoder.decode(jpeg, &mut pixels).unwrap();
    }
}

#[test]
fn what_is_broken_or_of_another_size_is_no_picture() {
    let jpeg = camera_picture();
    for end in [0, 1, 2, 20, jpeg.len() / 2, jpeg.len() - 40] {
        assert_eq!(decoded(&jpeg[..end]), Err(Damaged), "cut off at {end} of {}", jpeg.len());
    }
    assert_eq!(decoded(&[0xff, 0xd8, 0xff, 0xd9]), Err(Damaged));
    assert_eq!(decoded(&[7; 5000]), Err(Damaged));
    let noise: Vec<u8> = (0..9000u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    assert_eq!(decoded(&[&START_OF_IMAGE[..], &noise, &[0xff, 0xd9]].concat()), Err(Damaged));
    let mut pixels = vec![0; 1 << 20];
    let other = Size { width: 64, ..SIZE };
    assert_eq!(MotionJpeg::new(other).decode(&jpeg, &mut pixels), Err(Damaged));
    assert_eq!(MotionJpeg::new(SIZE).decode(&jpeg, &mut pixels[..100]), Err(Damaged));
    // Buffers are longer than the pictures in them.
    let padded = [&jpeg[..], &[0; 500]].concat();
    assert_eq!(decoded(&padded).unwrap(), decoded(&jpeg).unwrap());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]
    #[test]
    fn no_bytes_are_a_panic(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        end in any::<prop::sample::Index>(),
        bare: bool,
        cut: bool,
    ) {
        let mut jpeg = if bare { without_tables(&camera_picture()) } else { camera_picture() };
        for (place, byte) in changes {
            let place = place.index(jpeg.len());
            jpeg[place] = byte;
        }
        let end = if cut { end.index(jpeg.len()) } else { jpeg.len() };
        let _ = decoded(&jpeg[..end]);
    }
}
