//! The child process: started with two pipes, read without ever waiting longer than told, ended and reaped for
//! certain.
//!
//! The pipe is the bound: a child whose pictures nobody takes waits in its write. It runs in a process group of its
//! own, so that Ctrl-C reaches it through us alone; where we die without a word its next write fails, and it ends.

use std::ffi::{OsStr, OsString};
use std::io::{self, ErrorKind, Read};
use std::os::fd::AsFd;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, ChildStderr, ChildStdout, Command, ExitStatus, Stdio};
use std::thread;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::process::{Pid, Signal, kill_process_group};

use crate::command::{ENVIRONMENT_REMOVED, ENVIRONMENT_SET};
use crate::log::Log;

/// Bytes that the pipe is asked to hold, instead of Linux's 64 KiB: fewer turns between the two processes. What it is
/// in the end changes nothing but speed.
const PIPE_BYTES: usize = 1 << 20;
/// How often a child that has closed its pipe is asked whether it has ended.
const EXIT_LOOK: Duration = Duration::from_millis(2);

/// What a read has brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Arrived {
    /// So many bytes.
    Bytes(usize),
    /// Nothing in the time given.
    Nothing,
    /// There will be no more.
    Closed,
}

/// A running child. Dropped, it is killed and reaped.
#[derive(Debug)]
pub(crate) struct Decoder {
    child: Child,
    stdout: ChildStdout,
    /// `None` once it is closed.
    stderr: Option<ChildStderr>,
    /// What it has said.
    pub log: Log,
}

impl Decoder {
    pub fn start(program: &OsStr, arguments: &[OsString]) -> io::Result<Self> {
        let mut command = Command::new(program);
        command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.process_group(0).env(ENVIRONMENT_SET.0, ENVIRONMENT_SET.1);
        for name in ENVIRONMENT_REMOVED {
            command.env_remove(name);
        }
        let mut child = command.spawn()?;
        let (Some(stdout), stderr @ Some(_)) = (child.stdout.take(), child.stderr.take()) else {
            unreachable!("both were asked for");
        };
        let _ = rustix::pipe::fcntl_setpipe_size(&stdout, PIPE_BYTES);
        Ok(Self { child, stdout, stderr, log: Log::default() })
    }

    /// Reads pictures' bytes into `into`, which is not empty, waiting `wait` at most for the first of them. What the
    /// child says meanwhile goes into the log.
    pub fn read(&mut self, into: &mut [u8], wait: Duration) -> io::Result<Arrived> {
        let (has_bytes, says) = self.poll(true, wait)?;
        if says {
            self.listen()?;
        }
        if !has_bytes {
            return Ok(Arrived::Nothing);
        }
        match self.stdout.read(into) {
            Ok(0) => Ok(Arrived::Closed),
            Ok(bytes) => Ok(Arrived::Bytes(bytes)),
            Err(error) if error.kind() == ErrorKind::Interrupted => Ok(Arrived::Nothing),
            Err(error) => Err(error),
        }
    }

    /// Takes in everything that the child has said up to now.
    pub fn listen_now(&mut self) -> io::Result<()> {
        while self.poll(false, Duration::ZERO)?.1 {
            self.listen()?;
        }
        Ok(())
    }

    /// How the child ended, and all it had to say, waiting `wait` at most for its end.
    pub fn ended(&mut self, wait: Duration) -> io::Result<Option<ExitStatus>> {
        let mut left = wait;
        loop {
            if let Some(status) = self.child.try_wait()? {
                self.listen_now()?;
                self.log.close();
                return Ok(Some(status));
            }
            if left.is_zero() {
                return Ok(None);
            }
            let nap = left.min(EXIT_LOOK);
            thread::sleep(nap);
            left -= nap;
            self.listen_now()?;
        }
    }

