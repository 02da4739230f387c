//! A run allocates nothing, on any of its threads.

use ocelli_backend_native::Native;
use ocelli_engine::{Backend, LoadOptions, ModelFile, Threads};
use ocelli_testkit::{CountingAllocator, asset};

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

#[test]
fn a_run_allocates_nothing() {
    let models =
        ["yolov8n_320_fp32", "yolox_nano_416_fp32", "mobilenet_v2_224_fp32", "movenet_lightning_192_fp32"];
    for name in models {
        let Some(path) = asset(&format!("models/{name}.onnx")) else { continue };
        let model = Native::new().load(ModelFile::Path(&path), &LoadOptions::default()).expect("a model");
        let mut session = model.session(&Threads::unpinned(3)).expect("a session");
        session.run().expect("a run");
        let before = CountingAllocator::on_all_threads();
        for _ in 0..5 {
            session.run().expect("a run");
        }
        assert_eq!(CountingAllocator::on_all_threads() - before, 0, "{name}");
    }
    assert!(CountingAllocator::on_all_threads() > 0, "the allocator counts");
}
