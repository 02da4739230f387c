//! What holds of any ONNX file.

use ocelli_backend_native::Native;
use ocelli_engine::{Backend, LoadOptions, ModelFile};
use ocelli_testkit::CountingAllocator;

/// Bytes in use at once for each byte of the file, and besides: constants that folding makes, which are limited, and
/// those packed for the kernels.
const MEMORY_FACTOR: u64 = 512;
const MEMORY_BESIDES: u64 = 1 << 30;

/// An error that names the file, or a model that keeps its word; and memory within the bound.
pub fn hold(bytes: &[u8]) {
    let native = Native::new();
    let file = ModelFile::Embedded { name: "any.onnx", bytes };
    let options = LoadOptions { input_size: Some((8, 8)) };
    let (loaded, peak) = CountingAllocator::peak_bytes(|| {
        // Where the sizes are fixed, the second try is what a user does.
        native.load(file, &options).or_else(|_| native.load(file, &LoadOptions::default()))
    });
    let allowed = MEMORY_FACTOR * bytes.len() as u64 + MEMORY_BESIDES;
    assert!(peak <= allowed, "{peak} bytes in use for {} bytes", bytes.len());
    match loaded {
        Ok(model) => {
            assert!(!model.outputs().is_empty());
            for input in model.inputs() {
                assert!(input.elements() > 0, "{input}");
            }
        }
        Err(error) => {
            assert!(error.to_string().starts_with("any.onnx: "), "{error}");
            assert!(!error.hint().is_empty(), "{error}");
        }
    }
}
