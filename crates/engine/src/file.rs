//! Where a model is read from, and its bytes.

use std::borrow::Cow;
use std::fmt;
use std::fs;
use std::path::Path;

use crate::{EngineError, EngineErrorKind};

/// Larger files are refused before they are read.
const FILE_BYTES_MAX: u64 = 2 << 30;

/// Where a model is read from. It is displayed as messages name it.
#[derive(Clone, Copy, Debug)]
pub enum ModelFile<'a> {
    /// On the disk.
    Path(&'a Path),
    /// In the program itself.
    Embedded {
        /// What messages call it.
        name: &'a str,
        /// What would be in the file.
        bytes: &'a [u8],
    },
}

impl<'a> ModelFile<'a> {
    /// What is in it.
    ///
    /// # Errors
    /// A file that cannot be read, is empty, or is larger than any model.
    pub fn bytes(&self) -> Result<Cow<'a, [u8]>, EngineError> {
        match self {
            Self::Path(path) => read(path).map(Cow::Owned),
            Self::Embedded { bytes, .. } => Ok(Cow::Borrowed(bytes)),
        }
    }
}

impl fmt::Display for ModelFile<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path(path) => write!(f, "{}", path.display()),
            Self::Embedded { name, .. } => f.write_str(name),
        }
    }
}

fn read(path: &Path) -> Result<Vec<u8>, EngineError> {
    let name = path.display();
    let io = |error: std::io::Error| {
        let hint = match error.kind() {
            std::io::ErrorKind::NotFound => "check the path given to --model",
            std::io::ErrorKind::IsADirectory => "--model wants an .onnx file, not a folder",
            _ => "check that the file can be read",
        };
        EngineError::new(EngineErrorKind::Io, format!("{name}: {error}"), hint)
    };
    let bytes = fs::metadata(path).map_err(io)?.len();
    if bytes == 0 {
        let hint = "the file is empty: export or download it again";
        return Err(EngineError::new(EngineErrorKind::BadModel, format!("{name}: 0 bytes long"), hint));
    }
    if bytes > FILE_BYTES_MAX {
        let message = format!("{name}: {bytes} bytes long, more than the {FILE_BYTES_MAX} allowed");
        return Err(EngineError::new(EngineErrorKind::BadModel, message, "is it an ONNX file?"));
    }
    fs::read(path).map_err(io)
}
