//! Where bytes go: a file or the standard output; and what to say when they do not get there.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind};
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};

use ocelli_pipeline::SinkError;

/// A place to write to, as text names it: `-` is the standard output, anything else a path (`./-` is a file).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination {
    /// The standard output.
    Stdout,
    /// A file, or what stands for one: a named pipe, `/dev/null`.
    Path(PathBuf),
}

impl Destination {
    /// From text, without looking at the disk.
    pub fn from_text(text: &str) -> Self {
        if text == "-" { Self::Stdout } else { Self::Path(text.into()) }
    }

    /// Opens it for writing and changes nothing yet: what stands in a file stays there. A named pipe without a reader
    /// waits for one.
    pub(crate) fn open(&self) -> io::Result<File> {
        match self {
            Self::Stdout => Ok(File::from(io::stdout().as_fd().try_clone_to_owned()?)),
            Self::Path(path) => open_untouched(path),
        }
    }
}

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stdout => f.write_str("standard output"),
            Self::Path(path) => path.display().fmt(f),
        }
    }
}

/// Makes the file where there is none.
pub(crate) fn open_untouched(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create(true).truncate(false).open(path)
}

/// Whether it is a file on a disk, and not a pipe, a terminal or a device.
pub(crate) fn is_regular(file: &File) -> bool {
    file.metadata().is_ok_and(|metadata| metadata.is_file())
}

/// A place that cannot be opened.
pub(crate) fn open_error(destination: &Destination, error: &io::Error) -> SinkError {
    let hint = match error.kind() {
        ErrorKind::NotFound => "make its directory first",
        ErrorKind::PermissionDenied => "choose a place that you may write to, or change its permissions",
        ErrorKind::IsADirectory => "name a file in that directory",
        ErrorKind::ReadOnlyFilesystem => "choose a place on a disk that is not read-only",
        _ => "choose another path",
    };
    SinkError::new(format!("{destination}: cannot open it for writing: {error}"), hint)
}

/// A write that failed at `place` (`line 12`).
pub(crate) fn write_error(destination: &dyn fmt::Display, place: &str, error: &io::Error) -> SinkError {
    let hint = match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            "make room on that disk or choose another; what was written before is whole"
        }
        ErrorKind::BrokenPipe => "whatever read this pipe has ended",
        ErrorKind::FileTooLarge => "raise the limit on file sizes (ulimit -f), or write fewer results",
        _ => "see whether the disk is still there; what was written before is whole",
    };
    SinkError::new(format!("{destination}: {place}: {error}"), hint)
}

/// A delivery that came without its frame, to a sink that draws on it.
pub(crate) fn without_pixels(sink: &str) -> SinkError {
    SinkError::new(
        format!("{sink}: a result came without its picture"),
        "this is a bug in Ocelli: please report it",
    )
}
