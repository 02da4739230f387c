//! The scenarios, and what must be true of what each leaves behind.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::faults::faults;
use super::leases::leases;
use super::pictures::{Colors, Decoded, colour_bars, decode};

/// A script `lab/NAME.sh`, and how its findings are judged.
#[derive(Debug)]
pub struct Scenario {
    pub name: &'static str,
    check: fn(&Findings<'_>) -> Result<String, String>,
}

/// Every scenario, in the order in which they run.
pub const SCENARIOS: &[Scenario] = &[
    Scenario { name: "devices", check: devices },
    Scenario { name: "capture", check: capture },
    Scenario { name: "rates", check: rates },
    Scenario { name: "formats", check: formats },
    Scenario { name: "faults", check: faults },
    Scenario { name: "system_calls", check: system_calls },
    Scenario { name: "leases", check: leases },
    Scenario { name: "usb", check: usb },
];

/// Frames that must come of `capture.sh`.
const FRAMES_MIN: usize = 60;
/// System calls a frame of the thread that captures: poll, DQBUF, QBUF, and one that wakes the predictor.
const CALLS_PER_FRAME_MAX: f64 = 4.1;
/// By how much the rate of a run may differ from what was asked for.
const RATE_TOLERANCE: f64 = 0.02;

impl Scenario {
    /// Judges what the guest left in its folder, and says so on stderr.
    pub fn passes(&self, shared: &Path) -> bool {
        let findings = Findings { folder: &shared.join(self.name) };
        let status = findings.text("status").unwrap_or_default();
        let outcome = match status.trim() {
            "0" => (self.check)(&findings),
            "" => Err("it was not run".to_owned()),
            status => Err(format!("the script ended with {status}")),
        };
        match &outcome {
            Ok(figures) => eprintln!("ok      {}: {figures}", self.name),
            Err(why) => {
                eprintln!("FAILED  {}: {why}", self.name);
                let log = findings.text("log").unwrap_or_default();
                log.lines().for_each(|line| eprintln!("        {line}"));
            }
        }
        outcome.is_ok()
    }
}

/// What a script left.
pub(super) struct Findings<'a> {
    folder: &'a Path,
}

impl Findings<'_> {
    pub(super) fn text(&self, name: &str) -> Result<String, String> {
        fs::read_to_string(self.folder.join(name)).map_err(|error| format!("{name}: {error}"))
    }

    pub(super) fn json(&self, name: &str) -> Result<Value, String> {
        serde_json::from_str(&self.text(name)?).map_err(|error| format!("{name}: {error}"))
    }

    /// A JPEG.
    pub(super) fn picture(&self, name: &str) -> Result<Decoded, String> {
        let jpeg = fs::read(self.folder.join(name)).map_err(|error| format!("{name}: {error}"))?;
        decode(&jpeg).map_err(|why| format!("{name}: {why}"))
    }

    fn json_lines(&self, name: &str) -> Result<Vec<Value>, String> {
        let text = self.text(name)?;
        let lines = text.lines().map(serde_json::from_str).collect::<Result<_, _>>();
        lines.map_err(|error| format!("{name}: {error}"))
    }
}

/// Says what is wrong where it does not hold.
pub(super) fn ensure(holds: bool, what: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(what()) }
}

fn devices(findings: &Findings<'_>) -> Result<String, String> {
    let none = findings.text("none.err")?;
    ensure(none.contains("no cameras here\nhint: "), || format!("without a camera: {none}"))?;
    let cameras = findings.json("devices.json")?;
    let camera = &cameras[0];
    ensure(cameras.as_array().is_some_and(|all| all.len() == 1), || format!("not one camera: {cameras}"))?;
    ensure(camera["driver"] == "vivid" && camera["path"] == "/dev/video0", || format!("{camera}"))?;
    let formats = camera["formats"].as_array().map(Vec::as_slice).unwrap_or_default();
    for four_cc in ["YUYV", "NV12", "YU12", "RGB3", "BGR3", "GREY"] {
        let format = formats.iter().find(|format| format["four_cc"] == four_cc);
        let format = format.ok_or(format!("no {four_cc}"))?;
        let sizes = format["sizes"].as_array().map(Vec::as_slice).unwrap_or_default();
        let has_vga = sizes.iter().any(|size| size["size"] == json!([640, 360]));
        ensure(!format["reads_as"].is_null() && has_vga, || format!("{four_cc}: {format}"))?;
    }
    let words = findings.text("words.txt")?;
    ensure(words.starts_with("/dev/video0  vivid"), || format!("in words: {words}"))?;
    Ok(format!("{} formats", formats.len()))
}

