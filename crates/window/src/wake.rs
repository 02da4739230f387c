//! What the window's thread sleeps on: the display's connection, and a descriptor by which others wake it.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::Duration;

use rustix::event::{EventfdFlags, PollFd, PollFlags, Timespec, eventfd, poll};
use rustix::io::{Errno, read, write};

/// A bell that can be waited for beside a socket.
#[derive(Debug)]
pub(crate) struct Wake(OwnedFd);

impl Wake {
    pub fn new() -> io::Result<Self> {
        Ok(Self(eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?))
    }

    /// Wakes whoever waits, or will.
    pub fn ring(&self) {
        // It fails only where it has rung 2^64 times unheard.
        let _ = write(&self.0, &1u64.to_ne_bytes());
    }

    /// Returns when it has rung since the last time, when `socket` has something to read, or after `timeout`.
    pub fn wait(&self, socket: BorrowedFd<'_>, timeout: Duration) -> io::Result<()> {
        let mut both = [PollFd::from_borrowed_fd(self.0.as_fd(), PollFlags::IN), socket_to_read(socket)];
        wait_for(&mut both, timeout)?;
        match read(&self.0, &mut [0; 8]) {
            Ok(_) | Err(Errno::AGAIN) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

/// Returns when `socket` has something to read, or after `timeout`.
pub(crate) fn wait_for_socket(socket: BorrowedFd<'_>, timeout: Duration) -> io::Result<()> {
    wait_for(&mut [socket_to_read(socket)], timeout)
}

fn socket_to_read(socket: BorrowedFd<'_>) -> PollFd<'_> {
    PollFd::from_borrowed_fd(socket, PollFlags::IN)
}

fn wait_for(descriptors: &mut [PollFd<'_>], timeout: Duration) -> io::Result<()> {
    let timeout = Timespec { tv_sec: timeout.as_secs() as _, tv_nsec: timeout.subsec_nanos() as _ };
    match poll(descriptors, Some(&timeout)) {
        Ok(_) | Err(Errno::INTR) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::os::unix::net::UnixStream;
    use std::thread;

    use super::*;

    const LONG: Duration = Duration::from_secs(100);

    #[test]
    fn rings_and_bytes_wake_and_rings_are_heard_once() {
        let (mut here, there) = UnixStream::pair().unwrap();
        let wake = Wake::new().unwrap();
        wake.ring();
        wake.ring();
        wake.wait(there.as_fd(), LONG).unwrap();
        // Nothing is left: it returns for the timeout alone.
        wake.wait(there.as_fd(), Duration::ZERO).unwrap();
        assert_eq!(read(&wake.0, &mut [0; 8]), Err(Errno::AGAIN));
        thread::scope(|scope| {
            scope.spawn(|| wake.ring());
            wake.wait(there.as_fd(), LONG).unwrap();
        });
        here.write_all(b"x").unwrap();
        wake.wait(there.as_fd(), LONG).unwrap();
        wait_for_socket(there.as_fd(), LONG).unwrap();
    }
}
