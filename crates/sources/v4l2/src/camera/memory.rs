//! The memory of a device's buffers, as slots: the driver's own, mapped, or ours, which the driver fills.

use std::os::fd::AsFd;
use std::path::Path;
use std::sync::Arc;

use ocelli_capture::SourceError;
use ocelli_frame::{Pool, PoolMemory};

use crate::buffers::Buffers;
use crate::error::{no_user_memory, stream_error};
use crate::own_buffers::OwnBuffers;
use crate::queue::DeviceQueue;
use crate::returns::{Returning, Returns};
use crate::stream::StreamError;
use crate::sys::{Errno, Format, MemoryType};

/// `VIDEO_MAX_FRAME`.
const BUFFERS_MAX: u32 = 32;

/// Slots that are the driver's buffers.
pub(super) struct SlotMemory {
    pub pool: Pool,
    /// The way back to the driver, which the pool's memory knows.
    pub returns: Arc<Returns>,
    /// What there is to say of it.
    pub told: Option<String>,
}

/// Asks a device that has none for so many buffers; answers how many there are.
pub(super) fn request(queue: &DeviceQueue, count: u32) -> Result<u32, SourceError> {
    let device = queue.device();
    let granted = queue.request(count).map_err(|errno| match (queue.memory(), errno) {
        (MemoryType::UserPtr, Errno::INVAL) => no_user_memory(&device.path, "REQBUFS", errno),
        _ => device.error("REQBUFS", errno),
    })?;
    match granted {
        1..=BUFFERS_MAX => Ok(granted),
        _ => Err(device.error("REQBUFS", Errno::NOMEM)),
    }
}

/// Memory for those buffers, none of which is queued yet.
pub(super) fn slots(
    queue: &mut DeviceQueue,
    format: &Format,
    count: u32,
    exports: bool,
    generation: u32,
) -> Result<SlotMemory, SourceError> {
    match queue.memory() {
        MemoryType::Mmap => {
            let (file, kind) = (queue.device().file.as_fd(), queue.device().kind);
            let mut memory = Buffers::map(file, kind, count)
                .map_err(|errno| queue.device().error("mapping its buffers", errno))?;
            let exported = if exports { Some(memory.export(file, kind)) } else { None };
            let told = exported.map(|exported| match exported {
                Ok(()) => "its buffers are dma-bufs".to_owned(),
                Err(errno) => format!("its buffers cannot be dma-bufs: {errno}"),
            });
            Ok(returning(queue, memory, generation, told))
        }
        MemoryType::UserPtr => {
            let pieces = format.planes[..format.planes_count].iter().map(|piece| piece.size_bytes);
            let memory = OwnBuffers::new(count as usize, pieces)
                .map_err(|errno| queue.device().error("memory for its buffers", errno))?;
            queue.lend(memory.clone());
            let told = Some(memory.in_words());
            Ok(returning(queue, memory, generation, told))
        }
    }
}

fn returning<M>(queue: &DeviceQueue, memory: M, generation: u32, told: Option<String>) -> SlotMemory
where
    M: PoolMemory + 'static,
{
    let returns = Returns::new(queue.way_back());
    let pool = Pool::new(Box::new(Returning::new(memory, Arc::clone(&returns))), generation);
    SlotMemory { pool, returns, told }
}

/// Why the driver did not take its first buffers.
pub(super) fn not_queued(path: &Path, memory: MemoryType, error: StreamError) -> SourceError {
    match (memory, error) {
        // Whether memory of ours will do, some drivers know only once they see it.
        (MemoryType::UserPtr, StreamError::Failed(what, errno @ (Errno::INVAL | Errno::FAULT))) => {
            no_user_memory(path, what, errno)
        }
        _ => stream_error(path, error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_driver_that_refuses_memory_of_ours_is_told_with_what_to_do() {
        let path = Path::new("/dev/video0");
        let refused =
            |memory, errno| not_queued(path, memory, StreamError::Failed("QBUF", errno)).to_string();
        for errno in [Errno::INVAL, Errno::FAULT] {
            let told = refused(MemoryType::UserPtr, errno);
            assert!(
                told.starts_with("/dev/video0: its driver fills no memory but its own (QBUF: "),
                "{told}"
            );
        }
        let hint = not_queued(path, MemoryType::UserPtr, StreamError::Failed("QBUF", Errno::INVAL));
        assert_eq!(hint.hint(), "leave out `memory=userptr`");
        assert!(refused(MemoryType::UserPtr, Errno::NODEV).contains("the camera is gone"));
        assert!(refused(MemoryType::Mmap, Errno::INVAL).starts_with("/dev/video0: QBUF: "));
    }
}
