//! From codes to tensor elements, and where in the tensor a row lies.

use ocelli_frame::{ChannelOrder, InputFormat, TensorLayout};

/// `element = code * multiplier + bias`, in f32 with both steps rounded: `scale / std` and `-mean / std`, each rounded
/// once from f64. Within 2 units in the last place of `(code * scale - mean) / std` where the mean is 0; with a mean,
/// within 4 of the larger of its two terms.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Normalise {
    /// Per tensor channel.
    pub(crate) multiplier: [f32; 3],
    /// Per tensor channel.
    pub(crate) bias: [f32; 3],
    /// Per tensor channel, which of red (0), green (1) and blue (2) it is.
    pub(crate) source_channel: [usize; 3],
    /// What fills the bars.
    pub(crate) pad_code: u8,
    /// Order of the axes.
    pub(crate) layout: TensorLayout,
}

impl Normalise {
    pub(crate) fn new(format: &InputFormat) -> Self {
        let std = format.std.map(f64::from);
        Self {
            multiplier: std.map(|std| (f64::from(format.scale) / std) as f32),
            bias: [0, 1, 2].map(|channel: usize| (-f64::from(format.mean[channel]) / std[channel]) as f32),
            source_channel: match format.channels {
                ChannelOrder::Rgb => [0, 1, 2],
                ChannelOrder::Bgr => [2, 1, 0],
            },
            pad_code: format.pad_value,
            layout: format.layout,
        }
    }

    /// A code as channel `channel` of the tensor.
    pub(crate) fn element(&self, code: u8, channel: usize) -> f32 {
        f32::from(code) * self.multiplier[channel] + self.bias[channel]
    }
}
