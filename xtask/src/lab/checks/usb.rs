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
    let mjpeg = whole(findings, "mjpeg", [640, 480], 30.0)?;
    let hd = whole(findings, "hd", [1280, 720], 15.0)?;
    let mut off = 0;
    for name in ["small", "pictures", "broken", "nodrop"] {
        off = off.max(numbers_follow(findings, name).map_err(|why| format!("{name}: {why}"))?);
    }
    lost(findings, "broken", Bad::Both, Bad::None)?;
    // Of a JPEG that ends half way only its decoder knows.
    lost(findings, "cut", Bad::Broken, Bad::CutAlone)?;
    lost(findings, "nodrop", Bad::None, Bad::Both)?;
    let age_ms = &findings.json("yuyv.json")?["age_ms"]["p50"];
    ensure(age_ms.as_f64().is_some_and(|ms| ms > 0.0 && ms < AGE_MS_MAX), || format!("{age_ms} ms old"))?;
    let figures = [format!("{vga}, {age_ms} ms old"), small, mjpeg, hd].join("; ");
    Ok(format!("{figures}; numbers follow, colours off by at most {off}"))
}

/// Every picture is in one piece, shows the bars, and has the number that its sequence number says; the largest
/// difference of a colour.
pub(super) fn numbers_follow(findings: &Findings<'_>, name: &str) -> Result<u8, String> {
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

/// Each tenth picture says that it is broken, each fifteenth ends half way: how many of them are lost, and as what.
fn lost(findings: &Findings<'_>, name: &str, driver: Bad, corrupt: Bad) -> Result<(), String> {
    let summary = findings.json(&format!("{name}.json"))?;
    balanced(&summary)?;
    let account = &summary["sources"]["video0"];
    let count = |value: &Value| value.as_u64().unwrap_or(0);
    for (reason, bad) in [("driver", driver), ("corrupt", corrupt)] {
        let expected = (1..=count(&account["captured"])).filter(|number| bad.is(*number)).count() as u64;
        // The last one may have been on its way.
        let is_near = count(&account["dropped"][reason]).abs_diff(expected) <= u64::from(expected > 0);
        ensure(is_near, || format!("{name}: {expected} lost as {reason} expected: {account}"))?;
    }
    Ok(())
}

/// Which pictures are lost.
#[derive(Clone, Copy)]
enum Bad {
    None,
    /// Those that say so.
    Broken,
    /// Those that end half way and do not say so.
    CutAlone,
    Both,
}

impl Bad {
    fn is(self, number: u64) -> bool {
        let (broken, cut) = (number.is_multiple_of(10), number.is_multiple_of(15));
        match self {
            Self::None => false,
            Self::Broken => broken,
            Self::CutAlone => cut && !broken,
            Self::Both => broken || cut,
        }
    }
}
