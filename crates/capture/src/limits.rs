//! How large a picture may be, of whatever source: checked against what a header says, before anything is allocated
//! for it. Limits of one kind of source stand with that source.

use ocelli_frame::Size;

use crate::{SourceError, SourceErrorKind};

/// Pixels on a side of any picture.
pub const SIDE_MAX: u32 = 16_384;
/// Pixels in any picture: 8192 x 8192.
pub const PIXELS_MAX: u64 = 64 << 20;

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
