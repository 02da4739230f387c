//! What the demo says: to people, and as JSON.

use std::path::Path;

use ocelli_capture::synthetic::SceneOptions;
use ocelli_report::Summary;
use serde_json::json;

use super::score::Score;

/// The version of the JSON, its `v`.
const VERSION: u32 = 1;

/// For people.
pub fn report(score: &Score, summary: &Summary, video: &Path) -> String {
    let Score { frames, found, wrong, missed } = score;
    let (precision, recall) = (score.precision(), score.recall());
    let Summary { fps, age, .. } = summary;
    let stage = |name: &str| {
        let stage = summary.stages.iter().find(|stage| stage.stage == name);
        stage.map_or(0.0, |stage| stage.quantiles.p50_ms)
    };
    let (preprocess, inference) = (stage("preprocess"), stage("inference"));
    let video = video.display();
    format!(
        "
  precision  {precision:.3}     {found} right, {wrong} wrong
  recall     {recall:.3}     {missed} missed, over {frames} frames
  speed      {fps:.0} fps   preprocess {preprocess:.2} ms, inference {inference:.2} ms, video and truth beside them
  age        {:.1} ms p50, {:.1} ms p99, from a frame's making to its result
  video      {video}

next: ocelli run YOUR.mp4 --model MODEL.onnx --sink video:out.mp4
",
        age.p50_ms, age.p99_ms
    )
}

/// For programs: one JSON object on one line. Times as in the summary of a run.
pub fn figures(score: &Score, summary: &Summary, scene: &SceneOptions, video: &Path) -> Vec<u8> {
    let figures = json!({
        "v": VERSION,
        "precision": score.precision(),
        "recall": score.recall(),
        "found": score.found,
        "wrong": score.wrong,
        "missed": score.missed,
        "frames": score.frames,
        "fps": summary.fps,
        "age_ms": summary.age,
        "video": video.display().to_string(),
        "scene": scene.to_string(),
        "model": summary.model,
        "backend": summary.backend,
    });
    format!("{figures}\n").into_bytes()
}
