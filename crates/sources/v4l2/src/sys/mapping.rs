//! A piece of a buffer's memory in our address space, for as long as it is held.

use std::ffi::c_void;
use std::os::fd::BorrowedFd;
use std::ptr::{self, NonNull};

use rustix::io::Errno;
use rustix::mm::{MapFlags, ProtFlags, mmap, munmap};

/// Memory shared with a driver. It stays mapped, and its bytes stay, when the device is closed or unplugged.
#[derive(Debug)]
pub(crate) struct Mapping {
    base: NonNull<u8>,
    length: usize,
}

impl Mapping {
    /// Maps what QUERYBUF answered.
    pub fn new(device: BorrowedFd<'_>, offset: u64, length: usize) -> Result<Self, Errno> {
        let protection = ProtFlags::READ | ProtFlags::WRITE;
        // SAFETY: the kernel picks an address where nothing of ours is mapped.
        let base = unsafe { mmap(ptr::null_mut(), length, protection, MapFlags::SHARED, device, offset) }?;
        let base = NonNull::new(base.cast()).ok_or(Errno::NOMEM)?;
        Ok(Self { base, length })
    }

    /// Its first byte and its length. Reading and writing is the caller's to order with the driver.
    pub fn region(&self) -> (NonNull<u8>, usize) {
        (self.base, self.length)
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        // SAFETY: mapped in `new` with this length, unmapped once; who was given the address holds `self` meanwhile.
        let unmapped = unsafe { munmap(self.base.as_ptr().cast::<c_void>(), self.length) };
        debug_assert!(unmapped.is_ok(), "{unmapped:?}");
    }
}

// SAFETY: the mapping belongs to `self` alone; who may touch its bytes when is the pool's business.
unsafe impl Send for Mapping {}
// SAFETY: as above; `&Mapping` gives out pointers, never references.
unsafe impl Sync for Mapping {}
