//! OpenH264 behind one verb: a canvas in, one picture's NAL units out.
//!
//! Constrained baseline, which every player and browser takes; one thread, so that the cores stay with inference; one
//! quality throughout (QP 26) instead of a rate, so that an empty scene costs next to nothing and a full one is legible.

use ocelli_draw::Canvas;
use ocelli_frame::{ColorMatrix, ColorRange, ColorSpace, Size};
use openh264::OpenH264API;
use openh264::encoder::{
    BitRate, Complexity, Encoder, EncoderConfig, FrameRate, FrameType, Profile, QpRange, RateControlMode,
    UsageType, VuiConfig,
};
use openh264::formats::YUVSource;

/// What OpenH264 takes, of either orientation.
const LONGER_SIDE_MAX: u32 = 3840;
const SHORTER_SIDE_MAX: u32 = 2160;
/// The level is chosen by rate and size; the rate itself is not held to.
const LEVEL_BIT_RATE: u32 = 4_000_000;
const LEVEL_FRAME_RATE: f32 = 30.0;

/// The size that a picture has as video: 4:2:0 has even sides, so an odd column or row at the end is left out. `None`
/// where the encoder takes no such picture.
pub(super) fn coded_size(size: Size) -> Option<Size> {
    let coded = Size { width: size.width / 2 * 2, height: size.height / 2 * 2 };
    let (longer, shorter) = (coded.width.max(coded.height), coded.width.min(coded.height));
    (shorter >= SHORTER_SIDE_MIN && longer <= LONGER_SIDE_MAX && shorter <= SHORTER_SIDE_MAX).then_some(coded)
}

/// For messages.
pub(super) const SIZES: &str = "16x16 to 3840x2160, or 2160x3840 upright";
const SHORTER_SIDE_MIN: u32 = 16;

/// An encoder for pictures of one size and colour space.
pub(super) struct H264Encoder {
    inner: Encoder,
    has_begun: bool,
    /// The parameter sets, without start codes, once a picture has been encoded.
    pub sps: Vec<u8>,
    pub pps: Vec<u8>,
}

impl H264Encoder {
    pub fn new(color: ColorSpace) -> Result<Self, openh264::Error> {
        let primaries = match color.matrix {
            ColorMatrix::Bt601 => VuiConfig::bt601(),
            ColorMatrix::Bt709 => VuiConfig::bt709(),
        };
        let config = EncoderConfig::new()
            .profile(Profile::Baseline)
            .usage_type(UsageType::CameraVideoRealTime)
            .complexity(Complexity::Low)
            .rate_control_mode(RateControlMode::Off)
            .qp(QpRange::new(10, 40))
            .bitrate(BitRate::from_bps(LEVEL_BIT_RATE))
            .max_frame_rate(FrameRate::from_hz(LEVEL_FRAME_RATE))
            .skip_frames(false)
            .num_threads(1)
            .scene_change_detect(false)
            .adaptive_quantization(false)
            .background_detection(false)
            .vui(primaries.full_range(color.range == ColorRange::Full));
        let inner = Encoder::with_api_config(OpenH264API::from_source(), config)?;
        Ok(Self { inner, has_begun: false, sps: Vec::new(), pps: Vec::new() })
    }

    /// Appends one picture to `data`, each NAL unit behind its length in four bytes; whether it can be read without
    /// those before it, as the first is and any for which `force_key` asks.
    pub fn encode(
        &mut self,
        canvas: &Canvas,
        force_key: bool,
        data: &mut Vec<u8>,
    ) -> Result<bool, openh264::Error> {
        if force_key && self.has_begun {
            self.inner.force_intra_frame();
        }
        let encoded = self.inner.encode(&Picture(canvas))?;
        self.has_begun = true;
        for layer in (0..encoded.num_layers()).filter_map(|index| encoded.layer(index)) {
            for unit in (0..layer.nal_count()).filter_map(|index| layer.nal_unit(index)) {
                let unit = without_start_code(unit);
                match unit.first().map_or(0, |head| head & 0x1f) {
                    // Slices; parameter sets go into the film's header; nothing else is of use.
                    1 | 5 => {
                        data.extend_from_slice(&(unit.len() as u32).to_be_bytes());
                        data.extend_from_slice(unit);
                    }
                    7 if self.sps.is_empty() => self.sps.extend_from_slice(unit),
                    8 if self.pps.is_empty() => self.pps.extend_from_slice(unit),
                    _ => {}
                }
            }
        }
        Ok(encoded.frame_type() == FrameType::IDR)
    }
}

fn without_start_code(unit: &[u8]) -> &[u8] {
    let zeros = unit.iter().take_while(|&&byte| byte == 0).count();
    unit.get(zeros + 1..).unwrap_or_default()
}

/// A canvas as the encoder reads it.
struct Picture<'a>(&'a Canvas);

impl YUVSource for Picture<'_> {
    fn dimensions(&self) -> (usize, usize) {
        let coded = coded_size(self.0.size()).unwrap_or_default();
        (coded.width as usize, coded.height as usize)
    }

    fn strides(&self) -> (usize, usize, usize) {
        let stride = |index| self.0.plane(index).stride_bytes;
        (stride(0), stride(1), stride(2))
    }

    fn y(&self) -> &[u8] {
        self.0.plane(0).bytes
    }

    fn u(&self) -> &[u8] {
        self.0.plane(1).bytes
    }

    fn v(&self) -> &[u8] {
        self.0.plane(2).bytes
    }
}
