//! `ocelli demo`: the pipeline that every run has, on the synthetic scene, whose truth is known. So it can say how good
//! its results are, and is a test of the whole binary on the spot.

mod score;
mod sink;
mod words;

use std::fs;

use ocelli_capture::synthetic::{Scene, SceneOptions};
use ocelli_frame::Size;
use ocelli_pipeline::OnFrozen;
use ocelli_postprocess::Settings;
use ocelli_record::{Destination, SinkKind, SinkSpec, check_distinct, summary_of};

use self::score::Score;
use self::sink::ScoreSink;
use self::words::{figures, report};
use crate::args::{DemoArguments, ModelArguments, PlayArguments};
use crate::failure::Failure;
use crate::memory;
use crate::wiring::{Assembly, EMBEDDED_MODEL, Order, failures_of};

/// The demo fails below this, in precision or in recall.
const GOOD: f64 = 0.95;
/// What is drawn and counted: a box at least this certain; of two of one class that overlap more than this, the better.
const SETTINGS: (f32, f32) = (0.4, 0.5);

/// The scene: nothing of it was in the network's training (docs/design/demo-model.md).
fn scene(frames: u32) -> SceneOptions {
    SceneOptions {
        size: Size { width: 960, height: 540 },
        fps: 30.0,
        frames: Some(frames.into()),
        objects: 9,
        seed: 5,
    }
}

/// Runs the scene, tells how it went, and fails where it did not go well.
pub fn run(arguments: &DemoArguments) -> Result<(), Failure> {
    let scene = scene(arguments.frames);
    let video = SinkSpec {
        text: format!("video:{}", arguments.video.display()),
        kind: SinkKind::Video,
        destination: Destination::Path(arguments.video.clone()),
        fps: None,
    };
    let json = arguments.json.clone().map(Destination::Path);
    check_distinct(std::slice::from_ref(&video), json.as_ref(), &[])?;
    let (confidence, iou) = SETTINGS;
    let mut assembly = Assembly::new(Order {
        sources: &[scene.to_string()],
        model: &model(arguments),
        settings: Settings { confidence, iou, ..Settings::default() },
        play: &PlayArguments::once(),
        on_frozen: OnFrozen::default(),
        infer_fps: None,
        pixel_sinks: 1,
        frames_watched: 0,
        quiet: false,
    })?;
    let (sink, score) = ScoreSink::new(Scene::new(scene.clone())?);
    assembly.add_sink(video.open(&assembly.labels)?, None);
    assembly.add_sink(Box::new(sink), None);
    let labels = assembly.labels.clone();
    println!("{} frames of {scene} through {} on {}", arguments.frames, labels.model, labels.backend);
    let outcome = assembly.run()?;

    let score = *score.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let summary = summary_of(&outcome, &labels, memory::use_so_far());
    print!("{}", report(&score, &summary, &arguments.video));
    let mut failures = failures_of(&outcome);
    if let Some(path) = &arguments.json
        && let Err(error) = fs::write(path, figures(&score, &summary, &scene, &arguments.video))
    {
        let message = format!("{}: cannot write the figures: {error}", path.display());
        failures.push(Failure::new(message, "name a file in a folder that is there and may be written to"));
    }
    failures.extend(verdict(&score));
    Failure::several(failures).map_or(Ok(()), Err)
}

/// What is wrong with the results, if anything is.
fn verdict(score: &Score) -> Option<Failure> {
    let (precision, recall) = (score.precision(), score.recall());
    (precision < GOOD || recall < GOOD).then(|| {
        Failure::new(
            format!("precision {precision:.3}, recall {recall:.3}: both should be at least {GOOD}"),
            "the demo's network and scene belong together, so this is a bug in Ocelli: please report it with the video",
        )
    })
}

fn model(arguments: &DemoArguments) -> ModelArguments {
    ModelArguments {
        model: Some(EMBEDDED_MODEL.into()),
        card: None,
        task: None,
        backend: arguments.backend.clone(),
        winograd: None,
        threads: arguments.threads,
        cores: Vec::new(),
        imgsz: None,
        offline: true,
    }
}
