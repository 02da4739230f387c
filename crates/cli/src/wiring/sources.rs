//! From source texts to open sources.

use std::path::Path;
use std::sync::Arc;

use ocelli_capture::{OpenOptions, Pace, Source, SourceUri, synthetic};
use ocelli_frame::{Clock, SourceIndex};
use ocelli_source_file::{open_images, open_video};

use crate::args::PlayArguments;
use crate::failure::Failure;

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

/// Opens every source, in order. All that is wrong is said at once.
pub fn open_sources(texts: &[String], plan: &SourcePlan<'_>) -> Result<Vec<Box<dyn Source>>, Failure> {
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
        open(text, &options)
    });
    let (sources, failures): (Vec<_>, Vec<_>) = opened.partition(Result::is_ok);
    match Failure::several(failures.into_iter().filter_map(Result::err).collect()) {
        Some(failure) => Err(failure),
        None => Ok(sources.into_iter().filter_map(Result::ok).collect()),
    }
}

fn open(text: &str, options: &OpenOptions) -> Result<Box<dyn Source>, Failure> {
    let uri = SourceUri::parse(text)?;
    Ok(match &uri {
        SourceUri::Video(path) => open_video(path, options)?,
        SourceUri::Image(path) | SourceUri::Folder(path) => open_images(path, options)?,
        SourceUri::Glob(pattern) => open_images(Path::new(pattern), options)?,
        SourceUri::Synthetic(scene) => synthetic::open(scene.clone(), options)?,
        _ => {
            return Err(Failure::usage(
                format!("{uri}: cameras and network streams are not read yet"),
                "a video file, pictures (file, folder, glob), or synthetic:",
            ));
        }
    })
}
