//! The fault that must not be: a buffer that is queued while somebody reads it. It is done past the source, on its own
//! descriptor of the device, which this process has open as well.

use std::fs;
use std::os::fd::{BorrowedFd, RawFd};
use std::path::Path;

use ocelli_capture::BufferMemory;
use ocelli_frame::Frame;
use rustix::ioctl::{Opcode, Updater, ioctl, opcode};

/// `struct v4l2_buffer`, 88 bytes on 64-bit machines; the words of it that matter.
type Buffer = [u32; 22];
const INDEX: usize = 0;
const KIND: usize = 1;
const MEMORY: usize = 15;
/// Where memory of ours begins, its lower half first; then its length.
const ADDRESS: [usize; 2] = [16, 17];
const LENGTH: usize = 18;
/// `V4L2_BUF_TYPE_VIDEO_CAPTURE`, `V4L2_MEMORY_MMAP` and `V4L2_MEMORY_USERPTR`.
const VIDEO_CAPTURE: u32 = 1;
const MMAP: u32 = 1;
const USERPTR: u32 = 2;
const QBUF: Opcode = opcode::read_write::<Buffer>(b'V', 15);

/// Gives the driver the buffer of this frame, whose one plane is all that is in it.
pub fn queue_early(device: &Path, memory: Option<BufferMemory>, held: &Frame) -> Result<(), String> {
    let number = descriptor_of(device).ok_or(format!("{} is not open here", device.display()))?;
    let mut buffer: Buffer = [0; 22];
    (buffer[INDEX], buffer[KIND], buffer[MEMORY]) = (held.slot() as u32, VIDEO_CAPTURE, MMAP);
    if memory == Some(BufferMemory::UserPtr) {
        let pixels = held.plane(0).bytes;
        let address = pixels.as_ptr().expose_provenance() as u64;
        (buffer[MEMORY], buffer[LENGTH]) = (USERPTR, pixels.len() as u32);
        (buffer[ADDRESS[0]], buffer[ADDRESS[1]]) = (address as u32, (address >> 32) as u32);
    }
    // SAFETY: the descriptor is open: it was found a moment ago, and its owner, the source, is this thread's, which does
    // nothing else meanwhile. The number and the length of its argument belong together. Of a mapped buffer the kernel
    // follows no pointer; memory of ours is there for as long as the source is, which ends its stream first. That it writes
    // into memory that a frame lends out is what this is for: who calls this reads that frame through slices that are made
    // anew after it.
    let queued = unsafe { ioctl(BorrowedFd::borrow_raw(number), Updater::<QBUF, Buffer>::new(&mut buffer)) };
    queued.map_err(|error| format!("QBUF: {error}"))
}

/// The descriptor by which this process has the device open.
fn descriptor_of(device: &Path) -> Option<RawFd> {
    let mut open = fs::read_dir("/proc/self/fd").ok()?.flatten();
    let found = open.find(|entry| fs::read_link(entry.path()).is_ok_and(|path| path == device))?;
    found.file_name().to_str()?.parse().ok()
}
