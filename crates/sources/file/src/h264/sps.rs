//! The sequence parameter set (ITU-T H.264, 7.3.2.1.1 and annex E): the picture's size, its colour, and whether we
//! can decode it, before a decoder allocates for it.

use ocelli_frame::{ColorMatrix, ColorRange, ColorSpace, Size};

use super::bits::Bits;
use crate::limits::H264_MACROBLOCKS_MAX;

/// What a sequence parameter set says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sps {
    /// The picture as it is shown, cropped.
    pub size: Size,
    /// The picture as it is coded, in whole macroblocks.
    pub coded: Size,
    /// As its VUI says, or as assumed for its size.
    pub color: ColorSpace,
}

/// Why a sequence parameter set is of no use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SpsProblem {
    /// It contradicts itself or ends too early.
    Corrupt(&'static str),
    /// It is well formed, but asks for more than the decoder has.
    Unsupported(String),
}

/// Profiles whose set says more about chroma (7.3.2.1.1).
const PROFILES_WITH_CHROMA: [u32; 13] = [100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135];
const EXTENDED_SAR: u32 = 255;

impl Sps {
    /// Reads a NAL unit of type 7, header included.
    pub fn parse(nal: &[u8]) -> Result<Self, SpsProblem> {
        let payload = nal.get(1..).unwrap_or_default();
        let mut bits = Bits::new(payload);
        let fields = Fields::read(&mut bits).ok_or(SpsProblem::Corrupt("the SPS ends too early"))?;
        fields.check()?;
        let (size, coded) =
            fields.sizes().ok_or(SpsProblem::Corrupt("the SPS crops all of the picture away"))?;
        let assumed = ColorSpace::assumed_for(size);
        // A VUI that is cut off says nothing; players take the picture all the same.
        let color = if fields.has_vui { read_color(&mut bits, assumed).unwrap_or(assumed) } else { assumed };
        Ok(Self { size, coded, color })
    }
}

/// The numbers before the VUI.
struct Fields {
    profile: u32,
    chroma_format: u32,
    bit_depths: [u32; 2],
    macroblocks: [u32; 2],
    frames_only: bool,
    /// Left, right, top, bottom, in units of two pixels.
    crop: [u32; 4],
    has_vui: bool,
}

impl Fields {
    fn read(bits: &mut Bits<'_>) -> Option<Self> {
        let profile = bits.bits(8)?;
        bits.bits(16)?; // constraint flags and level
        bits.unsigned()?; // seq_parameter_set_id
        let mut chroma_format = 1;
        let mut bit_depths = [8, 8];
        if PROFILES_WITH_CHROMA.contains(&profile) {
            chroma_format = bits.unsigned()?;
            if chroma_format == 3 {
                bits.bit()?;
            }
            for depth in &mut bit_depths {
                *depth = bits.unsigned()?.checked_add(8)?;
            }
            bits.bit()?; // qpprime_y_zero_transform_bypass_flag
            if bits.bit()? {
                skip_scaling_matrix(bits, if chroma_format == 3 { 12 } else { 8 })?;
            }
        }
        bits.unsigned()?; // log2_max_frame_num_minus4
        skip_picture_order(bits)?;
        bits.unsigned()?; // max_num_ref_frames
        bits.bit()?; // gaps_in_frame_num_value_allowed_flag
        let macroblocks = [bits.unsigned()?.checked_add(1)?, bits.unsigned()?.checked_add(1)?];
        let frames_only = bits.bit()?;
        if !frames_only {
            bits.bit()?;
        }
        bits.bit()?; // direct_8x8_inference_flag
        let mut crop = [0; 4];
        if bits.bit()? {
            for side in &mut crop {
                *side = bits.unsigned()?;
            }
        }
        let has_vui = bits.bit()?;
        Some(Self { profile, chroma_format, bit_depths, macroblocks, frames_only, crop, has_vui })
    }

    fn check(&self) -> Result<(), SpsProblem> {
        let unsupported = |what: String| Err(SpsProblem::Unsupported(what));
        let Self { profile, chroma_format, bit_depths, macroblocks: [across, down], .. } = *self;
        if chroma_format != 1 || bit_depths != [8, 8] {
            let chroma = ["4:0:0", "4:2:0", "4:2:2", "4:4:4"].get(chroma_format as usize).unwrap_or(&"?");
            return unsupported(format!(
                "H.264 profile {profile} with {chroma} chroma and {} bits; 4:2:0 with 8 bits is read",
                bit_depths[0]
            ));
        }
        if !self.frames_only {
            return unsupported("interlaced H.264; progressive is read".to_owned());
        }
        if u64::from(across) * u64::from(down) > u64::from(H264_MACROBLOCKS_MAX) {
            return unsupported(format!(
                "H.264 pictures of {} pixels; up to {H264_MACROBLOCKS_MAX} macroblocks (4096x2304) are read",
                Size { width: across.saturating_mul(16), height: down.saturating_mul(16) }
            ));
        }
        Ok(())
    }

