//! The scenarios, and what must be true of what each leaves behind.

use std::fs;
use std::path::Path;

use serde_json::Value;

/// A script `lab/NAME.sh`, and how its findings are judged.
#[derive(Debug)]
pub struct Scenario {
    pub name: &'static str,
    check: fn(&Findings<'_>) -> Result<String, String>,
}

/// Every scenario, in the order in which they run.
pub const SCENARIOS: &[Scenario] =
    &[Scenario { name: "devices", check: devices }, Scenario { name: "capture", check: capture }];

/// Frames that must come of `capture.sh`.
const FRAMES_MIN: usize = 60;

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
struct Findings<'a> {
    folder: &'a Path,
}

impl Findings<'_> {
    fn text(&self, name: &str) -> Result<String, String> {
        fs::read_to_string(self.folder.join(name)).map_err(|error| format!("{name}: {error}"))
    }

    fn json(&self, name: &str) -> Result<Value, String> {
        serde_json::from_str(&self.text(name)?).map_err(|error| format!("{name}: {error}"))
    }

    fn json_lines(&self, name: &str) -> Result<Vec<Value>, String> {
        let text = self.text(name)?;
        let lines = text.lines().map(serde_json::from_str).collect::<Result<_, _>>();
        lines.map_err(|error| format!("{name}: {error}"))
    }
}

/// Says what is wrong where it does not hold.
fn ensure(holds: bool, what: impl FnOnce() -> String) -> Result<(), String> {
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
        let has_vga = sizes.iter().any(|size| size["size"] == serde_json::json!([640, 360]));
        ensure(!format["reads_as"].is_null() && has_vga, || format!("{four_cc}: {format}"))?;
    }
    let words = findings.text("words.txt")?;
    ensure(words.starts_with("/dev/video0  vivid"), || format!("in words: {words}"))?;
    Ok(format!("{} formats", formats.len()))
}

fn capture(findings: &Findings<'_>) -> Result<String, String> {
    let lines = findings.json_lines("out.jsonl")?;
    ensure(lines.len() >= FRAMES_MIN, || format!("{} frames", lines.len()))?;
    for (place, line) in lines.iter().enumerate() {
        ensure(line["seq"] == place, || format!("frame {place} is {line}"))?;
        ensure(line["size"] == serde_json::json!([640, 480]), || format!("{line}"))?;
        ensure(line["dropped"] == serde_json::json!({}), || format!("{line}"))?;
    }
    let summary = findings.json("summary.json")?;
    balanced(&summary)?;
    Ok(format!(
        "{} frames without a gap, at {:.1} a second",
        lines.len(),
        summary["fps"].as_f64().unwrap_or(0.0)
    ))
}

/// Captured = emitted + dropped + failed + in flight, of every source.
fn balanced(summary: &Value) -> Result<(), String> {
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
