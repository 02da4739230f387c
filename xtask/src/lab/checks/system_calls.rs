//! What must be true of the system calls of the thread that captures.

use super::findings::{Findings, ensure};

/// A frame: poll, DQBUF, and the one that wakes the predictor. QBUF is made by whoever lets go of the frame last, where it is
/// read in place and where it was decoded from its buffer.
const CALLS_MAX: f64 = 3.05;

/// Judges `system_calls.sh`.
pub fn system_calls(findings: &Findings<'_>) -> Result<String, String> {
    let in_place = calls_per_frame(findings, "in_place.txt")?;
    let decoded = calls_per_frame(findings, "decoded.txt")?;
    Ok(format!("{in_place:.2} calls a frame on the capturing thread, {decoded:.2} where it decodes JPEGs"))
}

/// `strace -c`: a table whose last column is the call's name and whose fourth is how often it was made.
fn calls_per_frame(findings: &Findings<'_>, name: &str) -> Result<f64, String> {
    let table = findings.text(name)?;
    let count = |name: &str| {
        let row = table.lines().find(|line| line.split_whitespace().last() == Some(name));
        row.and_then(|row| row.split_whitespace().nth(3)?.parse::<u32>().ok()).unwrap_or(0)
    };
    let (all, polls) = (count("total"), count("ppoll"));
    ensure(polls >= 30, || format!("{polls} polls: {table}"))?;
    let each = f64::from(all) / f64::from(polls);
    ensure(each <= CALLS_MAX, || format!("{name}: {each:.2} calls a frame: {table}"))?;
    Ok(each)
}
