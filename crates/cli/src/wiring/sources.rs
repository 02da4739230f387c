//! From source texts to open sources.
//!
//! Video is read in this process where it is H.264 in MP4, and by ffmpeg where it is anything else; that is an event.

use std::path::Path;
use std::sync::Arc;

use ocelli_capture::{
    Notes, OpenOptions, Opened, Pace, SecretUrl, Source, SourceError, SourceErrorKind, SourceUri, synthetic,
};
use ocelli_frame::{Clock, SourceIndex};
use ocelli_source_ffmpeg::Input;
use ocelli_source_file::{open_images, open_video};

use crate::args::PlayArguments;
use crate::failure::Failure;
use crate::wiring::Events;

/// How the sources of a run are opened.
#[derive(Debug)]
pub struct SourcePlan<'a> {
    /// The run's clock.
    pub clock: &'a Arc<dyn Clock>,
    /// Frames that the rest of the run may hold of each source.
    pub readers: usize,
    /// How they play.
    pub play: &'a PlayArguments,
}

/// The sources of a run.
pub struct OpenSources {
    /// In the order they were given.
    pub sources: Vec<Box<dyn Source>>,
    /// What there is to say of them.
    pub events: Events,
}

/// A source, and what it has to say beside its frames.
type Open = (Box<dyn Source>, Option<Notes>);

/// Opens every source, in order. All that is wrong is said at once.
pub fn open_sources(texts: &[String], plan: &SourcePlan<'_>) -> Result<OpenSources, Failure> {
    if texts.len() > usize::from(u16::MAX) {
        return Err(Failure::usage(format!("{} sources", texts.len()), "65535 at most"));
    }
    let opened = texts.iter().enumerate().map(|(index, text)| {
        let options = OpenOptions {
            source: SourceIndex(index as u16),
            readers: plan.readers,
            clock: Arc::clone(plan.clock),
            pace: Pace::from(plan.play.pace),
            looped: plan.play.looped,
            fps: plan.play.fps,
        };
        open(text, plan.play.hwaccel.as_deref(), &options)
    });
    let (opened, failures): (Vec<_>, Vec<_>) = opened.partition(Result::is_ok);
    if let Some(failure) = Failure::several(failures.into_iter().filter_map(Result::err).collect()) {
        return Err(failure);
    }
    let (sources, notes): (Vec<_>, Vec<_>) = opened.into_iter().filter_map(Result::ok).unzip();
    Ok(OpenSources { sources, events: Events::of(notes.into_iter().flatten().collect()) })
}

fn open(text: &str, hwaccel: Option<&str>, options: &OpenOptions) -> Result<Open, Failure> {
    let uri = SourceUri::parse(text)?;
    Ok(match &uri {
        SourceUri::Video(path) => video(path, hwaccel, options)?,
        SourceUri::Http(url) => web(url, hwaccel, options)?,
        SourceUri::Image(path) | SourceUri::Folder(path) => (open_images(path, options)?, None),
        SourceUri::Glob(pattern) => (open_images(Path::new(pattern), options)?, None),
        SourceUri::Synthetic(scene) => (synthetic::open(scene.clone(), options)?, None),
        SourceUri::Device(device) => with_notes(ocelli_source_v4l2::open(device, options)?),
        _ => {
            return Err(Failure::usage(
                format!("{uri}: RTSP streams are not read yet"),
                "a camera, a video file, pictures (file, folder, glob), an http address, or synthetic:",
            ));
        }
    })
}

/// H.264 in MP4 in this process; anything else through ffmpeg, and so everything for which a hardware decoder was asked
/// for.
fn video(path: &Path, hwaccel: Option<&str>, options: &OpenOptions) -> Result<Open, SourceError> {
    let through_ffmpeg = || ocelli_source_ffmpeg::open(Input::File(path.to_owned()), hwaccel, options);
    if hwaccel.is_some() && path.is_file() {
        return through_ffmpeg().map(with_notes);
    }
    match open_video(path, options) {
        Ok(source) => Ok((source, None)),
        Err(native) if is_for_ffmpeg(path, &native) => {
            through_ffmpeg().map(with_notes).map_err(|error| both(path, &native, &error))
        }
        Err(native) => Err(native),
    }
}

fn web(url: &SecretUrl, hwaccel: Option<&str>, options: &OpenOptions) -> Result<Open, SourceError> {
    ocelli_source_ffmpeg::open(Input::Url(url.clone()), hwaccel, options).map(with_notes)
}

fn with_notes(opened: Opened) -> Open {
    (opened.source, Some(opened.notes))
}

/// Whether another reader may know better: the file is of another kind, and not a broken one of ours.
fn is_for_ffmpeg(path: &Path, native: &SourceError) -> bool {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase());
    let is_ours = matches!(ending.as_deref(), Some("mp4" | "m4v" | "mov"));
    let has_bytes = path.metadata().is_ok_and(|file| file.is_file() && file.len() > 0);
    match native.kind() {
        SourceErrorKind::Unsupported => has_bytes,
        SourceErrorKind::Corrupt => has_bytes && !is_ours,
        _ => false,
    }
}

/// Neither reads it: why not, of both, under one name.
fn both(path: &Path, native: &SourceError, ffmpeg: &SourceError) -> SourceError {
    let ffmpeg_says = ffmpeg.to_string();
    let place = format!("{}: ", path.display());
    let ffmpeg_says = ffmpeg_says.strip_prefix(&place).unwrap_or(&ffmpeg_says);
    SourceError::new(ffmpeg.kind(), format!("{native}; {ffmpeg_says}"), ffmpeg.hint())
}
