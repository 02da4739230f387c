//! What the kernel says of this process's memory.

use std::fs;

use ocelli_report::MemoryUse;

/// Peak resident memory and page faults so far; zeros where `/proc` does not say.
pub fn use_so_far() -> MemoryUse {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let (faults_minor, faults_major) = faults(&stat).unwrap_or_default();
    MemoryUse { peak_bytes: peak_bytes(&status).unwrap_or_default(), faults_major, faults_minor }
}

/// The line `VmHWM:   12345 kB`.
fn peak_bytes(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.split_whitespace().next()?.parse::<u64>().ok()? * 1024)
}

/// Fields 10 and 12 of `/proc/self/stat`, counted after the name in brackets, which may hold spaces.
fn faults(stat: &str) -> Option<(u64, u64)> {
    let (_, after_name) = stat.rsplit_once(')')?;
    let mut fields = after_name.split_whitespace();
    let minor = fields.nth(7)?.parse().ok()?;
    let major = fields.nth(1)?.parse().ok()?;
    Some((minor, major))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernels_own_words_are_read() {
        assert_eq!(peak_bytes("VmPeak:\t 99 kB\nVmHWM:\t    1234 kB\n"), Some(1234 * 1024));
        let stat = "7 (a ) b) S 1 7 7 0 -1 4194304 321 0 5 0 1 2";
        assert_eq!(faults(stat), Some((321, 5)));
    }

    #[test]
    fn this_process_has_used_memory() {
        assert!(use_so_far().peak_bytes > 100_000);
    }
}
