//! The model inside the binary: the demo's own small detector of the synthetic scene (docs/design/demo-model.md).

use std::path::Path;

use ocelli_engine::ModelFile;

/// What `--model` calls it. No file is in its way: it is asked for before the disk is.
pub const EMBEDDED_MODEL: &str = "embedded:scene";

static SCENE: &[u8] = include_bytes!("../../../../demo/scene.onnx");

/// The file behind a path: the embedded one where that is its name, else the one on the disk.
pub fn file_at(path: &Path) -> ModelFile<'_> {
    if is_embedded(path) {
        ModelFile::Embedded { name: EMBEDDED_MODEL, bytes: SCENE }
    } else {
        ModelFile::Path(path)
    }
}

/// Whether this is the embedded model's name.
pub fn is_embedded(path: &Path) -> bool {
    path.as_os_str() == EMBEDDED_MODEL
}
