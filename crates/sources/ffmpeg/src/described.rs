//! What ffmpeg says of a stream, as far as the pictures themselves do not tell: codec, rate, and what their colours
//! mean.
//!
//! The words are those of `avcodec_string` and `av_dump_format`, the same since version 4; where a later version should
//! say it otherwise, nothing is found, and colours are what players assume.

use ocelli_frame::{ColorMatrix, ColorRange, ColorSpace, PixelFormat, Size};

/// One `Stream … Video: …` line.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Described {
    pub codec: String,
    pub matrix: Option<ColorMatrix>,
    pub range: Option<ColorRange>,
    pub fps: Option<f64>,
}

impl Described {
    /// What the numbers of pictures of this kind mean; what was not said is as players assume.
    pub fn color(&self, format: PixelFormat, size: Size) -> ColorSpace {
        let assumed = assumed_color(format, size);
        ColorSpace {
            matrix: self.matrix.unwrap_or(assumed.matrix),
            range: self.range.unwrap_or(assumed.range),
        }
    }
}

/// What players assume of pictures that do not say.
pub(crate) fn assumed_color(format: PixelFormat, size: Size) -> ColorSpace {
    match format {
        // ffmpeg's `gray` is full range unless it says otherwise.
        PixelFormat::Grey => ColorSpace::BT601_FULL,
        _ => ColorSpace::assumed_for(size),
    }
}

/// Reads `  Stream #0:0(und): Video: h264 (High) (avc1 / 0x31637661), yuv420p(tv, bt709), 640x360, 25 fps, …`; `None`
/// where a line is something else.
pub(crate) fn describe(line: &str) -> Option<Described> {
    let (_, rest) = line.trim_start().strip_prefix("Stream #")?.split_once(": Video: ")?;
    let parts = split_outside_brackets(rest);
    let codec = parts.first()?.split_whitespace().next()?.to_owned();
    let colors = parts.get(1).map_or("", |format| format.as_str());
    let fps = parts.iter().find_map(|part| part.trim().strip_suffix(" fps")?.parse().ok());
    let full = colors.trim_start().starts_with("yuvj");
    let inside = colors.split_once('(').and_then(|(_, inside)| inside.strip_suffix(')')).unwrap_or("");
    let mut described = Described { codec, matrix: None, range: full.then_some(ColorRange::Full), fps };
    for word in inside.split(", ") {
        match word {
            "tv" => described.range = Some(ColorRange::Limited),
            "pc" => described.range = Some(ColorRange::Full),
            // One name for matrix, primaries and transfer, or the three of them.
            word => described.matrix = described.matrix.or(matrix(word.split('/').next().unwrap_or(word))),
        }
    }
    Some(described)
}

/// ffmpeg's names for matrices. BT.2020's lies next to BT.709's, which stands in for it.
fn matrix(name: &str) -> Option<ColorMatrix> {
    match name {
        "bt709" | "bt2020nc" | "bt2020c" => Some(ColorMatrix::Bt709),
        "smpte170m" | "bt470bg" | "fcc" | "smpte240m" => Some(ColorMatrix::Bt601),
        _ => None,
    }
}

/// The parts between commas that stand in no brackets.
fn split_outside_brackets(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut depth = 0usize;
    for c in text.chars() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        match parts.last_mut() {
            Some(part) if c != ',' || depth > 0 => part.push(c),
            _ => parts.push(String::new()),
        }
    }
    parts.into_iter().map(|part| part.trim().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_ffmpeg() {
        use ColorMatrix::{Bt601, Bt709};
        use ColorRange::{Full, Limited};
        type Row = (&'static str, &'static str, Option<ColorMatrix>, Option<ColorRange>, Option<f64>);
        let table: [Row; 6] = [
            (
                "  Stream #0:0[0x1](und): Video: h264 (High) (avc1 / 0x31637661), yuv420p(tv, bt709, progressive), \
                 640x360 [SAR 1:1 DAR 16:9], 1234 kb/s, 29.97 fps, 29.97 tbr, 30k tbn (default)",
                "h264",
                Some(Bt709),
                Some(Limited),
                Some(29.97),
            ),
            (
                "  Stream #0:0: Video: rawvideo (I420 / 0x30323449), yuvj420p(pc, bt470bg/unknown/unknown, progressive)\
                 , 64x48 [SAR 1:1 DAR 4:3], q=2-31, 921 kb/s, 25 fps, 64k tbn",
                "rawvideo",
                Some(Bt601),
                Some(Full),
                Some(25.0),
            ),
            ("Stream #0:0: Video: mpeg4, yuv420p, 64x48, 30 tbr", "mpeg4", None, None, None),
            ("Stream #0:0: Video: mjpeg, yuvj420p, 64x48", "mjpeg", None, Some(Full), None),
            (
                "Stream #0:0: Video: hevc (Main 10), yuv420p10le(tv, bt2020nc/bt2020/smpte2084), 64x48, 50 fps",
                "hevc",
                Some(Bt709),
                Some(Limited),
                Some(50.0),
            ),
            (
                "Stream #0:2: Video: rawvideo (Y800 / 0x30303859), gray(progressive)",
                "rawvideo",
                None,
                None,
                None,
            ),
        ];
        for (line, codec, matrix, range, fps) in table {
            let described = describe(line).unwrap();
            assert_eq!(described, Described { codec: codec.to_owned(), matrix, range, fps }, "{line}");
        }
        for other in ["Stream #0:1: Audio: aac, 48000 Hz", "Stream mapping:", "", "Stream #0: Video: "] {
            assert_eq!(describe(other), None, "{other}");
        }
    }

    #[test]
    fn what_is_not_said_is_assumed() {
        let plain = describe("Stream #0:0: Video: mpeg4, yuv420p, 64x48").unwrap();
        let (small, large) = (Size { width: 64, height: 48 }, Size { width: 1280, height: 720 });
        assert_eq!(plain.color(PixelFormat::I420, small), ColorSpace::BT601_LIMITED);
        assert_eq!(plain.color(PixelFormat::I420, large), ColorSpace::BT709_LIMITED);
        assert_eq!(plain.color(PixelFormat::Grey, large), ColorSpace::BT601_FULL);
    }
}
