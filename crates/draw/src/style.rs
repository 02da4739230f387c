//! How large things are drawn, by the size of the picture.

use ocelli_frame::Size;

/// Heights of text that there are, in pixels from the top of an Å to the foot of a g. A handful instead of any, so that
/// pictures of a thousand sizes need a handful of glyph sheets.
pub(crate) const TEXT_HEIGHTS: [u32; 12] = [12, 14, 16, 18, 20, 24, 28, 34, 40, 48, 56, 68];

/// Measures of what is drawn on one picture, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Style {
    /// Of a box's lines; even, as all edges are, so that no chroma sample is half inside.
    pub line: u32,
    /// Index into [`TEXT_HEIGHTS`].
    pub text: usize,
    /// Between a label's text and its left and right edges.
    pub padding: u32,
}

impl Style {
    pub fn of(size: Size) -> Self {
        // 500 for 640x360, 1500 for 1920x1080, 3000 for 3840x2160.
        let mean = (u64::from(size.width) + u64::from(size.height)) / 2;
        let line = (mean / 600 * 2).clamp(2, 16) as u32;
        let wanted = mean * 9 / 400;
        let text = TEXT_HEIGHTS.iter().rposition(|&height| u64::from(height) <= wanted).unwrap_or(0);
        let text = if mean >= 300 { text.max(1) } else { text };
        Self { line, text, padding: TEXT_HEIGHTS[text] / 4 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_text_grow_with_the_picture() {
        let of = |width, height| {
            let Style { line, text, .. } = Style::of(Size { width, height });
            (line, TEXT_HEIGHTS[text])
        };
        assert_eq!(of(1, 1), (2, 12));
        assert_eq!(of(640, 360), (2, 14));
        assert_eq!(of(1920, 1080), (4, 28));
        assert_eq!(of(3840, 2160), (10, 56));
        assert_eq!(of(u32::MAX, u32::MAX), (16, 68));
    }
}
