//! The live view: what one viewer gets, what slow ones take from the others, and what looking costs.

mod run;
mod viewer;

use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use self::run::LiveRun;
use self::viewer::{Appetite, Wish, watch};
use super::child::Invocation;
use super::context::Context;
use super::series::Series;
use super::summary::SummaryFile;
use crate::error::ChoreError;

const FPS: u32 = 15;
const WIDTH: u32 = 640;
const ALL: Wish = Wish { fps: FPS, width: WIDTH, appetite: Appetite::Everything };
/// A source of 30 frames a second and a model that is ten times too slow for it.
const SLOW_MODEL: &str =
    "run synthetic:?size=640x360&fps=30 --pace live --backend fake:300ms --sink web:127.0.0.1:0 --summary";
/// What the clock of a run needs to settle.
const WARM_UP: Duration = Duration::from_secs(2);

/// One viewer for a minute.
pub fn one_viewer(context: &Context) -> Result<Value, ChoreError> {
    const LENGTH: Duration = Duration::from_secs(60);
    let summary = SummaryFile::new();
    let call = context.ocelli().args(SLOW_MODEL).arg(summary.path());
    let (mut fps, mut gap_p99, mut age_max) = (Series::default(), Series::default(), Series::default());
    let mut balanced = true;
    for _ in 0..context.rounds(1) {
        let (pictures, _) = watched(&call, &[ALL], LENGTH)?;
        let seen = seen_fully(&pictures[0], LENGTH);
        fps.push(seen.len() as f64 / LENGTH.as_secs_f64());
        let mut gaps: Vec<f64> = seen.windows(2).map(|pair| (pair[1] - pair[0]) * 1e3).collect();
        gaps.sort_by(f64::total_cmp);
        gap_p99.push(gaps[gaps.len() * 99 / 100]);
        let told = summary.read()?;
        age_max.push(told["age_ms"]["max"].as_f64().unwrap_or(f64::NAN));
        balanced &= is_balanced(&told);
    }
    Ok(json!({
        "command": call.line(),
        "viewer": format!("?fps={FPS}&width={WIDTH}, {} s", LENGTH.as_secs()),
        "pictures_per_second": fps.to_json(),
        "gap_p99_ms": gap_p99.to_json(),
        "result_age_max_ms": age_max.to_json(),
        "account_adds_up": balanced,
    }))
}

/// Ten viewers alone, and the same ten beside five that read nothing and five that read at a tenth of the rate.
pub fn slow_viewers(context: &Context) -> Result<Value, ChoreError> {
    const LENGTH: Duration = Duration::from_secs(15);
    let summary = SummaryFile::new();
    let call = context.ocelli().args(SLOW_MODEL).arg(summary.path());
    let good = vec![ALL; 10];
    let slow = |appetite| vec![Wish { appetite, ..ALL }; 5];
    let all = [good.clone(), slow(Appetite::Nothing), slow(Appetite::ATenth)].concat();
    let (mut rates, mut results, mut memory) = (Series::default(), Series::default(), Series::default());
    for _ in 0..context.rounds(5) {
        let mut sides = Vec::new();
        for wishes in [&good, &all] {
            let (pictures, peak) = watched(&call, wishes, LENGTH)?;
            let seen: usize =
                pictures[..good.len()].iter().map(|times| seen_fully(times, LENGTH).len()).sum();
            sides.push((seen as f64, summary.results()?, peak.map_or(f64::NAN, |bytes| bytes as f64)));
        }
        let (without, with) = (sides[0], sides[1]);
        rates.push(with.0 / without.0);
        results.push(with.1 / without.1);
        memory.push(with.2 / 1e6);
    }
    Ok(json!({
        "command": call.line(),
        "viewers": "10 that read all; beside them 5 that read nothing and 5 at a tenth of the rate",
        "pictures_with_over_without": rates.to_json(),
        "results_with_over_without": results.to_json(),
        "peak_memory_mb": memory.to_json(),
    }))
}

/// Inference at full speed, with one viewer and with none.
pub fn cost(context: &Context) -> Result<Value, ChoreError> {
    const LENGTH: Duration = Duration::from_secs(15);
    let summary = SummaryFile::new();
    let (clip, model) =
        (context.clip("media/slow_traffic_small.mp4")?, context.model("models/yolov8n_640_fp32.onnx")?);
    let call = context.ocelli().arg("run").arg(&clip).arg("--model").arg(&model);
    let call = call.args("--loop --sink web:127.0.0.1:0 --summary").arg(summary.path());
    let (mut ratio, mut without_fps) = (Series::default(), Series::default());
    for _ in 0..context.rounds(5) {
        let mut rates = Vec::new();
        for wishes in [&[][..], &[ALL]] {
            watched(&call, wishes, LENGTH)?;
            rates.push(summary.number("fps")?);
        }
        without_fps.push(rates[0]);
        ratio.push(rates[1] / rates[0]);
    }
    Ok(json!({
        "command": call.line(),
        "viewer": format!("?fps={FPS}&width={WIDTH}"),
        "fps_without": without_fps.to_json(),
        "with_over_without": ratio.to_json(),
    }))
}

/// A run that these viewers watch for so long: when each one's pictures came, in seconds since the watching began, and the
/// most memory that the run had.
fn watched(
    call: &Invocation,
    wishes: &[Wish],
    length: Duration,
) -> Result<(Vec<Vec<f64>>, Option<u64>), ChoreError> {
    let run = LiveRun::start(call)?;
    let address = run.address;
    let start = now() + WARM_UP;
    let end = start + length;
    let viewers: Vec<_> =
        wishes.iter().map(|&wish| thread::spawn(move || watch(address, wish, start, end))).collect();
    while now() < end {
        thread::sleep(Duration::from_millis(50));
    }
    let mut pictures = Vec::new();
    for viewer in viewers {
        pictures.push(viewer.join().expect("a viewer does not panic")?);
    }
    Ok((pictures, run.stop()?))
}

/// The pictures of the time that is measured: what came before belongs to the warm-up, at second 0.
fn seen_fully(times: &[f64], length: Duration) -> Vec<f64> {
    times.iter().copied().filter(|time| *time > 0.0 && *time < length.as_secs_f64()).collect()
}

fn is_balanced(summary: &Value) -> bool {
    let sum =
        |reasons: &Value| reasons.as_object().map_or(0, |map| map.values().filter_map(Value::as_u64).sum());
    let sources = summary["sources"].as_object();
    sources.is_some_and(|sources| {
        sources.values().all(|source| {
            let went =
                source["emitted"].as_u64().unwrap_or(0) + sum(&source["dropped"]) + sum(&source["failed"]);
            source["captured"].as_u64() == Some(went)
        })
    })
}

#[expect(clippy::disallowed_methods, reason = "when a picture comes is what is measured here")]
fn now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_that_vanished_unbalances_the_account() {
        let summary = |captured: u64| json!({"sources": {"a": {"captured": captured, "emitted": 3, "dropped": {"superseded": 2}, "failed": {"lost": 1}}}});
        assert!(is_balanced(&summary(6)) && !is_balanced(&summary(7)) && !is_balanced(&json!({})));
    }

    #[test]
    fn the_warm_up_is_not_counted() {
        let length = Duration::from_secs(1);
        assert_eq!(seen_fully(&[0.0, 0.5, 0.9, 1.1], length), [0.5, 0.9]);
    }
}
