//! What must come of a fault in the middle of a run.

use serde_json::{Value, json};

use super::findings::{Findings, ensure};
use super::runs::balanced;

/// A fault, and what must be told of it.
struct Fault {
    name: &'static str,
    told: Told,
}

/// Where the fault shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    /// Nowhere: frames go on without a gap.
    Nowhere,
    /// In the account, as the reason of frames that were dropped.
    Dropped(&'static str),
    /// In the line of the first frame since: the camera was away, for this reason.
    Away(&'static str),
}

/// Those of `faults.sh`.
const FAULTS: &[Fault] = &[
    Fault { name: "dropped", told: Told::Dropped("driver") },
    Fault { name: "error_flag", told: Told::Dropped("corrupt") },
    Fault { name: "wrap", told: Told::Nowhere },
    Fault { name: "busy", told: Told::Nowhere },
    Fault { name: "qbuf", told: Told::Nowhere },
    Fault { name: "fatal", told: Told::Away("failed") },
    Fault { name: "fatal_reqbufs", told: Told::Away("failed") },
    Fault { name: "fatal_streamon", told: Told::Away("failed") },
    Fault { name: "stalled", told: Told::Away("stalled") },
    Fault { name: "unplugged", told: Told::Away("unplugged") },
    Fault { name: "unbound", told: Told::Away("unplugged") },
];

/// Those of `signal.sh`.
const SIGNAL_FAULTS: &[Fault] = &[
    Fault { name: "lost", told: Told::Away("no_signal") },
    Fault { name: "changed", told: Told::Away("changed") },
];

/// Those of `usb_faults.sh`.
const USB_FAULTS: &[Fault] = &[
    Fault { name: "replugged", told: Told::Away("unplugged") },
    Fault { name: "other", told: Told::Away("unplugged") },
    Fault { name: "stalled", told: Told::Away("stalled") },
];

/// Of `unplugs.sh`.
const UNPLUGS: u64 = 100;
/// The allocator maps for itself, now and then.
const MAPPINGS_MORE_MAX: u64 = 4;
/// Frames that each run must bring at least: those before the fault.
const FRAMES_MIN: u64 = 30;
/// Hundredths of a second from the end of a fault to the next result, at most, in the guest's time.
const RESUMED_CS_MAX: u64 = 200;

/// Judges `faults.sh`.
pub fn faults(findings: &Findings<'_>) -> Result<String, String> {
    let second = findings.text("busy2.err")?;
    ensure(second.contains("another program is using it\nhint: "), || {
        format!("the second program: {second}")
    })?;
    judge_all(findings, FAULTS)
}

/// Judges `signal.sh`.
pub fn signal(findings: &Findings<'_>) -> Result<String, String> {
    let lines = findings.json_lines("changed.jsonl")?;
    let sizes = lines.first().zip(lines.last()).map(|(first, last)| [&first["size"], &last["size"]]);
    ensure(sizes == Some([&json!([1280, 720]), &json!([720, 480])]), || format!("sizes: {sizes:?}"))?;
    judge_all(findings, SIGNAL_FAULTS)
}

/// Judges `usb_faults.sh`.
pub fn usb_faults(findings: &Findings<'_>) -> Result<String, String> {
    let [before, after] = ["before", "after"].map(|end| findings.text(&format!("other.{end}")));
    let (before, after) = (before?, after?);
    ensure(before == after, || format!("another camera's frames: {before} results, then {after}"))?;
    judge_all(findings, USB_FAULTS)
}

fn judge_all(findings: &Findings<'_>, faults: &[Fault]) -> Result<String, String> {
    let judged = faults.iter().map(|fault| {
        let resumed_cs = judge(findings, fault).map_err(|why| format!("{}: {why}", fault.name))?;
        Ok(format!("{} {:.2}", fault.name, resumed_cs as f64 / 100.0))
    });
    let judged: Result<Vec<_>, String> = judged.collect();
    Ok(format!("seconds from each fault's end to the next result: {}", judged?.join(", ")))
}

fn judge(findings: &Findings<'_>, Fault { name, told }: &Fault) -> Result<u64, String> {
    let (ended, said) = (findings.text(&format!("{name}.status"))?, findings.text(&format!("{name}.err"))?);
    ensure(ended.trim() == "0" && !said.contains("panicked"), || {
        format!("ended with {}: {said}", ended.trim())
    })?;
    let resumed_cs = findings.text(&format!("{name}.cs"))?.trim().parse().map_err(|_| "no time")?;
    ensure(resumed_cs <= RESUMED_CS_MAX, || format!("no results for {resumed_cs} cs: {said}"))?;
    let summary = findings.json(&format!("{name}.json"))?;
    balanced(&summary)?;
    let account = &summary["sources"]["video0"];
    ensure(account["emitted"].as_u64() >= Some(FRAMES_MIN), || format!("{account}"))?;
    let lines = findings.json_lines(&format!("{name}.jsonl"))?;
    let away: Vec<_> = lines.iter().map(|line| &line["away"]).filter(|away| !away.is_null()).collect();
    let reasons: Vec<_> = away.iter().filter_map(|away| away["reason"].as_str()).collect();
    match told {
        Told::Away(reason) => {
            let is_told = !reasons.is_empty() && reasons.iter().all(|told| told == reason);
            ensure(is_told, || format!("away because of {reasons:?}: {said}"))?;
        }
        Told::Nowhere => unless_lost(account, "", &reasons)?,
        Told::Dropped(reason) => unless_lost(account, reason, &reasons)?,
    }
    Ok(resumed_cs)
}

/// Frames were lost for this reason alone, if any, and the camera was never away.
fn unless_lost(account: &Value, reason: &str, away: &[&str]) -> Result<(), String> {
    ensure(away.is_empty(), || format!("away because of {away:?}"))?;
    for known in ["driver", "corrupt"] {
        ensure((account["dropped"][known] != 0) == (known == reason), || format!("{known}: {account}"))?;
    }
    Ok(())
}

/// Judges `unplugs.sh`: what was open and mapped after the first and after the hundredth.
pub fn unplugs(findings: &Findings<'_>) -> Result<String, String> {
    let [before, after] = ["before", "after"].map(|name| counts(&findings.text(name)?));
    let (before, after) = (before?, after?);
    let [fds, mappings, ..] = before;
    ensure(before[..2] == after[..2], || {
        format!("descriptors, mappings of the camera, all mappings: {before:?}, then {after:?}")
    })?;
    ensure(after[2].abs_diff(before[2]) <= MAPPINGS_MORE_MAX, || {
        format!("mappings: {before:?}, then {after:?}")
    })?;
    judge(findings, &Fault { name: "unplugs", told: Told::Away("unplugged") })?;
    let times = &findings.json("unplugs.json")?["sources"]["video0"]["away"]["times"];
    ensure(times.as_u64() >= Some(UNPLUGS), || format!("away {times} times"))?;
    Ok(format!(
        "away {times} times; {fds} descriptors and {mappings} mappings of the camera before and after"
    ))
}

fn counts(text: &str) -> Result<[u64; 3], String> {
    let numbers: Vec<_> = text.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    numbers.try_into().map_err(|_| format!("not three counts: {text}"))
}
