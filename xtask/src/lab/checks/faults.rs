//! What must come of each fault of vivid's.

use super::findings::{Findings, ensure};
use super::runs::balanced;

/// A fault, how the run must end, and the loss that it must tell of.
struct Fault {
    name: &'static str,
    /// The exit status.
    status: &'static str,
    /// The reason that must stand in the account, more than 0.
    dropped: Option<&'static str>,
    /// What stderr must say.
    says: &'static str,
}

const FAULTS: &[Fault] = &[
    Fault { name: "dropped", status: "0", dropped: Some("driver"), says: "" },
    Fault { name: "error_flag", status: "0", dropped: Some("corrupt"), says: "" },
    Fault { name: "wrap", status: "0", dropped: None, says: "" },
    Fault { name: "busy", status: "0", dropped: None, says: "" },
    Fault { name: "qbuf", status: "0", dropped: None, says: "" },
    Fault {
        name: "fatal",
        status: "1",
        dropped: None,
        says: "error: /dev/video0: DQBUF: Input/output error",
    },
    Fault { name: "unplugged", status: "1", dropped: None, says: "error: /dev/video0: the camera is gone" },
];

/// Frames that each run must bring at least: those before the fault.
const FRAMES_MIN: u64 = 30;

/// Judges `faults.sh`.
pub fn faults(findings: &Findings<'_>) -> Result<String, String> {
    for fault in FAULTS {
        judge(findings, fault).map_err(|why| format!("{}: {why}", fault.name))?;
    }
    let second = findings.text("busy2.err")?;
    ensure(second.contains("another program is using it\nhint: "), || {
        format!("the second program: {second}")
    })?;
    Ok(format!("{} of them, each account adds up", FAULTS.len()))
}

fn judge(findings: &Findings<'_>, fault: &Fault) -> Result<(), String> {
    let Fault { name, status, dropped, says } = fault;
    let (ended, told) = (findings.text(&format!("{name}.status"))?, findings.text(&format!("{name}.err"))?);
    ensure(ended.trim() == *status, || format!("it ended with {}: {told}", ended.trim()))?;
    ensure(told.contains(says), || format!("it said: {told}"))?;
    ensure(!told.contains("panicked"), || format!("it said: {told}"))?;
    let summary = findings.json(&format!("{name}.json"))?;
    balanced(&summary)?;
    let account = &summary["sources"]["video0"];
    ensure(account["emitted"].as_u64().is_some_and(|emitted| emitted >= FRAMES_MIN), || {
        format!("{account}")
    })?;
    for reason in ["driver", "corrupt"] {
        let is_expected = *dropped == Some(reason);
        ensure((account["dropped"][reason] != 0) == is_expected, || format!("{reason}: {account}"))?;
    }
    Ok(())
}
