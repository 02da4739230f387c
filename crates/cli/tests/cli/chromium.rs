//! Chromium without a window.

use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A browser without a window; gone, with all its processes, when it is dropped.
pub struct Browser(Child);

impl Browser {
    /// Starts it with a profile of its own; `arguments` are an address, and what it needs besides.
    pub fn open(program: &Path, profile: &Path, arguments: &[&str]) -> Self {
        let child = Command::new(program)
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--mute-audio"])
            .args(["--no-first-run", "--autoplay-policy=no-user-gesture-required"])
            .arg(format!("--user-data-dir={}", profile.display()))
            .env("TMPDIR", profile) // it leaves a folder behind where it is killed
            .args(arguments)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .expect("the browser starts");
        Self(child)
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let group = format!("-{}", self.0.id());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).status();
        let _ = self.0.wait();
    }
}
