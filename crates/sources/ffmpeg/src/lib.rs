//! Any footage: whatever the ffmpeg on this machine reads, decoded by it in a process of its own.
//!
//! ```text
//! file or address ──▶ ffmpeg (child) ──NUT through a pipe──▶ slots of our pool
//!                           └──stderr──▶ codec, colours, complaints
//! ```
//!
//! **One child, one opening of the input.** It writes plain pictures with exact times as NUT (see `nut.rs`), in the
//! pixel format that it has decoded them to where we read that one in place, and says on stderr what their colours
//! mean. No ffprobe: a second opening is a second connection to a camera that may allow one, and could be told another
//! story.
//!
//! **It is at arm's length.** What crashes, crashes there; what grows, grows there. The source ends with an error that
//! says how the child ended and at which frame, and everything else goes on.
//!
//! What is not here: the choice whether a file is read this way, and the code of any codec. ffmpeg is found on `PATH`,
//! never brought along; it can be from 4.4 on.

#![forbid(unsafe_code)]

mod child;
mod command;
mod described;
mod log;
pub mod nut;
mod reading;
mod source;
mod times;

use std::time::Duration;

use ocelli_capture::limits::PIXELS_MAX;
use ocelli_capture::{Notes, OpenOptions, Opened, SourceError, SourceErrorKind};

pub use self::command::Input;
use self::command::{Spelling, Task, is_hwaccel_name};
use self::source::FfmpegSource;

/// How long opening waits for the first picture. An input that needs longer is open all the same, and is waited for
/// when it is read.
const FIRST_PICTURE_WAIT: Duration = Duration::from_secs(5);

/// Starts ffmpeg on an input and waits a few seconds for its first picture. `hwaccel` names what is to decode, as
/// `ffmpeg -hwaccels` lists it.
///
/// Frames come in presentation order, in the pixel format that ffmpeg decodes to where it is one of ours (I420, NV12,
/// YUYV, GREY, RGB24, BGR24), else in the nearest; upright, where the file says how; with `media_time_ns` counted from
/// the first picture. At [`Pace::Live`](ocelli_capture::Pace) they come when they are due. That ffmpeg reads it is the
/// first of the notes; its complaints come at the end.
///
/// # Errors
/// Where there is no ffmpeg, it cannot read the input, there is no video in it, or a picture is over one of the
/// [limits](ocelli_capture::limits). Later: where ffmpeg is killed, fails, changes the pictures' size, or gives nothing
/// for half a minute.
pub fn open(input: Input, hwaccel: Option<&str>, options: &OpenOptions) -> Result<Opened, SourceError> {
    if let Some(name) = hwaccel.filter(|name| !is_hwaccel_name(name)) {
        let what = format!("`{name}` is no name of a hardware decoder");
        return Err(SourceError::new(SourceErrorKind::BadUri, what, "`ffmpeg -hwaccels` lists them"));
    }
    let task = Task {
        input,
        hwaccel: hwaccel.map(str::to_owned),
        pace: options.pace,
        spelling: Spelling::FpsMode,
        pixels_max: PIXELS_MAX,
    };
    let notes = Notes::default();
    let mut source = FfmpegSource::start(task, options, notes.clone())?;
    source.look(FIRST_PICTURE_WAIT)?;
    Ok(Opened { source: Box::new(source), notes })
}
