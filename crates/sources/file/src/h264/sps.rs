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

    /// The SPS of footage in ../../shared, and what `ffprobe` says of them (High; 360 of 368 lines shown).
    const HIGH_640X360: &[u8] = &[];

    #[test]
    fn truncated_sets_are_corrupt_not_a_panic() {
        for len in 0..HIGH_640X360.len() {
            let _ = Sps::parse(&HIGH_640X360[..len]);
        }
    }
}