    /// Shown and coded size. `check` has bounded the macroblocks.
    fn sizes(&self) -> Option<(Size, Size)> {
        let [width, height] = self.macroblocks.map(|macroblocks| macroblocks * 16);
        let [left, right, top, bottom] = self.crop;
        let less = |whole: u32, a: u32, b: u32| {
            let cut = a.checked_add(b)?.checked_mul(2)?;
            whole.checked_sub(cut).filter(|&left| left > 0)
        };
        let size = Size { width: less(width, left, right)?, height: less(height, top, bottom)? };
        Some((size, Size { width, height }))
    }
}

/// 7.3.2.1.1.1; only its length matters here.
fn skip_scaling_matrix(bits: &mut Bits<'_>, lists: usize) -> Option<()> {
    for list in 0..lists {
        if !bits.bit()? {
            continue;
        }
        let mut next = 8i32;
        for _ in 0..if list < 6 { 16 } else { 64 } {
            if next != 0 {
                next = next.wrapping_add(bits.signed()?) & 0xff;
            }
        }
    }
    Some(())
}

fn skip_picture_order(bits: &mut Bits<'_>) -> Option<()> {
    match bits.unsigned()? {
        0 => {
            bits.unsigned()?;
        }
        1 => {
            bits.bit()?;
            bits.signed()?;
            bits.signed()?;
            // 7.4.2.1.1: at most 255.
            let cycle = bits.unsigned().filter(|&cycle| cycle <= 255)?;
            for _ in 0..cycle {
                bits.signed()?;
            }
        }
        _ => {}
    }
    Some(())
}

