//! How large a file's claims may be before anything is allocated for them. Each limit has a name, and each is
//! checked against what a header says, not against what turns out to be there.

pub use ocelli_capture::limits::{PIXELS_MAX, SIDE_MAX, check_size};

/// Bytes of a video's index (`moov`), or of one fragment's.
pub const INDEX_BYTES_MAX: u64 = 256 << 20;
/// Boxes on the outermost level of a video file.
pub const TOP_LEVEL_BOXES_MAX: u32 = 1 << 20;
/// Bytes of one compressed picture of a video.
pub const SAMPLE_BYTES_MAX: u32 = 64 << 20;
/// From a video's first picture to the end of its last: a year.
pub const DURATION_NS_MAX: u64 = 366 * 24 * 3600 * 1_000_000_000;
/// Bytes that one sample takes at least, where no table gives each its own size. Bounds the samples of a file that are
/// told by their number alone, and with them the memory of the sample list (24 bytes each), at three times the file's
/// length.
pub const SAMPLE_BYTES_MIN: u32 = 8;
/// Bytes of a picture file.
pub const IMAGE_BYTES_MAX: u64 = 256 << 20;
/// Pictures in a folder or of a pattern.
pub const IMAGES_MAX: usize = 1 << 20;
/// Macroblocks of 16 x 16 pixels in an H.264 picture: the `MaxFS` of level 5.2 (ITU-T H.264, table A-1), which is
/// where the decoder stops; 4096 x 2304 just fits.
pub const H264_MACROBLOCKS_MAX: u32 = 36_864;
