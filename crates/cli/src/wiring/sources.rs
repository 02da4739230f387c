//! From source texts to open sources.

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
    let later = |what: &str, hint: &str| Err(Failure::usage(format!("{text}: {what}"), hint));
    match SourceUri::parse(text)? {
        SourceUri::Video(path) => Ok(open_video(&path, options)?),
        _ => later("unknown", "…"),
    }
}
