//! The driver's queue, as the stream sees it: four questions. Beside the real one, tests have one with a script.

use std::os::fd::{AsFd, BorrowedFd};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::fcntl_dupfd_cloexec;

use crate::device::Device;
use crate::own_buffers::OwnBuffers;
use crate::returns::QueueBuffer;
use crate::sys::{
    BufferType, Dequeued, Errno, Event, MemoryType, dqbuf, dqevent, qbuf, reqbufs, streamoff, streamon,
};

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
    memory: MemoryType,
    /// Memory of ours that the driver may write to, from QBUF until it has let go of all buffers: held until then, or until
    /// the device is closed, which is dropped before it.
    lent: Option<OwnBuffers>,
}

impl DeviceQueue {
    /// A device without buffers; they are to be in memory of this type.
    pub fn new(device: Device, memory: MemoryType) -> Self {
        Self { device, memory, lent: None }
    }

    pub fn device(&self) -> &Device {
        &self.device
    }

    /// Whose memory its buffers are.
    pub fn memory(&self) -> MemoryType {
        self.memory
    }

    /// Asks for so many buffers; answers how many there are.
    pub fn request(&self, count: u32) -> Result<u32, Errno> {
        reqbufs(self.device.file.as_fd(), self.device.kind, self.memory, count)
    }

    /// What the driver's buffers are to be, where they are in memory of ours.
    pub fn lend(&mut self, buffers: OwnBuffers) {
        self.lent = Some(buffers);
    }

    /// How others than the stream queue buffers; `None` where there is no descriptor left for it.
    pub fn way_back(&self) -> Option<QueueBuffer> {
        let (file, kind) = (fcntl_dupfd_cloexec(&self.device.file, 0).ok()?, self.device.kind);
        let lent = self.lent.clone();
        Some(Box::new(move |index| queue(file.as_fd(), kind, lent.as_ref(), index)))
    }

    /// Ends the stream and lets go of the driver's buffers, so that others can be asked for. What is mapped stays mapped;
    /// old kernels refuse while it is.
    pub fn stop(&mut self) -> Result<(), Errno> {
        let stopped = streamoff(self.device.file.as_fd(), self.device.kind);
        stopped.and(self.request(0))?;
        self.lent = None;
        Ok(())
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
        queue(self.device.file.as_fd(), self.device.kind, self.lent.as_ref(), index)
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
        dqbuf(self.device.file.as_fd(), self.device.kind, self.memory)
    }
}

impl Drop for DeviceQueue {
    fn drop(&mut self) {
        // Where the device is gone there is nothing left to stop.
        let _ = self.stop();
    }
}

/// Gives the driver a buffer: its own, or memory that is lent to it.
fn queue(file: BorrowedFd<'_>, kind: BufferType, lent: Option<&OwnBuffers>, index: u32) -> Result<(), Errno> {
    let Some(lent) = lent else { return qbuf(file, kind, index) };
    // SAFETY: `DeviceQueue` holds what it has lent until `stop` has succeeded, or its descriptor is closed; the one of a way
    // back is closed before, with the way (`OpenReturns`, the first that a `Stream` lets go of), and holds it too. That
    // nobody reads or writes what is queued is the rule of `stream/mod.rs`, for mapped buffers as well.
    unsafe { lent.queue(file, kind, index) }
}

#[cfg(test)]
mod tests {
    use std::os::fd::OwnedFd;

    use super::*;
    use crate::sys::Capability;

    /// A file that knows no ioctl: whatever is asked fails, as at a device that is gone.
    fn gone() -> DeviceQueue {
        let file = OwnedFd::from(std::fs::File::open("/dev/null").unwrap());
        let kind = BufferType::Single;
        let device = Device { path: "/dev/null".into(), file, kind, capability: Capability::default() };
        DeviceQueue::new(device, MemoryType::UserPtr)
    }

    #[test]
    fn memory_that_is_lent_is_held_until_the_driver_has_let_go_or_is_closed() {
        let buffers = OwnBuffers::new(4, [100]).unwrap();
        let mut queue = gone();
        queue.lend(buffers.clone());
        let way_back = queue.way_back().unwrap();
        assert_eq!(buffers.holders(), 3, "the pool's, the queue's and the way's");
        drop(way_back);
        assert_eq!(queue.stop(), Err(Errno::NOTTY));
        assert_eq!(buffers.holders(), 2, "it may still be written to");
        drop(queue);
        assert_eq!(buffers.holders(), 1);
    }
}
