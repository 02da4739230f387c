//! Files as sources: H.264 in MP4, and pictures (JPEG, PNG) one by one, from a folder or by a pattern.
//!
//! What is not here: cameras and streams, other codecs, models. Everything is decoded in process, by code that is
//! compiled with this crate.

#![forbid(unsafe_code)]

mod errors;
mod h264;
mod images;
pub mod limits;
pub mod mp4;
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

/// Opens pictures (JPEG, PNG): `path` is one of them, a folder, or a pattern with `*`, `?` or `[…]`.
///
/// Frames are RGB24 or GREY, upright, each with its file's name in `FrameInfo::name`; a folder's come in the order of
/// their names. At [`Pace::Live`](ocelli_capture::Pace) they come at `options.fps`, or one a second.
///
/// # Errors
/// Where there are none, or the first is not one. A later picture that cannot be read ends the source with an error
/// that names it.
pub fn open_images(path: &Path, options: &OpenOptions) -> Result<Box<dyn Source>, SourceError> {
    Ok(Box::new(images::ImageSource::open(path, images::list_pictures(path)?, options)?))
}