fn capture(findings: &Findings<'_>) -> Result<String, String> {
    whole(findings, "out.jsonl", "summary.json", [640, 480], 30.0)
}

fn rates(findings: &Findings<'_>) -> Result<String, String> {
    let runs = [
        ("vga30", [640, 480], 30.0),
        ("vga60", [640, 480], 60.0),
        ("hd30", [1280, 720], 30.0),
        ("hd60", [1280, 720], 60.0),
        ("buffers20", [640, 480], 30.0),
    ];
    let judged = runs.map(|(name, size, fps)| {
        let run = whole(findings, &format!("{name}.jsonl"), &format!("{name}.json"), size, fps);
        run.map(|figures| format!("{name}: {figures}")).map_err(|why| format!("{name}: {why}"))
    });
    let judged: Result<Vec<_>, _> = judged.into_iter().collect();
    Ok(judged?.join("; "))
}

fn formats(findings: &Findings<'_>) -> Result<String, String> {
    let names = ["YUYV", "NV12", "I420", "RGB24", "BGR24", "GREY", "multi-YUYV", "multi-NV12", "multi-I420"];
    let mut off = Vec::new();
    for name in names {
        balanced(&findings.json(&format!("{name}.json"))?).map_err(|why| format!("{name}: {why}"))?;
        let picture = findings.picture(&format!("{name}.jpg"))?;
        let colors = if name == "GREY" { Colors::Grey } else { Colors::All };
        let largest = colour_bars(&picture, colors).map_err(|why| format!("{name}: {why}"))?;
        off.push(format!("{name} {largest}"));
    }
    Ok(format!("colour bars, off by at most so many codes: {}", off.join(", ")))
}

/// `strace -c`: a table whose last column is the call's name and whose fourth is how often it was made.
fn system_calls(findings: &Findings<'_>) -> Result<String, String> {
    let table = findings.text("counts.txt")?;
    let count = |name: &str| {
        let row = table.lines().find(|line| line.split_whitespace().last() == Some(name));
        row.and_then(|row| row.split_whitespace().nth(3)?.parse::<u32>().ok()).unwrap_or(0)
    };
    let (all, polls) = (count("total"), count("ppoll"));
    ensure(polls >= 30, || format!("{polls} polls: {table}"))?;
    let each = f64::from(all) / f64::from(polls);
    ensure(each <= CALLS_PER_FRAME_MAX, || format!("{each:.2} calls a frame: {table}"))?;
    Ok(format!("{each:.2} calls a frame on the capturing thread ({} ioctl, {polls} poll)", count("ioctl")))
}

/// A run that lost nothing, of frames of this size at this rate.
fn whole(
    findings: &Findings<'_>,
    lines: &str,
    summary: &str,
    size: [u32; 2],
    fps_asked: f64,
) -> Result<String, String> {
    let lines = findings.json_lines(lines)?;
    ensure(lines.len() >= FRAMES_MIN, || format!("{} frames", lines.len()))?;
    // The first may be displaced while the run's threads begin.
    let first = lines[0]["seq"].as_u64().filter(|first| *first <= 1).ok_or("the first frames are lost")?;
    for (place, line) in (first..).zip(&lines) {
        ensure(line["seq"] == place, || format!("frame {place} is {line}"))?;
        ensure(line["size"] == json!(size), || format!("{line}"))?;
        ensure(place == first || line["dropped"] == json!({}), || format!("{line}"))?;
    }
    let summary = findings.json(summary)?;
    balanced(&summary)?;
    let fps = summary["fps"].as_f64().unwrap_or(0.0);
    ensure((fps - fps_asked).abs() < fps_asked * RATE_TOLERANCE, || format!("{fps} frames a second"))?;
    Ok(format!("{} frames without a gap, at {fps:.1} a second", lines.len()))
}

/// Captured = emitted + dropped + failed + in flight, of every source.
pub(super) fn balanced(summary: &Value) -> Result<(), String> {
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

fn usb(findings: &Findings<'_>) -> Result<String, String> {
    whole(findings, "yuyv.jsonl", "yuyv.json", [640, 480], 30.0)
}
