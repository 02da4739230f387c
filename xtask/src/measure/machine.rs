//! What a figure was measured on: the processor, its cores, the kernel, the commit.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::thread;

use serde_json::{Value, json};

/// Processor model, cores this process may use, kernel.
pub fn describe() -> Value {
    let cpu_info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    json!({
        "cpu": cpu_model(&cpu_info),
        "cores": thread::available_parallelism().map(usize::from).ok(),
        "kernel": kernel.trim(),
        "load_1min_at_end": load_1min(),
    })
}

/// The commit measured, with `-dirty` behind it where the tree has changes; null outside git.
pub fn commit(root: &Path) -> Value {
    let described = Command::new("git").args(["describe", "--always", "--dirty"]).current_dir(root).output();
    let described = described.ok().filter(|output| output.status.success());
    json!(described.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned()))
}

/// x86 says `model name`; others may say nothing, which is null.
fn cpu_model(cpu_info: &str) -> Option<&str> {
    let line = cpu_info.lines().find(|line| line.starts_with("model name"))?;
    line.split_once(':').map(|(_, model)| model.trim())
}

/// A busy machine shows here, and makes a figure worth less.
fn load_1min() -> Option<f64> {
    fs::read_to_string("/proc/loadavg").ok()?.split(' ').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_processor_is_named() {
        let text = "processor\t: 0\nmodel name\t: AMD EPYC 9004\nmodel name\t: other";
        assert_eq!(cpu_model(text), Some("AMD EPYC 9004"));
        assert_eq!(cpu_model("processor : 0"), None);
        assert!(describe()["cores"].as_u64().unwrap() >= 1);
    }
}
