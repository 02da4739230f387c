//! From codes to tensor elements.

use ocelli_frame::{ChannelOrder, InputFormat, TensorLayout};

use crate::simd::RAISE;

/// `element = code * multiplier + bias`, rounded once as a fused multiply-add does, where the multiplier is `scale /
/// std` and the bias `-mean / std`, each rounded once from f64. Within 2 units in the last place of `(code * scale -
/// mean) / std` where the mean is 0; with a mean, within 4 of the larger of its two terms.
#[derive(Clone, Debug)]
pub(crate) struct Normalise {
    /// Per tensor channel.
    pub(crate) multiplier: [f32; 3],
    /// Per tensor channel.
    pub(crate) bias: [f32; 3],
    /// Which of red (0), green (1) and blue (2) tensor channel `i` is; and which tensor channel they are.
    pub(crate) order: [usize; 3],
    /// What fills the bars.
    pub(crate) pad_code: u8,
    /// Order of the axes.
    pub(crate) layout: TensorLayout,
    /// Per tensor channel, what each code becomes.
    elements: Box<[[f32; 256]; 3]>,
}

impl Normalise {
    pub(crate) fn new(format: &InputFormat) -> Self {
        let std = format.std.map(f64::from);
        let multiplier = std.map(|std| (f64::from(format.scale) / std) as f32);
        let bias = [0, 1, 2].map(|channel: usize| (-f64::from(format.mean[channel]) / std[channel]) as f32);
        let element = |channel: usize, code: usize| (code as f32).mul_add(multiplier[channel], bias[channel]);
        let elements = Box::new([0, 1, 2].map(|channel| std::array::from_fn(|code| element(channel, code))));
        let order = match format.channels {
            ChannelOrder::Rgb => [0, 1, 2],
            ChannelOrder::Bgr => [2, 1, 0],
        };
        Self { multiplier, bias, order, pad_code: format.pad_value, layout: format.layout, elements }
    }

    /// Whether `(code + RAISE) * multiplier - RAISE * multiplier`, rounded once, is every element: without biases it is
    /// the same number as `code * multiplier`, and so its rounding is. A power of two times the multiplier is exact.
    pub(crate) fn can_be_raised(&self) -> bool {
        let is_exact = |multiplier: f32| multiplier > 0.0 && (multiplier * RAISE).is_finite();
        self.bias.iter().all(|&bias| bias == 0.0) && self.multiplier.into_iter().all(is_exact)
    }

    /// A code as channel `channel` of the tensor.
    pub(crate) fn element(&self, code: u8, channel: usize) -> f32 {
        self.elements[channel][usize::from(code)]
    }
}