    /// Ends it at once, with whatever it has started itself.
    pub fn kill(&mut self) {
        // Its group carries its own number. While it has not been reaped, that number is nobody else's.
        if let (Ok(None), Ok(number)) = (self.child.try_wait(), i32::try_from(self.child.id()))
            && let Some(group) = Pid::from_raw(number)
        {
            let _ = kill_process_group(group, Signal::KILL);
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Whether bytes (or the end) of stdout and stderr can be read without waiting, after `wait` at most.
    fn poll(&self, with_stdout: bool, wait: Duration) -> io::Result<(bool, bool)> {
        let stdout = with_stdout.then(|| self.stdout.as_fd());
        let stderr = self.stderr.as_ref().map(AsFd::as_fd);
        let flags = PollFlags::IN;
        let timeout =
            Timespec { tv_sec: wait.as_secs().min(1 << 30) as i64, tv_nsec: wait.subsec_nanos().into() };
        let ready = |fd: &PollFd<'_>| !fd.revents().is_empty();
        let answer = match (stdout, stderr) {
            (Some(stdout), Some(stderr)) => {
                let mut fds =
                    [PollFd::from_borrowed_fd(stdout, flags), PollFd::from_borrowed_fd(stderr, flags)];
                poll(&mut fds, Some(&timeout)).map(|_| (ready(&fds[0]), ready(&fds[1])))
            }
            (Some(stdout), None) => {
                let mut fds = [PollFd::from_borrowed_fd(stdout, flags)];
                poll(&mut fds, Some(&timeout)).map(|_| (ready(&fds[0]), false))
            }
            (None, Some(stderr)) => {
                let mut fds = [PollFd::from_borrowed_fd(stderr, flags)];
                poll(&mut fds, Some(&timeout)).map(|_| (false, ready(&fds[0])))
            }
            (None, None) => Ok((false, false)),
        };
        match answer {
            Err(Errno::INTR) => Ok((false, false)),
            answer => Ok(answer?),
        }
    }

    /// One read of stderr, which is ready.
    fn listen(&mut self) -> io::Result<()> {
        let Some(stderr) = &mut self.stderr else { return Ok(()) };
        let mut said = [0; 4096];
        match stderr.read(&mut said) {
            Ok(0) => {
                self.stderr = None;
                self.log.close();
            }
            Ok(bytes) => self.log.push(&said[..bytes]),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }
}

impl Drop for Decoder {
    fn drop(&mut self) {
        self.kill();
    }
}

/// How a child ended, in words.
pub(crate) fn in_words(status: ExitStatus) -> String {
    match (status.signal(), status.code()) {
        (Some(9), _) => "was killed (SIGKILL)".to_owned(),
        (Some(11), _) => "crashed (SIGSEGV)".to_owned(),
        (Some(6), _) => "crashed (SIGABRT)".to_owned(),
        (Some(signal), _) => format!("was ended by signal {signal}"),
        (None, Some(code)) => format!("ended with status {code}"),
        (None, None) => "ended".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Decoder {
        Decoder::start(OsStr::new("/bin/sh"), &["-c".into(), script.into()]).unwrap()
    }

    /// Reads to the end of stdout.
    fn drain(decoder: &mut Decoder) -> Vec<u8> {
        let (mut all, mut piece) = (Vec::new(), [0; 100]);
        loop {
            match decoder.read(&mut piece, Duration::from_secs(10)).unwrap() {
                Arrived::Bytes(bytes) => all.extend_from_slice(&piece[..bytes]),
                Arrived::Nothing => {}
                Arrived::Closed => return all,
            }
        }
    }

    #[test]
    fn both_pipes_are_read_and_the_end_is_told() {
        let mut decoder = shell("echo pictures; echo '[error] oh' >&2; exit 3");
        assert_eq!(drain(&mut decoder), b"pictures\n");
        let status = loop {
            if let Some(status) = decoder.ended(Duration::from_secs(10)).unwrap() {
                break status;
            }
        };
        assert_eq!(in_words(status), "ended with status 3");
        assert_eq!(decoder.log.complaints(), Some((1, "oh")));
    }

    #[test]
    fn more_talk_than_a_pipe_holds_blocks_nobody() {
        let mut decoder = shell(
            "i=0; while [ $i -lt 5000 ]; do echo \"[error] complaint number $i\"; i=$((i+1)); done >&2; echo x",
        );
        assert_eq!(drain(&mut decoder), b"x\n");
        while decoder.ended(Duration::from_secs(10)).unwrap().is_none() {}
        assert_eq!(decoder.log.complaints().unwrap().0, 5000);
    }

    #[test]
    fn a_silent_child_is_left_and_ended_with_its_children() {
        let mut decoder = shell("sleep 1000 & echo $!; wait");
        let mut number = [0; 20];
        let bytes = loop {
            if let Arrived::Bytes(bytes) = decoder.read(&mut number, Duration::from_secs(10)).unwrap() {
                break bytes;
            }
        };
        let grandchild: u32 = std::str::from_utf8(&number[..bytes]).unwrap().trim().parse().unwrap();
        assert_eq!(decoder.read(&mut number, Duration::from_millis(1)).unwrap(), Arrived::Nothing);
        assert_eq!(decoder.ended(Duration::ZERO).unwrap(), None);
        let child = decoder.child.id();
        drop(decoder);
        for process in [child, grandchild] {
            // A dead grandchild stays listed, as a zombie, until whoever inherits it has looked.
            let gone = || match std::fs::read_to_string(format!("/proc/{process}/stat")) {
                Ok(stat) => stat.contains(") Z "),
                Err(_) => true,
            };
            while !gone() {
                thread::sleep(EXIT_LOOK);
            }
        }
    }
}
