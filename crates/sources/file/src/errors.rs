//! The few ways in which files fail, put into words once: what the operating system says, what is cut off, what is
//! broken. Each message names the file, and the byte where there is one.

use std::io;
use std::path::Path;

use ocelli_capture::{SourceError, SourceErrorKind};

/// What the operating system said about a path.
pub(crate) fn io_error(path: &Path, error: &io::Error) -> SourceError {
    let (kind, hint) = match error.kind() {
        io::ErrorKind::NotFound => (SourceErrorKind::NotFound, "check the path"),
        io::ErrorKind::PermissionDenied => (SourceErrorKind::Denied, "allow this user to read it"),
        _ => (SourceErrorKind::Io, "check the disk and the path"),
    };
    let what = match error.kind() {
        io::ErrorKind::NotFound => "no such file".to_owned(),
        _ => error.to_string(),
    };
    SourceError::new(kind, format!("{}: {what}", path.display()), hint)
}

/// Something that cannot be, at a byte of a file.
pub(crate) fn corrupt(path: &Path, byte: u64, what: impl std::fmt::Display) -> SourceError {
    SourceError::new(
        SourceErrorKind::Corrupt,
        format!("{}: byte {byte}: {what}", path.display()),
        "the file is damaged or cut off; copy or record it again",
    )
}

/// Something that may well be, and is not read here.
pub(crate) fn unsupported(path: &Path, what: impl std::fmt::Display, hint: &str) -> SourceError {
    SourceError::new(SourceErrorKind::Unsupported, format!("{}: {what}", path.display()), hint)
}
