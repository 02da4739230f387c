//! What a model wants its input picture to look like: the contract between a model card and preprocess.

use crate::{DataType, Padding, Size};

/// Order of a pixel's three numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ChannelOrder {
    /// Red first.
    Rgb,
    /// Blue first.
    Bgr,
}

/// Order of an input tensor's axes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TensorLayout {
    /// Planar: channel, row, column.
    Nchw,
    /// Interleaved: row, column, channel.
    Nhwc,
}

/// The picture a model wants. A byte `v` (0..=255) of channel `c` becomes `(v * scale - mean[c]) / std[c]`, `c` counting
/// in `channels`' order; for u8 inputs the byte itself.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct InputFormat {
    /// Width and height of the input tensor.
    pub size: Size,
    /// Order of its axes.
    pub layout: TensorLayout,
    /// f32 or u8.
    pub data_type: DataType,
    /// Order of its channels.
    pub channels: ChannelOrder,
    /// 1/255 for inputs in 0..=1, 1 for 0..=255.
    pub scale: f32,
    /// Subtracted after scaling.
    pub mean: [f32; 3],
    /// Divided by, last.
    pub std: [f32; 3],
    /// Where the bars of the letterbox go.
    pub padding: Padding,
    /// The bars' byte, in every channel, before scaling.
    pub pad_value: u8,
}

impl InputFormat {
    /// Ultralytics' detectors: RGB planes in 0..=1, centred on grey 114.
    pub fn ultralytics(size: Size) -> Self {
        Self {
            size,
            layout: TensorLayout::Nchw,
            data_type: DataType::F32,
            channels: ChannelOrder::Rgb,
            scale: 1.0 / 255.0,
            mean: [0.0; 3],
            std: [1.0; 3],
            padding: Padding::Centred,
            pad_value: 114,
        }
    }

    /// YOLOX: BGR planes in 0..=255, top left on grey 114.
    pub fn yolox(size: Size) -> Self {
        Self { channels: ChannelOrder::Bgr, scale: 1.0, padding: Padding::TopLeft, ..Self::ultralytics(size) }
    }

    /// Elements of the input tensor.
    pub fn elements(&self) -> usize {
        3 * self.size.width as usize * self.size.height as usize
    }
}
