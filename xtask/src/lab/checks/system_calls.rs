//! What must be true of the system calls of the thread that captures.

use super::findings::{Findings, ensure};

/// A frame: poll, DQBUF, and the one that wakes the predictor. QBUF is made by whoever lets go of the frame last.
const CALLS_PER_FRAME_MAX: f64 = 3.05;

/// `strace -c`: a table whose last column is the call's name and whose fourth is how often it was made.
pub fn system_calls(findings: &Findings<'_>) -> Result<String, String> {
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
