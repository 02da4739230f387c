//! Everything that depends on a source's size, format and colour, decided once.

use ocelli_frame::{ColorSpace, FrameInfo, InputFormat, Letterbox, PixelFormat, Size};

use crate::PreprocessError;
use crate::color::Color;
use crate::row::SourceLayout;
use crate::taps::Taps;

/// What a plan was made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PlanKey {
    size: Size,
    format: PixelFormat,
    color: ColorSpace,
}

impl PlanKey {
    pub(crate) fn new(info: &FrameInfo) -> Self {
        Self { size: info.size, format: info.format, color: info.color }
    }
}

/// Geometry, taps and gains for one kind of frame.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) key: PlanKey,
    pub(crate) letterbox: Letterbox,
    pub(crate) layout: SourceLayout,
    pub(crate) columns: Columns,
    pub(crate) rows: Taps,
}

/// What a kernel needs to resize one row.
#[derive(Debug)]
pub(crate) struct Columns {
    pub(crate) taps: Taps,
    pub(crate) color: Color,
}

impl Plan {
    /// # Errors
    /// A picture without pixels, a format without a kernel.
    pub(crate) fn new(key: PlanKey, input: &InputFormat) -> Result<Self, PreprocessError> {
        let PlanKey { size: source, format, color } = key;
        if [source.width, source.height, input.size.width, input.size.height].contains(&0) {
            return Err(PreprocessError::Empty { source, model: input.size });
        }
        let layout = SourceLayout::new(format).ok_or(PreprocessError::PixelFormat(format))?;
        let letterbox = Letterbox::new(source, input.size, input.padding);
        let content = letterbox.content.size;
        let columns = Columns { taps: Taps::new(source.width, content.width), color: Color::new(color) };
        Ok(Self { key, letterbox, layout, columns, rows: Taps::new(source.height, content.height) })
    }
}
