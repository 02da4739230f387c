//! Files as sources: H.264 in MP4, and pictures (JPEG, PNG) one by one, from a folder or by a pattern.
//!
//! What is not here: cameras and streams, other codecs, models. Everything is decoded in process, by code that is
//! compiled with this crate.

#![forbid(unsafe_code)]

mod errors;
mod h264;
pub mod limits;
mod mp4;
mod slots;
mod video;

use std::path::Path;

use ocelli_capture::{OpenOptions, Source, SourceError};

/// Opens an MP4 or MOV file with an H.264 track.
///
/// Frames are I420, in presentation order, with `media_time_ns` counted from the first picture. At
/// [`Pace::Live`](ocelli_capture::Pace) they come when they are due (at `options.fps` where it is given); at `Max`
/// as fast as they are taken, and `options.fps` changes nothing.
///
/// # Errors
/// Where the file is missing, is no MP4, has no H.264 in it, or is over one of the [`limits`]. A file that is cut off
/// or broken in its midst opens, and gives its error after the last whole picture.
pub fn open_video(path: &Path, options: &OpenOptions) -> Result<Box<dyn Source>, SourceError> {
    Ok(Box::new(video::VideoSource::open(path, options)?))
}
