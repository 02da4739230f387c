//! A file that is known before it is there.

use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::Path;

use crate::{Digest, FetchError, FetchErrorKind};

/// A file that is known before it is there: any other content is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pinned {
    /// What people call it, for messages.
    pub name: String,
    /// Its SHA-256.
    pub sha256: Digest,
    /// Its size. Nothing beyond is ever read.
    pub size_bytes: u64,
}

/// What stands where a pinned file should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileState {
    /// Nothing.
    Absent,
    /// The file itself, byte for byte.
    Whole,
    /// Something else, and how that is known.
    Damaged(String),
}

/// Reads the file at `path` from start to end and compares.
///
/// # Errors
/// A file that cannot be read, or that is none.
pub fn state_of(path: &Path, pinned: &Pinned) -> Result<FileState, FetchError> {
    let unreadable = |why: &dyn std::fmt::Display| {
        let message = format!("{}: {why}", path.display());
        FetchError::new(FetchErrorKind::Storage, message, "check that the file can be read, or delete it")
    };
    let size_bytes = match fs::metadata(path) {
        // Opening anything but a file may wait for ever.
        Ok(metadata) if !metadata.is_file() => return Err(unreadable(&"not a file")),
        Ok(metadata) => metadata.len(),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Ok(FileState::Absent);
        }
        Err(error) => return Err(unreadable(&error)),
    };
    if size_bytes != pinned.size_bytes {
        return Ok(FileState::Damaged(format!("{size_bytes} bytes instead of {}", pinned.size_bytes)));
    }
    let found = File::open(path).and_then(Digest::of).map_err(|error: io::Error| unreadable(&error))?;
    if found != pinned.sha256 {
        return Ok(FileState::Damaged(format!("sha256 {found} instead of {}", pinned.sha256)));
    }
    Ok(FileState::Whole)
}
