//! A boot: QEMU without root and without KVM, a folder shared with the guest, and an end for certain.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use super::host::at;
use super::kernel::Kernel;
use crate::error::ChoreError;

/// Seconds after which a boot is ended: it hangs. On an idle machine half of all scenarios take about 80.
const SECONDS_MAX: &str = "900";
/// The guest's memory in MB.
const MEMORY_MB: &str = "512";
pub const QEMU: &str = "qemu-system-x86_64";
const COMMAND_LINE: &str = "console=ttyS0 quiet loglevel=3 panic=-1 oops=panic mitigations=off tsc=reliable \
                            random.trust_cpu=on";

/// What a boot is made of.
#[derive(Debug)]
pub struct Guest<'a> {
    pub kernel: &'a Kernel,
    /// The archive that it starts from, a file.
    pub image: &'a Path,
    /// Where scenarios leave their files, each in a folder of its name.
    pub shared: &'a Path,
}

impl Guest<'_> {
    /// Boots, runs the scenarios in order, and powers off.
    pub fn run(&self, scenarios: &[&str]) -> Result<(), ChoreError> {
        fs::create_dir_all(self.shared).map_err(|error| at(self.shared, &error))?;
        let list = self.shared.join("scenarios");
        fs::write(&list, scenarios.join("\n")).map_err(|error| at(&list, &error))?;
        let status = self.command().status().map_err(|error| at(self.shared, &error))?;
        if !self.shared.join("uptime").is_file() {
            return Err(ChoreError::new(
                format!("the guest did not come to its end ({status})"),
                "what it said last is above, and in the scenarios' logs",
            ));
        }
        let uptime = fs::read_to_string(self.shared.join("uptime")).unwrap_or_default();
        eprintln!("a guest was up for {} s, with {}", uptime.trim(), scenarios.join(", "));
        Ok(())
    }

    fn command(&self) -> Command {
        let mut command = Command::new("timeout");
        command.args(["--kill-after=5", SECONDS_MAX, QEMU]);
        command.args(["-machine", "q35,usb=off", "-accel", "tcg,thread=single,tb-size=256", "-cpu", "max"]);
        // Time is counted in instructions: a busy host makes the guest slow, but nothing in it late.
        command.args(["-icount", "shift=1,sleep=off", "-rtc", "clock=vm,base=2026-01-01"]);
        command.args(["-smp", "1", "-m", MEMORY_MB, "-nodefaults", "-no-user-config", "-no-reboot"]);
        command.args(["-display", "none", "-vga", "none", "-nic", "none", "-serial", "stdio"]);
        command.arg("-kernel").arg(&self.kernel.image);
        command.arg("-initrd").arg(self.image);
        command.args(["-append", COMMAND_LINE]);
        let share = format!(
            "local,path={},mount_tag=host,security_model=none,multidevs=remap",
            self.shared.display()
        );
        command.args(["-virtfs", &share]);
        command.stdin(Stdio::null());
        command
    }
}
