//! What writing costs: frames a second of a run with every sink on, over those of one with a sink that writes to
//! nowhere.

use serde_json::{Value, json};

use super::context::Context;
use super::series::Series;
use super::summary::SummaryFile;
use crate::error::ChoreError;

const ROUNDS: usize = 3;
const CLIP: &str = "media/slow_traffic_small.mp4";
const MODEL: &str = "models/yolov8n_640_fp32.onnx";

/// Alternates a run with one line of JSON a frame, thrown away, and one that also draws, encodes and writes pictures.
pub fn run(context: &Context) -> Result<Value, ChoreError> {
    let summary = SummaryFile::new();
    let folder = std::env::temp_dir().join(format!("ocelli-measure-sinks-{}", std::process::id()));
    std::fs::create_dir_all(&folder).map_err(|error| {
        ChoreError::new(format!("{}: {error}", folder.display()), "is there room in the temporary folder?")
    })?;
    let (clip, model) = (context.clip(CLIP)?, context.model(MODEL)?);
    let plain = context.ocelli().arg("run").arg(&clip).arg("--model").arg(&model).arg("--summary");
    let plain = plain.arg(summary.path()).args("--quiet --sink jsonl:/dev/null");
    let mut all = plain.clone();
    for (kind, name) in
        [("video", "film.mp4"), ("images", "pictures"), ("yolo", "labels"), ("coco", "boxes.json")]
    {
        all = all.arg("--sink").arg(format!("{kind}:{}", folder.join(name).display()));
    }

    let (mut plain_fps, mut all_fps, mut ratio) = (Series::default(), Series::default(), Series::default());
    let measured = (0..context.rounds(ROUNDS)).try_for_each(|_| {
        plain.run()?;
        let plain_fps_now = summary.number("fps")?;
        all.run()?;
        let all_fps_now = summary.number("fps")?;
        plain_fps.push(plain_fps_now);
        all_fps.push(all_fps_now);
        ratio.push(all_fps_now / plain_fps_now);
        Ok(())
    });
    // Best effort: pictures left in the temporary folder are no reason to lose the figures.
    let _ = std::fs::remove_dir_all(&folder);
    measured?;
    Ok(json!({
        "commands": { "plain": plain.line(), "all": all.line() },
        "plain_fps": plain_fps.to_json(),
        "all_fps": all_fps.to_json(),
        "all_over_plain": ratio.to_json(),
    }))
}
