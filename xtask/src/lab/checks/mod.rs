//! The scenarios, and what must be true of what each leaves behind.

mod faults;
mod findings;
mod health;
mod leases;
mod runs;
mod system_calls;
mod usb;
mod userptr;

use std::path::Path;

use serde_json::json;

use self::faults::{faults, signal, unplugs, usb_faults};
use self::findings::{Findings, ensure};
use self::health::health;
use self::leases::leases;
use self::runs::{balanced, whole, without_gaps};
use self::system_calls::system_calls;
use self::usb::usb;
use self::userptr::userptr;
use super::pictures::{Colors, colour_bars};

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
    Scenario { name: "options", check: options },
    Scenario { name: "userptr", check: userptr },
    Scenario { name: "faults", check: faults },
    Scenario { name: "signal", check: signal },
    Scenario { name: "system_calls", check: system_calls },
    Scenario { name: "health", check: health },
    Scenario { name: "leases", check: leases },
    Scenario { name: "cameras", check: cameras },
    Scenario { name: "neighbour", check: neighbour },
    Scenario { name: "unplugs", check: unplugs },
    Scenario { name: "usb", check: usb },
    Scenario { name: "usb_faults", check: usb_faults },
];

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
    whole(findings, "capture", [640, 480], 30.0)
}

fn rates(findings: &Findings<'_>) -> Result<String, String> {
    let runs = [
        ("vga30", [640, 480], 30.0),
        ("vga60", [640, 480], 60.0),
        ("hd30", [1280, 720], 30.0),
        ("hd60", [1280, 720], 60.0),
        ("buffers20", [640, 480], 30.0),
    ];
    let judged = runs.map(|(name, size, fps)| whole(findings, name, size, fps));
    let judged: Result<Vec<_>, _> = judged.into_iter().collect();
    Ok(judged?.join("; "))
}

fn formats(findings: &Findings<'_>) -> Result<String, String> {
    let in_one = ["YUYV", "UYVY", "NV12", "I420", "RGB24", "BGR24", "GREY"];
    let in_several = ["multi-YUYV", "multi-NV12", "multi-I420"];
    let in_ours = ["userptr-YUYV", "userptr-NV12", "userptr-multi-NV12", "userptr-multi-I420"];
    let mut off = Vec::new();
    for name in in_one.into_iter().chain(in_several).chain(in_ours) {
        balanced(&findings.json(&format!("{name}.json"))?).map_err(|why| format!("{name}: {why}"))?;
        let picture = findings.picture(&format!("{name}.jpg"))?;
        let colors = if name == "GREY" { Colors::Grey } else { Colors::All };
        let largest = colour_bars(&picture, colors).map_err(|why| format!("{name}: {why}"))?;
        off.push(format!("{name} {largest}"));
    }
    Ok(format!("colour bars, off by at most so many codes: {}", off.join(", ")))
}

fn cameras(findings: &Findings<'_>) -> Result<String, String> {
    let run = findings.json("three.json")?;
    ensure(run["sources"].as_object().is_some_and(|cameras| cameras.len() == 3), || format!("{run}"))?;
    whole(findings, "three", [640, 480], 30.0)
}

/// One camera fails, twice; the other one in the same run does not notice.
fn neighbour(findings: &Findings<'_>) -> Result<String, String> {
    let summary = findings.json("neighbour.json")?;
    balanced(&summary)?;
    let times = &summary["sources"]["video0"]["away"]["times"];
    ensure(*times == 2, || format!("the first was away {times} times"))?;
    let lines = findings.json_lines("neighbour.jsonl")?;
    let of_other: Vec<_> = lines.iter().filter(|line| line["source"] == "video1").collect();
    without_gaps(&of_other, [640, 480])?;
    Ok(format!("{} frames of the other without a gap", of_other.len()))
}

fn options(findings: &Findings<'_>) -> Result<String, String> {
    let brightness = findings.text("brightness")?;
    ensure(brightness.trim() == "brightness: 77", || brightness.clone())?;
    let exported = findings.text("descriptors")?.matches("dmabuf").count();
    ensure(exported == 4, || format!("{exported} buffers are exported"))?;
    whole(findings, "options", [640, 480], 30.0)
}
