//! What must be told of pictures that stand still or are black.

use serde_json::Value;

use super::findings::{Findings, ensure};
use super::runs::balanced;

/// Frames of 30 a second that stand still before it is told: two seconds, and a little.
const STILL_FRAMES: std::ops::RangeInclusive<usize> = 55..=70;

/// Judges `health.sh`.
pub fn health(findings: &Findings<'_>) -> Result<String, String> {
    let lines = findings.json_lines("told.jsonl")?;
    let of = |line: &Value| line["health"].as_str().unwrap_or("good").to_owned();
    let mut seen: Vec<String> = lines.iter().map(of).collect();
    let frozen = seen.iter().filter(|health| *health == "frozen").count();
    seen.dedup();
    // Black, too, is told only once it has lasted.
    ensure(seen == ["good", "frozen", "good", "black", "good"], || format!("{seen:?}"))?;
    // It stands still for four seconds.
    let before = 120_usize.saturating_sub(frozen);
    ensure(STILL_FRAMES.contains(&before), || format!("told after {before} frames"))?;

    let lines = findings.json_lines("left_out.jsonl")?;
    ensure(lines.iter().all(|line| line["health"] != "frozen"), || "a frozen frame has a line".to_owned())?;
    let summary = findings.json("left_out.json")?;
    balanced(&summary)?;
    let left_out = summary["sources"]["video0"]["dropped"]["frozen"].as_u64().unwrap_or(0);
    ensure(left_out > 0, || format!("nothing was left out: {summary}"))?;
    Ok(format!("frozen after {before} frames that stand still, then black, then good; {left_out} left out"))
}
