//! The driver's queue, as the stream sees it: four questions. Beside the real one, tests have one with a script.

use std::os::fd::AsFd;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::fcntl_dupfd_cloexec;

use crate::device::Device;
use crate::returns::QueueBuffer;
use crate::sys::{Dequeued, Errno, Event, dqbuf, dqevent, qbuf, reqbufs, streamoff, streamon};

/// What waiting has brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ready {
    /// DQBUF has something to tell: a picture, or what is wrong.
    Yes,
    /// Nothing in the time given.
    NotYet,
    /// What the camera shows comes in another form now.
    Changed,
    /// The driver does not stream any more.
    Broken,
}

/// A driver that fills buffers.
pub(crate) trait Queue: Send {
    /// From now on buffers are filled.
    fn start(&mut self) -> Result<(), Errno>;

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
    device: Device,
}

impl DeviceQueue {
    pub fn new(device: Device) -> Self {
        Self { device }
    }

    pub fn device(&self) -> &Device {
        &self.device
    }

    /// How others than the stream queue buffers; `None` where there is no descriptor left for it.
    pub fn way_back(&self) -> Option<QueueBuffer> {
        let (file, kind) = (fcntl_dupfd_cloexec(&self.device.file, 0).ok()?, self.device.kind);
        Some(Box::new(move |index| qbuf(file.as_fd(), kind, index)))
    }

    /// Ends the stream and lets go of the driver's buffers, so that others can be asked for. What is mapped stays mapped;
    /// old kernels refuse while it is.
    pub fn stop(&mut self) -> Result<(), Errno> {
        let (file, kind) = (self.device.file.as_fd(), self.device.kind);
        streamoff(file, kind).and(reqbufs(file, kind, 0).map(drop))
    }

    /// Whether the driver told of a change of what it shows.
    fn has_changed(&self) -> Result<bool, Errno> {
        let mut has_changed = false;
        while let Some(event) = dqevent(self.device.file.as_fd())? {
            has_changed |= event == Event::SourceChange;
        }
        Ok(has_changed)
    }
}

impl Queue for DeviceQueue {
    fn start(&mut self) -> Result<(), Errno> {
        streamon(self.device.file.as_fd(), self.device.kind)
    }

    fn queue(&mut self, index: u32) -> Result<(), Errno> {
        qbuf(self.device.file.as_fd(), self.device.kind, index)
    }

    fn wait(&mut self, timeout: Duration) -> Result<Ready, Errno> {
        let timeout = Timespec {
            tv_sec: timeout.as_secs().min(1 << 30) as i64,
            tv_nsec: timeout.subsec_nanos().into(),
        };
        let mut fds = [PollFd::new(&self.device.file, PollFlags::IN | PollFlags::PRI)];
        match poll(&mut fds, Some(&timeout)) {
            Err(Errno::INTR) => return Ok(Ready::NotYet),
            answer => answer?,
        };
        let told = fds[0].revents();
        if told.contains(PollFlags::PRI) && self.has_changed()? {
            return Ok(Ready::Changed);
        }
        Ok(match told {
            _ if told.contains(PollFlags::IN) => Ready::Yes,
            _ if (told - PollFlags::PRI).is_empty() => Ready::NotYet,
            _ => Ready::Broken,
        })
    }

    fn dequeue(&mut self) -> Result<Option<Dequeued>, Errno> {
        dqbuf(self.device.file.as_fd(), self.device.kind)
    }
}

impl Drop for DeviceQueue {
    fn drop(&mut self) {
        // Where the device is gone there is nothing left to stop.
        let _ = self.stop();
    }
}
