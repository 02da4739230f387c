//! Pictures as a source: one file, a folder in the order of its names, or whatever matches a pattern.
//!
//! ```text
//! file ──read──▶ bytes ──decode──▶ slot ──when due──▶ Frame (RGB24 or GREY, named after its file)
//! ```
//!
//! Pictures may differ in size: the pool grows with the largest so far. They are turned upright as their EXIF
//! orientation says, as OpenCV's `imread` does. A picture that cannot be read ends the source with an error that
//! names it: a silent gap in a data set would be a wrong result.
//!
//! Memory, for a picture: at most 8 times its file's bytes, and 2 MiB; and for each pixel that its header declares,
//! which is checked against the [`limits`](crate::limits) first, three bytes in each slot of the pool and 32 in the
//! decoder.

mod decode;
mod exif;
mod list;
mod source;

pub(crate) use self::list::list_pictures;
pub(crate) use self::source::ImageSource;
