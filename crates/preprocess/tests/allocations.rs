//! Invariant 5 for preprocess: once a kind of frame has its plan, `run` allocates nothing. The allocator of this process
//! counts what this thread asks for.

use ocelli_frame::{InputFormat, PixelFormat, Size, TensorMut};
use ocelli_preprocess::{Isa, Preprocessor};
use ocelli_testkit::{CountingAllocator, noise_frame};

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

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
            let before = CountingAllocator::on_this_thread();
            all(&frames);
            assert_eq!(CountingAllocator::on_this_thread() - before, 0, "{isa} {format}");
        }
    }
    assert!(CountingAllocator::on_this_thread() > 0, "the allocator counts");
}
