//! One `/dev/video*`, open.

use std::os::fd::{AsFd, OwnedFd};
use std::path::{Path, PathBuf};

use ocelli_capture::{SourceError, SourceErrorKind};
use ocelli_frame::Size;
use rustix::fs::{Mode, OFlags};

use crate::error::at_device;
use crate::negotiate::Settings;
use crate::sys::{
    BufferType, Capability, Errno, Format, FormatDescription, FourCc, Fraction, enum_fmt, g_fmt, g_parm,
    querycap, s_fmt, s_parm,
};

/// Formats that a driver may have; one that has more has lost its way.
const FORMATS_MAX: u32 = 512;

/// A device that gives pictures.
#[derive(Debug)]
pub(crate) struct Device {
    pub path: PathBuf,
    pub file: OwnedFd,
    pub kind: BufferType,
    pub capability: Capability,
}

impl Device {
    pub fn open(path: &Path) -> Result<Self, SourceError> {
        let flags = OFlags::RDWR | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = rustix::fs::open(path, flags, Mode::empty())
            .map_err(|errno| at_device(path, "opening it", errno))?;
        let capability = querycap(file.as_fd()).map_err(|errno| at_device(path, "QUERYCAP", errno))?;
        let Some(kind) = capability.capture else {
            return Err(SourceError::new(
                SourceErrorKind::Unsupported,
                format!("{}: {} gives no pictures here", path.display(), capability.card),
                "a camera may have several nodes: `ocelli devices` lists those that give pictures",
            ));
        };
        Ok(Self { path: path.to_owned(), file, kind, capability })
    }

    /// What the device said to `what`.
    pub fn error(&self, what: &str, errno: Errno) -> SourceError {
        at_device(&self.path, what, errno)
    }
}

impl Settings for Device {
    fn formats(&self) -> Result<Vec<FormatDescription>, Errno> {
        let mut formats = Vec::new();
        for index in 0..FORMATS_MAX {
            match enum_fmt(self.file.as_fd(), self.kind, index)? {
                Some(format) => formats.push(format),
                None => break,
            }
        }
        Ok(formats)
    }

    fn current(&self) -> Result<Format, Errno> {
        g_fmt(self.file.as_fd(), self.kind)
    }

    fn set_format(&self, four_cc: FourCc, size: Size) -> Result<Format, Errno> {
        s_fmt(self.file.as_fd(), self.kind, four_cc, size)
    }

    fn set_interval(&self, interval: Option<Fraction>) -> Result<Option<Fraction>, Errno> {
        match interval {
            Some(interval) => s_parm(self.file.as_fd(), self.kind, interval),
            None => g_parm(self.file.as_fd(), self.kind),
        }
    }
}
