//! Memory in our address space, for as long as it is held: a piece of a driver's buffer, or memory of ours for a driver.

use std::ffi::c_void;
use std::os::fd::BorrowedFd;
use std::ptr::{self, NonNull};

use rustix::io::Errno;
use rustix::mm::{Advice, MapFlags, ProtFlags, madvise, mmap, mmap_anonymous, munmap};

use super::Region;

/// Memory that a driver writes to. It stays mapped, and its bytes stay, when the device is closed or unplugged.
#[derive(Debug)]
pub(crate) struct Mapping {
    base: NonNull<u8>,
    length: usize,
}

impl Mapping {
    /// Maps what QUERYBUF answered.
    pub fn new(device: BorrowedFd<'_>, offset: u64, length: usize) -> Result<Self, Errno> {
        // SAFETY: the kernel picks an address where nothing of ours is mapped.
        let base =
            unsafe { mmap(ptr::null_mut(), length, READ_AND_WRITE, MapFlags::SHARED, device, offset) }?;
        Self::at(base, length)
    }

    /// Memory of this process alone, all of it zero; not of those that it forks: a driver that writes to a page which is
    /// shared with one would, in old kernels, write to its copy and not to ours.
    pub fn own(length: usize) -> Result<Self, Errno> {
        // SAFETY: the kernel picks an address where nothing of ours is mapped.
        let base = unsafe { mmap_anonymous(ptr::null_mut(), length, READ_AND_WRITE, MapFlags::PRIVATE) }?;
        let mapping = Self::at(base, length)?;
        mapping.advise(Advice::LinuxDontFork)?;
        Ok(mapping)
    }

    fn at(base: *mut c_void, length: usize) -> Result<Self, Errno> {
        let base = NonNull::new(base.cast()).ok_or(Errno::NOMEM)?;
        Ok(Self { base, length })
    }

    /// Asks for huge pages, which are given as they are first written to; an error where the system has none.
    pub fn ask_for_huge_pages(&self) -> Result<(), Errno> {
        self.advise(Advice::LinuxHugepage)
    }

    fn advise(&self, advice: Advice) -> Result<(), Errno> {
        // SAFETY: all of it is mapped, and is ours; neither advice that is given here changes what its bytes are.
        unsafe { madvise(self.base.as_ptr().cast(), self.length, advice) }
    }

    /// Its first byte and its length. Reading and writing is the caller's to order with the driver.
    pub fn region(&self) -> Region {
        (self.base, self.length)
    }
}

const READ_AND_WRITE: ProtFlags = ProtFlags::READ.union(ProtFlags::WRITE);

impl Drop for Mapping {
    fn drop(&mut self) {
        // SAFETY: mapped in `new` or `own` with this length, unmapped once; who was given the address holds `self` meanwhile,
        // and so does whoever has given it to a driver (`queue.rs`).
        let unmapped = unsafe { munmap(self.base.as_ptr().cast::<c_void>(), self.length) };
        debug_assert!(unmapped.is_ok(), "{unmapped:?}");
    }
}

// SAFETY: the mapping belongs to `self` alone; who may touch its bytes when is the pool's business.
unsafe impl Send for Mapping {}
// SAFETY: as above; `&Mapping` gives out pointers, never references.
unsafe impl Sync for Mapping {}
