//! Invariant 5 for preprocess: once a kind of frame has its plan, `run` allocates nothing. The allocator of this process
//! counts what this thread asks for.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use ocelli_frame::{InputFormat, PixelFormat, Size, TensorMut};
use ocelli_preprocess::{Isa, Preprocessor};
use ocelli_testkit::noise_frame;

thread_local! {
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
}

struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

// SAFETY: every method passes its arguments on to the system's allocator unchanged, and its answer back.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.with(|count| count.set(count.get() + 1));
        // SAFETY: the caller's promises are the ones that `System` asks for.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as above; `pointer` came from `System` by way of this allocator.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[test]
fn a_frame_of_a_known_kind_allocates_nothing() {
    let input = InputFormat::ultralytics(Size { width: 64, height: 64 });
    let sizes = [(64, 48), (128, 72), (192, 108), (100, 75)];
    for isa in Isa::available() {
        for format in PixelFormat::ALL {
            let frames = sizes.map(|(width, height)| noise_frame(format, Size { width, height }, 0, 1));
            let mut preprocessor = Preprocessor::new(input, isa);
            let mut tensor = vec![0.0f32; input.elements()];
            let mut all = |frames: &[_]| {
                for frame in frames {
                    preprocessor.run(frame, TensorMut::F32(&mut tensor)).expect("a good frame");
                }
            };
            all(&frames);
            let before = ALLOCATIONS.get();
            all(&frames);
            assert_eq!(ALLOCATIONS.get() - before, 0, "{isa} {format}");
        }
    }
    assert!(ALLOCATIONS.get() > 0, "the allocator counts");
}
