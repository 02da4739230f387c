//! One piece of memory for all that a session works in.

use std::alloc::{Layout, alloc_zeroed, dealloc, handle_alloc_error};

/// Large pages where the system has them: with them an address is looked up once for two megabytes instead of for four
/// kilobytes.
const HUGE_PAGE_BYTES: usize = 2 << 20;
/// Smaller arenas begin at a cache line.
const LINE_BYTES: usize = 64;

/// Zeroed memory, freed when it is dropped.
#[derive(Debug)]
pub(crate) struct Arena {
    base: *mut u8,
    layout: Layout,
}

// SAFETY: the arena owns its memory, as a `Vec` does; who reads and writes it is its holder's to say.
unsafe impl Send for Arena {}
// SAFETY: as above.
unsafe impl Sync for Arena {}

impl Arena {
    pub(crate) fn new(bytes: usize) -> Self {
        let alignment = if bytes >= HUGE_PAGE_BYTES { HUGE_PAGE_BYTES } else { LINE_BYTES };
        let layout = Layout::from_size_align(bytes.max(1), alignment).expect("plans are limited in size");
        // SAFETY: the layout has a size.
        let base = unsafe { alloc_zeroed(layout) };
        if base.is_null() {
            handle_alloc_error(layout);
        }
        #[cfg(target_os = "linux")]
        if alignment == HUGE_PAGE_BYTES {
            // A system without huge pages refuses, which costs nothing but speed.
            // SAFETY: the range is this allocation's, and the advice changes nothing in it.
            let _ =
                unsafe { rustix::mm::madvise(base.cast(), layout.size(), rustix::mm::Advice::LinuxHugepage) };
        }
        Self { base, layout }
    }

    pub(crate) fn base(&self) -> *mut u8 {
        self.base
    }
}

impl Drop for Arena {
    fn drop(&mut self) {
        // SAFETY: allocated with this layout, and nobody has it any more.
        unsafe { dealloc(self.base, self.layout) };
    }
}
