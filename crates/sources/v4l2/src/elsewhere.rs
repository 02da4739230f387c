//! Systems without V4L2: everything is an error that says so.

use ocelli_capture::{DeviceUri, OpenOptions, Opened, SourceError, SourceErrorKind};

use crate::CameraDescription;

/// # Errors
/// Always.
pub fn open(uri: &DeviceUri, _options: &OpenOptions) -> Result<Opened, SourceError> {
    Err(not_here(&uri.to_string()))
}

/// # Errors
/// Always.
pub fn cameras() -> Result<Vec<Result<CameraDescription, SourceError>>, SourceError> {
    Err(not_here("cameras"))
}

fn not_here(what: &str) -> SourceError {
    let message = format!("{what}: cameras are read through V4L2, which only Linux has");
    SourceError::new(SourceErrorKind::Unsupported, message, "read it on Linux, or as a network stream")
}
