//! From an errno to an error that says what to do.

use std::path::Path;

use ocelli_capture::{SourceError, SourceErrorKind};

use crate::sys::Errno;

/// What `what` failed with at a device.
pub(crate) fn at_device(path: &Path, what: &str, errno: Errno) -> SourceError {
    let (kind, hint) = reading_of(errno);
    let path = path.display();
    let message = match (kind, errno) {
        (SourceErrorKind::Unplugged, _) => format!("{path}: the camera is gone ({what}: {errno})"),
        (SourceErrorKind::NotFound, _) => format!("{path}: there is no such device"),
        (SourceErrorKind::Denied, _) => format!("{path}: not allowed to read it"),
        (SourceErrorKind::Busy, _) => format!("{path}: another program is using it"),
        (_, Errno::NOTTY) => format!("{path}: this is no V4L2 device"),
        _ => format!("{path}: {what}: {errno}"),
    };
    SourceError::new(kind, message, hint)
}

fn reading_of(errno: Errno) -> (SourceErrorKind, &'static str) {
    match errno {
        Errno::NOENT => (SourceErrorKind::NotFound, "`ocelli devices` lists the cameras that are there"),
        Errno::ACCESS | Errno::PERM => (
            SourceErrorKind::Denied,
            "cameras belong to the group `video`: `sudo usermod -aG video $USER`, then log in again",
        ),
        Errno::BUSY => {
            (SourceErrorKind::Busy, "end the other program: `fuser -v /dev/video*` tells which it is")
        }
        Errno::NODEV | Errno::NXIO => {
            (SourceErrorKind::Unplugged, "plug it in again; `dmesg` tells why it went")
        }
        Errno::NOTTY => (SourceErrorKind::Unsupported, "`ocelli devices` lists the cameras that are there"),
        Errno::IO => {
            (SourceErrorKind::Io, "the driver has given up: see `dmesg`, then cable, port and power")
        }
        Errno::NOMEM => (SourceErrorKind::Io, "the driver has no memory for so many pictures: ask for fewer"),
        _ => (SourceErrorKind::Io, "see `dmesg`, and what `ocelli devices` says the camera can do"),
    }
}
