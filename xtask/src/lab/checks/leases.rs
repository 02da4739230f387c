//! What must come of frames that are held for long.

use serde_json::{Value, json};

use super::findings::{Findings, ensure};

/// Frames that pass while one is held.
const FRAMES: u64 = 100;

/// Judges `leases.sh`.
pub fn leases(findings: &Findings<'_>) -> Result<String, String> {
    let passes = [("peace", json!([0])), ("fatal", json!([0, 1])), ("unplugged", json!([0, 1]))];
    let of_both = passes.iter().flat_map(|pass| ["mmap", "userptr"].map(|memory| (pass, memory)));
    for ((pass, generations), memory) in of_both {
        let name = format!("{pass}-{memory}");
        let seen = findings.json(&format!("{name}.json"))?;
        passed(&seen).map_err(|why| format!("{name}: {why}"))?;
        ensure(seen["is_unchanged"] == true, || format!("{name}: the frame has changed: {seen}"))?;
        ensure(seen["generations"] == *generations, || format!("{name}: {seen}"))?;
    }
    // The same test must be able to fail.
    for memory in ["mmap", "userptr"] {
        let early = findings.json(&format!("early-{memory}.json"))?;
        let status = findings.text(&format!("early-{memory}.status"))?;
        ensure(early["is_unchanged"] == false && status.trim() == "1", || {
            format!("{memory}: nobody noticed that its buffer was queued early: {early}")
        })?;
    }
    Ok(format!(
        "{FRAMES} frames passed, none torn, all others than the one held, which is as it was; so it is across a restart and an \
         unplug, in the driver's memory and in ours"
    ))
}

/// All frames came, each another picture than the one held, in one piece.
fn passed(seen: &Value) -> Result<(), String> {
    ensure(seen["passed"] == FRAMES && seen["torn"] == 0, || format!("{seen}"))?;
    // A picture comes round again once it has moved by its whole width; a USB camera has sixteen.
    ensure(seen["different"].as_u64() > Some(FRAMES * 9 / 10), || format!("it does not move: {seen}"))
}
