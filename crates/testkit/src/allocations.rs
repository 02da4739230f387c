//! An allocator that counts, for tests of invariant 5 (after warm-up, a frame allocates nothing) and for tests of what
//! an input may cost: how many bytes are in use at once while it is read.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering};

/// Of all threads.
static ALL: AtomicU64 = AtomicU64::new(0);

thread_local! {
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
    static BYTES: Cell<u64> = const { Cell::new(0) };
    /// Bytes in use: what this thread took and has not given back. Below 0 where it gives back what others took.
    static IN_USE: Cell<i64> = const { Cell::new(0) };
    static PEAK: Cell<i64> = const { Cell::new(0) };
}

/// The system's allocator, counting on each thread and on all. A test program takes it with
/// `#[global_allocator] static ALLOCATOR: CountingAllocator = CountingAllocator;`. What foreign code allocates (a C++
/// decoder) is not counted.
#[derive(Debug)]
pub struct CountingAllocator;

impl CountingAllocator {
    /// Allocations of this thread so far, regrown ones included.
    pub fn on_this_thread() -> u64 {
        ALLOCATIONS.with(Cell::get)
    }

    /// Allocations of all threads so far, regrown ones included; the harness's own threads are among them.
    pub fn on_all_threads() -> u64 {
        ALL.load(Ordering::SeqCst)
    }

    /// Bytes asked for by this thread so far, whatever has been given back since.
    pub fn bytes_on_this_thread() -> u64 {
        BYTES.with(Cell::get)
    }

    /// Does `work`, and tells the most bytes that it had in use at once on this thread. A block that grows counts as
    /// its old and its new one, as if it always moved. Does not nest.
    pub fn peak_bytes<T>(work: impl FnOnce() -> T) -> (T, u64) {
        let before = IN_USE.with(Cell::get);
        PEAK.with(|peak| peak.set(before));
        let done = work();
        let peak = PEAK.with(Cell::get);
        (done, u64::try_from(peak - before).unwrap_or(0))
    }

    fn count(bytes: usize) {
        ALL.fetch_add(1, Ordering::SeqCst);
        // A thread that is ending has no counters any more.
        let _ = ALLOCATIONS.try_with(|count| count.set(count.get() + 1));
        let _ = BYTES.try_with(|count| count.set(count.get() + bytes as u64));
        let _ = IN_USE.try_with(|in_use| {
            in_use.set(in_use.get() + bytes as i64);
            PEAK.try_with(|peak| peak.set(peak.get().max(in_use.get())))
        });
    }

    fn count_back(bytes: usize) {
        let _ = IN_USE.try_with(|in_use| in_use.set(in_use.get() - bytes as i64));
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
        Self::count_back(layout.size());
        // SAFETY: as above; what we handed out came from `System`.
        unsafe { System.realloc(pointer, layout, bytes) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        Self::count_back(layout.size());
        // SAFETY: as above.
        unsafe { System.dealloc(pointer, layout) }
    }
}