/// The head of the VUI (E.1.1), up to the colour; matrices by table E-5.
fn read_color(bits: &mut Bits<'_>, assumed: ColorSpace) -> Option<ColorSpace> {
    if bits.bit()? && bits.bits(8)? == EXTENDED_SAR {
        bits.bits(32)?;
    }
    if bits.bit()? {
        bits.bit()?; // overscan_appropriate_flag
    }
    let mut color = assumed;
    if bits.bit()? {
        bits.bits(3)?; // video_format
        color.range = if bits.bit()? { ColorRange::Full } else { ColorRange::Limited };
        if bits.bit()? {
            bits.bits(16)?; // primaries and transfer
            color.matrix = match bits.bits(8)? {
                1 => ColorMatrix::Bt709,
                // FCC, 470 BG and 170M differ from BT.601 in the third digit at most.
                4..=6 => ColorMatrix::Bt601,
                _ => assumed.matrix,
            };
        }
    }
    Some(color)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Real ones: x264 High 640x360 and 1920x1080 (of 1088 coded lines), x264 Baseline 768x432 with a colour in its
    /// VUI.
    const HIGH_360: &[u8] = &[
        0x67, 0x64, 0x00, 0x1e, 0xac, 0xd9, 0x40, 0xa0, 0x2f, 0xf9, 0x61, 0x00, 0x00, 0x03, 0x03, 0xe9, 0x00,
        0x00, 0xea, 0x60, 0x0f, 0x16, 0x2d, 0x96,
    ];
    const HIGH_1080: &[u8] = &[
        0x67, 0x64, 0x00, 0x28, 0xac, 0xd9, 0x40, 0x78, 0x02, 0x27, 0xe5, 0xc0, 0x44, 0x00, 0x00, 0x03, 0x00,
        0x04, 0x00, 0x00, 0x03, 0x00, 0xf0, 0x3c, 0x60, 0xc6, 0x58,
    ];
    const BASELINE_432: &[u8] = &[
        0x67, 0x42, 0x80, 0x16, 0x96, 0x54, 0x06, 0x01, 0xbd, 0x35, 0x06, 0x06, 0x06, 0x40, 0x00, 0x00, 0x03,
        0x00, 0x40, 0x00, 0x00, 0x06, 0x61,
    ];

    fn size(width: u32, height: u32) -> Size {
        Size { width, height }
    }

    #[test]
    fn real_sets_are_read() {
        let high = Sps::parse(HIGH_360).unwrap();
        assert_eq!((high.size, high.coded), (size(640, 360), size(640, 368)));
        assert_eq!(high.color, ColorSpace::BT601_LIMITED);
        let full_hd = Sps::parse(HIGH_1080).unwrap();
        assert_eq!((full_hd.size, full_hd.coded), (size(1920, 1080), size(1920, 1088)));
        assert_eq!(full_hd.color, ColorSpace::BT709_LIMITED);
        let baseline = Sps::parse(BASELINE_432).unwrap();
        assert_eq!((baseline.size, baseline.color), (size(768, 432), ColorSpace::BT601_LIMITED));
    }

    /// Writes bits, and sets field by field.
    #[derive(Default)]
    struct Writer {
        bits: Vec<bool>,
    }

    impl Writer {
        fn bits(&mut self, value: u32, count: u32) -> &mut Self {
            self.bits.extend((0..count).rev().map(|bit| value >> bit & 1 == 1));
            self
        }

        fn unsigned(&mut self, value: u32) -> &mut Self {
            let code = u64::from(value) + 1;
            let len = 64 - code.leading_zeros();
            self.bits(0, len - 1);
            self.bits.extend((0..len).rev().map(|bit| code >> bit & 1 == 1));
            self
        }

        fn nal(&self) -> Vec<u8> {
            let mut nal = vec![0x67];
            for byte in self.bits.chunks(8) {
                let byte =
                    byte.iter().enumerate().fold(0u8, |byte, (at, &bit)| byte | u8::from(bit) << (7 - at));
                if byte <= 3 && nal.ends_with(&[0, 0]) {
                    nal.push(3);
                }
                nal.push(byte);
            }
            nal
        }
    }

    /// High profile, up to the macroblocks.
    fn high(chroma_format: u32, depth: u32, macroblocks: (u32, u32)) -> Writer {
        let mut set = Writer::default();
        set.bits(100, 8).bits(40, 16).unsigned(0);
        set.unsigned(chroma_format).unsigned(depth - 8).unsigned(depth - 8).bits(0, 2);
        set.unsigned(0).unsigned(2).unsigned(1).bits(0, 1);
        set.unsigned(macroblocks.0 - 1).unsigned(macroblocks.1 - 1);
        set
    }

    #[test]
    fn what_the_decoder_lacks_is_named() {
        let problem = |set: &Writer| match Sps::parse(&set.nal()) {
            Err(SpsProblem::Unsupported(what)) => what,
            other => panic!("{other:?}"),
        };
        let mut chroma_422 = high(2, 8, (40, 30));
        assert!(problem(chroma_422.bits(0b11_0000, 6)).contains("4:2:2"));
        let mut ten_bits = high(1, 10, (40, 30));
        assert!(problem(ten_bits.bits(0b11_0000, 6)).contains("10 bits"));
        let mut interlaced = high(1, 8, (40, 15));
        assert!(problem(interlaced.bits(0b001_0000, 7)).contains("interlaced"));
        for macroblocks in [(257, 144), (4000, 4000), (u32::MAX - 1, u32::MAX - 1)] {
            let mut huge = high(1, 8, macroblocks);
            assert!(problem(huge.bits(0b11_0000, 6)).contains("4096x2304"));
        }
        let mut largest = high(1, 8, (256, 144));
        assert_eq!(Sps::parse(&largest.bits(0b11_0000, 6).nal()).unwrap().size, size(4096, 2304));
    }

    #[test]
    fn crops_and_colours_are_read_and_bounded() {
        let mut cropped = high(1, 8, (4, 3));
        cropped.bits(0b111, 3).unsigned(1).unsigned(2).unsigned(3).unsigned(0).bits(1, 1);
        // No aspect, no overscan; video signal: full range, BT.709.
        cropped.bits(0b0010_1111, 8).bits(0x01_0101, 24).bits(0x55, 8);
        let sps = Sps::parse(&cropped.nal()).unwrap();
        assert_eq!((sps.size, sps.coded), (size(58, 42), size(64, 48)));
        assert_eq!(sps.color, ColorSpace { matrix: ColorMatrix::Bt709, range: ColorRange::Full });
        let mut all = high(1, 8, (4, 3));
        all.bits(0b111, 3).unsigned(16).unsigned(16).unsigned(0).unsigned(0).bits(0, 8);
        assert!(matches!(Sps::parse(&all.nal()), Err(SpsProblem::Corrupt(_))));
        let mut absurd = high(1, 8, (4, 3));
        absurd
            .bits(0b111, 3)
            .unsigned(u32::MAX - 1)
            .unsigned(u32::MAX - 1)
            .unsigned(0)
            .unsigned(0)
            .bits(0, 8);
        assert!(matches!(Sps::parse(&absurd.nal()), Err(SpsProblem::Corrupt(_))));
    }

    #[test]
    fn truncated_sets_are_corrupt_not_a_panic() {
        for len in 0..10 {
            assert!(matches!(Sps::parse(&HIGH_360[..len]), Err(SpsProblem::Corrupt(_))), "{len}");
        }
        for set in [HIGH_360, HIGH_1080, BASELINE_432] {
            for at in 1..set.len() {
                for bit in 0..8 {
                    let mut damaged = set.to_vec();
                    damaged[at] ^= 1 << bit;
                    let _ = Sps::parse(&damaged);
                }
            }
        }
    }
}
