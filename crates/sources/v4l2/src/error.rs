//! From an errno to an error that says what to do.

use std::path::Path;

use ocelli_capture::{SourceError, SourceErrorKind};

use crate::device::Device;
use crate::negotiate::{Refusal, Wish};
use crate::picture::READ;
use crate::stream::StreamError;
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

/// Nothing of the camera's was what was wanted.
pub(crate) fn refused(device: &Device, wish: &Wish, refusal: Refusal) -> SourceError {
    let there = match refusal {
        Refusal::Failed(what, errno) => return device.error(what, errno),
        Refusal::NoFormat(there) => there,
    };
    let mut names: Vec<_> = there.iter().map(ToString::to_string).collect();
    names.dedup();
    let mut read: Vec<_> = READ.iter().map(|(_, pixels)| pixels.to_string()).collect();
    read.dedup();
    read.push("MJPG".to_owned());
    let (path, names, read) = (device.path.display(), names.join(", "), read.join(", "));
    let (message, hint) = match wish.format {
        Some(wanted) => (
            format!("{path}: the camera has no {wanted}"),
            format!("it has {names}; those that are read: {read}"),
        ),
        None => {
            (format!("{path}: none of the camera's formats is read"), format!("it has {names}; read: {read}"))
        }
    };
    SourceError::new(SourceErrorKind::Unsupported, message, hint)
}

/// A driver that does not fill memory of ours.
pub(crate) fn no_user_memory(path: &Path, what: &str, errno: Errno) -> SourceError {
    let message = format!("{}: its driver fills no memory but its own ({what}: {errno})", path.display());
    SourceError::new(SourceErrorKind::Unsupported, message, "leave out `memory=userptr`")
}

/// A stream that has failed.
pub(crate) fn stream_error(path: &Path, error: StreamError) -> SourceError {
    let shown = path.display();
    match error {
        StreamError::Failed(what, errno) => at_device(path, what, errno),
        StreamError::NotQueued(index) => SourceError::new(
            SourceErrorKind::Io,
            format!("{shown}: the driver answers for buffer {index}, which it does not have"),
            "its driver is at fault: please report it, with what `ocelli devices` says",
        ),
        StreamError::Stopped => SourceError::new(
            SourceErrorKind::Io,
            format!("{shown}: the driver does not stream any more"),
            "see `dmesg`, then cable, port and power",
        ),
        StreamError::Changed => SourceError::new(
            SourceErrorKind::FormatChanged,
            format!("{shown}: what is connected to it shows pictures of another form"),
            "see what is connected to it",
        ),
    }
}

/// A camera that streams, and gives nothing.
pub(crate) fn stalled(path: &Path, quiet_ns: u64) -> SourceError {
    let message = format!("{}: no picture for {:.1} s", path.display(), quiet_ns as f64 * 1e-9);
    let hint = "see `dmesg`, then cable, port and power; a camera that is slow on purpose: `timeout=SECONDS`";
    SourceError::new(SourceErrorKind::Stalled, message, hint)
}

/// An input with nothing to see.
pub(crate) fn no_signal(path: &Path, errno: Errno) -> SourceError {
    let message = format!("{}: there is no signal ({errno})", path.display());
    SourceError::new(SourceErrorKind::NoSignal, message, "connect what it is to show, and switch that on")
}
