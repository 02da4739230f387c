//! A run allocates nothing, on any of its threads, and between two runs that follow each other the calling thread asks
//! the system for at most one thing: to wake the others, where they have gone to sleep.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicU64, Ordering};

use ocelli_backend_native::Native;
use ocelli_engine::{Backend, LoadOptions, ModelFile, Threads};
use ocelli_testkit::asset;

static ALLOCATIONS: AtomicU64 = AtomicU64::new(0);

/// The system's allocator, counting on all threads.
struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

// SAFETY: every method passes its arguments on to the system's allocator unchanged, and its answer back.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::SeqCst);
        // SAFETY: the caller's promises are the ones that `System` asks for.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as above; `pointer` came from `System` by way of this allocator.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[test]
fn a_run_allocates_nothing() {
    let models =
        ["yolov8n_320_fp32", "yolox_nano_416_fp32", "mobilenet_v2_224_fp32", "movenet_lightning_192_fp32"];
    for name in models {
        let Some(path) = asset(&format!("models/{name}.onnx")) else { continue };
        let model = Native::new().load(ModelFile::Path(&path), &LoadOptions::default()).expect("a model");
        let mut session = model.session(&Threads::unpinned(3)).expect("a session");
        session.run().expect("a run");
        let before = ALLOCATIONS.load(Ordering::SeqCst);
        for _ in 0..5 {
            session.run().expect("a run");
        }
        assert_eq!(ALLOCATIONS.load(Ordering::SeqCst) - before, 0, "{name}");
    }
    assert!(ALLOCATIONS.load(Ordering::SeqCst) > 0, "the allocator counts");
}
