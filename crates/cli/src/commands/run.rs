//! `ocelli run`: sources through a model to sinks.

use std::path::Path;

use ocelli_postprocess::Settings;
use ocelli_record::{Destination, check_distinct, summary_of, write_summary};

use crate::args::RunArguments;
use crate::failure::Failure;
use crate::memory;
use crate::wiring::{Assembly, Order, SinkOrder, failures_of, settings};

/// Everything is decided before the first frame; then frames run; then the account is told.
pub fn run(arguments: &RunArguments) -> Result<(), Failure> {
    let sinks = SinkOrder::parse_all(&arguments.sinks)?;
    let summary_to = arguments.summary.as_ref().map(|path| Destination::from_text(&path.to_string_lossy()));
    let sources = arguments.sources.iter().map(Path::new);
    let read: Vec<_> = sources.chain(arguments.model.model.as_deref()).collect();
    check_distinct(&SinkOrder::files(&sinks), summary_to.as_ref(), &read)?;
    let mut assembly = Assembly::new(Order {
        sources: &arguments.sources,
        model: &arguments.model,
        settings: settings(&arguments.settings, Settings::default()),
        play: &arguments.play,
        on_frozen: arguments.on_frozen.into(),
        infer_fps: arguments.infer_fps,
        pixel_sinks: sinks.iter().filter(|sink| sink.wants_pixels()).count(),
        frames_watched: sinks.iter().map(SinkOrder::frames_watched).sum(),
        quiet: arguments.quiet,
    })?;
    for sink in &sinks {
        sink.open(&mut assembly)?;
    }
    let (labels, events) = (assembly.labels.clone(), assembly.events.clone());
    let outcome = assembly.run()?;

    let mut summary = summary_of(&outcome, &labels, memory::use_so_far());
    summary.events = events.told();
    if !arguments.quiet {
        eprint!("{summary}");
    }
    let mut failures = failures_of(&outcome);
    if let Some(destination) = summary_to
        && let Err(error) = write_summary(&destination, &summary)
    {
        failures.push(error.into());
    }
    Failure::several(failures).map_or(Ok(()), Err)
}
