//! An allocator that counts, for tests of invariant 5: after warm-up, a frame allocates nothing.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

thread_local! {
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
    static BYTES: Cell<u64> = const { Cell::new(0) };
}

/// The system's allocator, counting on each thread. A test program takes it with
/// `#[global_allocator] static ALLOCATOR: CountingAllocator = CountingAllocator;`. What foreign code allocates (a C++
/// decoder) is not counted.
#[derive(Debug)]
pub struct CountingAllocator;

impl CountingAllocator {
    /// Allocations of this thread so far, regrown ones included.
    pub fn on_this_thread() -> u64 {
        ALLOCATIONS.with(Cell::get)
    }

    /// Bytes asked for by this thread so far, whatever has been given back since.
    pub fn bytes_on_this_thread() -> u64 {
        BYTES.with(Cell::get)
    }

    fn count(bytes: usize) {
        // A thread that is ending has no counters any more.
        let _ = ALLOCATIONS.try_with(|count| count.set(count.get() + 1));
        let _ = BYTES.try_with(|count| count.set(count.get() + bytes as u64));
    }
}

// SAFETY: every call is handed on to `System` as it came.
unsafe impl GlobalAlloc for CountingAllocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        Self::count(layout.size());
        // SAFETY: the caller keeps `System`'s terms, which are ours.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        Self::count(layout.size());
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, bytes: usize) -> *mut u8 {
        Self::count(bytes);
        // SAFETY: as above; what we handed out came from `System`.
        unsafe { System.realloc(pointer, layout, bytes) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(pointer, layout) }
    }
}
