//! What must come of a USB camera, whose pictures have numbers.

use serde_json::Value;

use super::findings::{Findings, ensure};
use super::runs::{balanced, whole};
use crate::lab::numbered::{COUNT, read};
use crate::lab::pictures::{Colors, colour_bars};

/// Half the ages of frames, at most: from the driver's time, which is when the picture begins to come in. Guest time, which
/// does not depend on the host.
const AGE_MS_MAX: f64 = 30.0;

/// Judges `usb.sh`.
pub fn usb(findings: &Findings<'_>) -> Result<String, String> {
    let vga = whole(findings, "yuyv", [640, 480], 30.0)?;
    let small = whole(findings, "small", [320, 240], 15.0)?;
    let mut off = 0;
    for name in ["small", "broken", "nodrop"] {
        off = off.max(numbers_follow(findings, name).map_err(|why| format!("{name}: {why}"))?);
    }
    lost(findings, "broken", "driver")?;
    lost(findings, "nodrop", "corrupt")?;
    let age_ms = &findings.json("yuyv.json")?["age_ms"]["p50"];
    ensure(age_ms.as_f64().is_some_and(|ms| ms > 0.0 && ms < AGE_MS_MAX), || format!("{age_ms} ms old"))?;
    Ok(format!("{vga}, {age_ms} ms old; {small}; numbers follow, colours off by at most {off}"))
}

/// Every picture is in one piece, shows the bars, and has the number that its sequence number says; the largest
/// difference of a colour.
fn numbers_follow(findings: &Findings<'_>, name: &str) -> Result<u8, String> {
    let pictures = findings.pictures(name)?;
    let (first, picture) = pictures.first().ok_or("no pictures")?;
    let ahead = (read(picture)? + COUNT - first % COUNT) % COUNT;
    let mut off = 0;
    for (sequence, picture) in &pictures {
        let number = read(picture).map_err(|why| format!("frame {sequence}: {why}"))?;
        ensure(number == (sequence + ahead) % COUNT, || format!("frame {sequence} shows picture {number}"))?;
        off = off.max(colour_bars(picture, Colors::All).map_err(|why| format!("frame {sequence}: {why}"))?);
    }
    Ok(off)
}

/// Of pictures of which each tenth and each fifteenth is bad, these are lost for this reason alone.
fn lost(findings: &Findings<'_>, name: &str, reason: &str) -> Result<(), String> {
    let summary = findings.json(&format!("{name}.json"))?;
    balanced(&summary)?;
    let account = &summary["sources"]["video0"];
    let count = |value: &Value| value.as_u64().unwrap_or(0);
    let bad = (1..=count(&account["captured"])).filter(|number| number % 10 == 0 || number % 15 == 0).count();
    for known in ["driver", "corrupt"] {
        let expected = if known == reason { bad as u64 } else { 0 };
        ensure(count(&account["dropped"][known]).abs_diff(expected) <= u64::from(known == reason), || {
            format!("{name}: {expected} {known} expected: {account}")
        })?;
    }
    Ok(())
}
