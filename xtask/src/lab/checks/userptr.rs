//! What must come of memory of ours that drivers fill.

use super::findings::{Findings, ensure};
use super::runs::whole;
use super::usb::numbers_follow;

/// A huge page.
const HUGE_PAGE_KB: u32 = 2048;
/// Times that the camera goes and comes again.
const UNPLUGS: u32 = 5;

/// Judges `userptr.sh`.
pub fn userptr(findings: &Findings<'_>) -> Result<String, String> {
    let vivid = whole(findings, "vivid", [640, 480], 30.0)?;
    let yuyv = whole(findings, "yuyv", [640, 480], 30.0)?;
    let pictures = whole(findings, "pictures", [320, 240], 15.0)?;
    let mjpeg = whole(findings, "mjpeg", [640, 480], 30.0)?;
    for name in ["vivid", "yuyv", "pictures", "mjpeg"] {
        let events = &findings.json(&format!("{name}.json"))?["events"];
        let is_told = events.to_string().contains("its buffers are memory of ours");
        ensure(is_told, || format!("{name}: {events}"))?;
    }
    let off = numbers_follow(findings, "pictures").map_err(|why| format!("pictures: {why}"))?;
    let huge_kb = of_huge_mappings_kb(&findings.text("vivid.smaps")?, "AnonHugePages:");
    ensure(huge_kb >= HUGE_PAGE_KB, || format!("{huge_kb} KB of what asked for huge pages is in some"))?;
    let held_kb = |name: &str| Ok::<_, String>(of_huge_mappings_kb(&findings.text(name)?, "Size:"));
    let (before_kb, after_kb) = (held_kb("before.smaps")?, held_kb("after.smaps")?);
    ensure(before_kb == after_kb, || {
        format!("{before_kb} KB before {UNPLUGS} unplugs, {after_kb} KB after")
    })?;
    let away = &findings.json("unplugs.json")?["sources"]["video0"]["away"]["times"];
    ensure(*away == UNPLUGS, || format!("away {away} times"))?;
    for (name, fills) in [("fills", true), ("refuses", false)] {
        let camera = &findings.json(&format!("{name}.json"))?[0];
        ensure(camera["userptr"] == fills, || format!("{name}: {camera}"))?;
    }
    for what in ["QBUF", "REQBUFS"] {
        let (told, status) =
            (findings.text(&format!("{what}.err"))?, findings.text(&format!("{what}.status"))?);
        let error = format!("/dev/video0: its driver fills no memory but its own ({what}: ");
        let is_told = told.contains(&error) && told.contains("hint: leave out `memory=userptr`");
        ensure(is_told && status.trim() == "1", || format!("ended with {status}: {told}"))?;
    }
    let figures = [vivid, yuyv, pictures, mjpeg].join("; ");
    Ok(format!(
        "{figures}; numbers follow, colours off by at most {off}; {huge_kb} KB in huge pages, {after_kb} KB held after \
         {UNPLUGS} unplugs as before"
    ))
}

/// Of the mappings that asked for huge pages, the sum of what one line says: `smaps` of a process.
fn of_huge_mappings_kb(smaps: &str, name: &str) -> u32 {
    let (mut of_mapping, mut all) = (0, 0);
    for line in smaps.lines() {
        let mut words = line.split_whitespace();
        match words.next() {
            Some(first) if first == name => {
                of_mapping = words.next().and_then(|kb| kb.parse().ok()).unwrap_or(0);
            }
            Some("VmFlags:") if words.any(|flag| flag == "hg") => all += of_mapping,
            _ => {}
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mappings_count_where_huge_pages_were_asked_for() {
        let smaps = "7f00-7f40 rw-p 00000000 00:00 0\nSize: 5000 kB\nAnonHugePages:  4096 kB\nVmFlags: rd wr dc hg\n\
                     7f40-7f80 rw-p 00000000 00:00 0\nSize: 6000 kB\nAnonHugePages:  2048 kB\nVmFlags: rd wr mr\n";
        assert_eq!(of_huge_mappings_kb(smaps, "AnonHugePages:"), 4096);
        assert_eq!(of_huge_mappings_kb(smaps, "Size:"), 5000);
    }
}
