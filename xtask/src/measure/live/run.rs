//! A run with the live view on, from the line that tells its address to its end.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, ChildStderr};
use std::thread::JoinHandle;

use crate::error::ChoreError;
use crate::measure::child::{Invocation, peak_memory_bytes};

/// What stands before the address on stderr.
const LINE: &str = "live view: http://";

/// A run under way. Dropped, it is killed.
pub struct LiveRun {
    child: Child,
    pub address: SocketAddr,
    rest: Option<JoinHandle<()>>,
}

impl LiveRun {
    /// Starts it, and waits until it says where it is to be seen.
    pub fn start(call: &Invocation) -> Result<Self, ChoreError> {
        let mut child = call.spawn()?;
        let stderr = child.stderr.take().expect("stderr is piped");
        let mut run = Self { child, address: SocketAddr::from(([127, 0, 0, 1], 0)), rest: None };
        let mut lines = BufReader::new(stderr);
        let mut said = String::new();
        run.address = loop {
            let mut line = String::new();
            if lines.read_line(&mut line).is_ok_and(|bytes| bytes > 0) {
                let address =
                    line.split_once(LINE).and_then(|(_, rest)| rest.split('/').next()?.trim().parse().ok());
                match address {
                    Some(address) => break address,
                    None => said.push_str(&line),
                }
            } else {
                return Err(ChoreError::new(format!("{}: it ended: {said}", call.line()), "run it by hand"));
            }
        };
        run.rest = Some(std::thread::spawn(move || drain(lines)));
        Ok(run)
    }

    /// Asks it to end, waits for that, and says how much memory it had at most.
    pub fn stop(mut self) -> Result<Option<u64>, ChoreError> {
        let peak = peak_memory_bytes(self.child.id());
        let pid = self.child.id().to_string();
        let told = std::process::Command::new("kill").args(["-TERM", &pid]).status();
        let status = told.and_then(|_| self.child.wait());
        match status {
            Ok(status) if status.success() => Ok(peak),
            Ok(status) => Err(ChoreError::new(format!("the run ended with {status}"), "run it by hand")),
            Err(error) => Err(ChoreError::new(format!("kill: {error}"), "is there a kill?")),
        }
    }
}

/// So that the run never waits for us to read.
fn drain(lines: BufReader<ChildStderr>) {
    lines.lines().map_while(Result::ok).for_each(drop);
}

impl Drop for LiveRun {
    fn drop(&mut self) {
        // Both fail where it has ended already, which is what is wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
        if let Some(rest) = self.rest.take() {
            let _ = rest.join();
        }
    }
}
