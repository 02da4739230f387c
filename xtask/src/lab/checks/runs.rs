//! What must be true of any run that nothing went wrong in: the lines `NAME.jsonl` and the summary `NAME.json`.

use serde_json::{Value, json};

use super::findings::{Findings, ensure};

/// Frames that each camera must bring at least.
const FRAMES_MIN: usize = 40;
/// By how much the rate of a run may differ from what was asked for.
const RATE_TOLERANCE: f64 = 0.02;

/// A run that lost nothing and copied nothing, of frames of this size; each of its cameras at this rate.
pub fn whole(findings: &Findings<'_>, name: &str, size: [u32; 2], fps_asked: f64) -> Result<String, String> {
    let figures = whole_run(findings, name, size, fps_asked);
    figures.map(|figures| format!("{name}: {figures}")).map_err(|why| format!("{name}: {why}"))
}

fn whole_run(findings: &Findings<'_>, name: &str, size: [u32; 2], fps_asked: f64) -> Result<String, String> {
    let summary = findings.json(&format!("{name}.json"))?;
    balanced(&summary)?;
    let lines = findings.json_lines(&format!("{name}.jsonl"))?;
    let cameras: Vec<_> =
        summary["sources"].as_object().into_iter().flatten().map(|(camera, _)| camera).collect();
    for camera in &cameras {
        let lines: Vec<_> = lines.iter().filter(|line| line["source"] == **camera).collect();
        without_gaps(&lines, size).map_err(|why| format!("{camera}: {why}"))?;
        let account = &summary["sources"][*camera];
        ensure(account["copied"] == 0 && account["away"]["times"] == 0, || format!("{camera}: {account}"))?;
    }
    let fps = summary["fps"].as_f64().unwrap_or(0.0) / cameras.len() as f64;
    ensure((fps - fps_asked).abs() < fps_asked * RATE_TOLERANCE, || format!("{fps} frames a second"))?;
    Ok(format!("{} frames without a gap, at {fps:.1} a second", lines.len()))
}

/// A camera's lines, of which none is missing between the first and the last.
pub fn without_gaps(lines: &[&Value], size: [u32; 2]) -> Result<(), String> {
    ensure(lines.len() >= FRAMES_MIN, || format!("{} frames", lines.len()))?;
    // The first may be displaced while the run's threads begin.
    let first = lines[0]["seq"].as_u64().filter(|first| *first <= 1).ok_or("the first frames are lost")?;
    for (place, line) in (first..).zip(lines) {
        ensure(line["seq"] == place, || format!("frame {place} is {line}"))?;
        ensure(line["size"] == json!(size), || format!("{line}"))?;
        ensure(place == first || line["dropped"] == json!({}), || format!("{line}"))?;
    }
    Ok(())
}

/// Captured = emitted + dropped + failed + in flight, of every source.
pub fn balanced(summary: &Value) -> Result<(), String> {
    let sources = summary["sources"].as_object().ok_or("no sources in the summary")?;
    ensure(!sources.is_empty(), || "no sources in the summary".to_owned())?;
    for (name, account) in sources {
        let count = |value: &Value| value.as_u64().unwrap_or(0);
        let all = |reasons: &Value| reasons.as_object().map_or(0, |all| all.values().map(count).sum::<u64>());
        let ends = count(&account["emitted"]) + all(&account["dropped"]) + all(&account["failed"]);
        let total = ends + count(&account["in_flight"]);
        ensure(count(&account["captured"]) == total && total > 0, || format!("{name}: {account}"))?;
    }
    Ok(())
}
