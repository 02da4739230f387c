//! What must come of frames that are held for long.

use serde_json::{Value, json};

use super::findings::{Findings, ensure};

/// Frames that pass while one is held.
const FRAMES: u64 = 100;

/// Judges `leases.sh`.
pub fn leases(findings: &Findings<'_>) -> Result<String, String> {
    let held = findings.json("held.json")?;
    passed(&held)?;
    ensure(held["is_unchanged"] == true, || format!("the frame has changed: {held}"))?;
    // The same test must be able to fail.
    let (early, early_status) = (findings.json("early.json")?, findings.text("early.status")?);
    ensure(early["is_unchanged"] == false && early_status.trim() == "1", || {
        format!("nobody noticed that its buffer was queued early: {early}")
    })?;
    Ok(format!("{FRAMES} frames passed, none torn, all others than the one held, which is as it was"))
}

/// All frames came, each another picture than the one held, in one piece.
fn passed(seen: &Value) -> Result<(), String> {
    ensure(seen["passed"] == FRAMES && seen["torn"] == 0, || format!("{seen}"))?;
    // A picture comes round again once it has moved by its whole width.
    ensure(seen["different"].as_u64() > Some(FRAMES * 9 / 10), || format!("it does not move: {seen}"))?;
    ensure(seen["generations"] == json!([0]), || format!("{seen}"))
}
