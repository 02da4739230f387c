//! The driver's queue, as the stream sees it: three questions. Beside the real one, tests have one with a script.

use std::os::fd::{AsFd, OwnedFd};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::fcntl_dupfd_cloexec;

use crate::returns::QueueBuffer;
use crate::sys::{BufferType, Dequeued, Errno, dqbuf, qbuf, streamoff, streamon};

/// What waiting has brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ready {
    /// DQBUF has something to tell: a picture, or what is wrong.
    Yes,
    /// Nothing in the time given.
    NotYet,
    /// The driver does not stream any more.
    Broken,
}

/// A driver that fills buffers.
pub(crate) trait Queue: Send {
    /// Gives it a buffer to fill, which nobody may read from now on.
    fn queue(&mut self, index: u32) -> Result<(), Errno>;

    /// Waits `timeout` at most for a filled buffer.
    fn wait(&mut self, timeout: Duration) -> Result<Ready, Errno>;

    /// Takes the buffer that was filled first; `None` where none is.
    fn dequeue(&mut self) -> Result<Option<Dequeued>, Errno>;
}

/// A device that streams. Dropped, it stops, and is closed.
#[derive(Debug)]
pub(crate) struct DeviceQueue {
    device: OwnedFd,
    kind: BufferType,
}

impl DeviceQueue {
    pub fn new(device: OwnedFd, kind: BufferType) -> Self {
        Self { device, kind }
    }

    /// How others than the stream queue buffers; `None` where there is no descriptor left for it.
    pub fn way_back(&self) -> Option<QueueBuffer> {
        let (device, kind) = (fcntl_dupfd_cloexec(&self.device, 0).ok()?, self.kind);
        Some(Box::new(move |index| qbuf(device.as_fd(), kind, index)))
    }

    /// From now on buffers are filled.
    pub fn start(&self) -> Result<(), Errno> {
        streamon(self.device.as_fd(), self.kind)
    }
}

impl Queue for DeviceQueue {
    fn queue(&mut self, index: u32) -> Result<(), Errno> {
        qbuf(self.device.as_fd(), self.kind, index)
    }

    fn wait(&mut self, timeout: Duration) -> Result<Ready, Errno> {
        let timeout = Timespec {
            tv_sec: timeout.as_secs().min(1 << 30) as i64,
            tv_nsec: timeout.subsec_nanos().into(),
        };
        let mut fds = [PollFd::new(&self.device, PollFlags::IN)];
        match poll(&mut fds, Some(&timeout)) {
            Err(Errno::INTR) => return Ok(Ready::NotYet),
            answer => answer?,
        };
        let told = fds[0].revents();
        Ok(match told {
            _ if told.contains(PollFlags::IN) => Ready::Yes,
            _ if told.is_empty() => Ready::NotYet,
            _ => Ready::Broken,
        })
    }

    fn dequeue(&mut self) -> Result<Option<Dequeued>, Errno> {
        dqbuf(self.device.as_fd(), self.kind)
    }
}

impl Drop for DeviceQueue {
    fn drop(&mut self) {
        // Where the device is gone there is nothing left to stop.
        let _ = streamoff(self.device.as_fd(), self.kind);
    }
}
