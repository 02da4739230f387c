//! How large a file's claims may be before anything is allocated for them. Each limit has a name, and each is
//! checked against what a header says, not against what turns out to be there.

use ocelli_capture::{SourceError, SourceErrorKind};
use ocelli_frame::Size;

/// Pixels on a side of any picture.
pub const SIDE_MAX: u32 = 16_384;
/// Pixels in any picture: 8192 x 8192.
pub const PIXELS_MAX: u64 = 64 << 20;
/// Bytes of a video's index (`moov`), or of one fragment's.
pub const INDEX_BYTES_MAX: u64 = 256 << 20;
/// Boxes on the outermost level of a video file.
pub const TOP_LEVEL_BOXES_MAX: u32 = 1 << 20;
/// Bytes of one compressed picture of a video.
pub const SAMPLE_BYTES_MAX: u32 = 64 << 20;
/// Bytes that one sample takes at least, where a table gives one size for all. Bounds the samples, and with them the
/// memory of the sample list (24 bytes each), at three times the file's length.
pub const SAMPLE_BYTES_MIN: u32 = 8;
/// Bytes of a picture file.
pub const IMAGE_BYTES_MAX: u64 = 256 << 20;
/// Pictures in a folder or of a pattern.
pub const IMAGES_MAX: usize = 1 << 20;
/// Macroblocks of 16 x 16 pixels in an H.264 picture: the `MaxFS` of level 5.2 (ITU-T H.264, table A-1), which is
/// where the decoder stops; 4096 x 2304 just fits.
pub const H264_MACROBLOCKS_MAX: u32 = 36_864;

/// # Errors
/// [`SourceErrorKind::TooLarge`] where a picture of this size is over [`SIDE_MAX`] or [`PIXELS_MAX`],
/// [`SourceErrorKind::Corrupt`] where a side is 0.
pub fn check_size(place: &str, size: Size) -> Result<(), SourceError> {
    if size.width == 0 || size.height == 0 {
        return Err(SourceError::new(
            SourceErrorKind::Corrupt,
            format!("{place}: a picture of {size} pixels"),
            "the file is damaged; write it again",
        ));
    }
    let pixels = u64::from(size.width) * u64::from(size.height);
    if size.width > SIDE_MAX || size.height > SIDE_MAX || pixels > PIXELS_MAX {
        return Err(SourceError::new(
            SourceErrorKind::TooLarge,
            format!(
                "{place}: {size} pixels are over the limit of {SIDE_MAX} a side and {} million in all",
                PIXELS_MAX >> 20
            ),
            "scale it down first",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limits_hold_at_their_edges() {
        let kind = |width, height| check_size("x", Size { width, height }).err().map(|error| error.kind());
        assert_eq!(kind(8192, 8192), None);
        assert_eq!(kind(16_384, 4096), None);
        assert_eq!(kind(16_385, 1), Some(SourceErrorKind::TooLarge));
        assert_eq!(kind(8193, 8192), Some(SourceErrorKind::TooLarge));
        assert_eq!(kind(u32::MAX, u32::MAX), Some(SourceErrorKind::TooLarge));
        assert_eq!(kind(0, 10), Some(SourceErrorKind::Corrupt));
    }
}
