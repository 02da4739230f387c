//! A file that appears all at once: written beside its place, renamed onto it when it is complete.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::Destination;
use crate::output::open_untouched;

/// Links to follow before we take them for a circle; Linux gives up after as many.
const LINKS_MAX: usize = 40;
/// Behind the name of a file that is being written.
const SUFFIX: &str = ".partial";

/// Bytes on their way to a destination. Devices, pipes and the standard output have no place beside them: they are
/// written directly. The renaming survives the end of the process, not of the machine (there is no `fsync`).
#[derive(Debug)]
pub(crate) struct Replacement {
    file: File,
    /// From where to where, for a file on a disk.
    rename: Option<(PathBuf, PathBuf)>,
    is_empty: bool,
}

impl Replacement {
    /// Makes sure that the destination may be written to, and opens what stands for it until then.
    pub(crate) fn create(destination: &Destination) -> io::Result<Self> {
        let path = match destination {
            Destination::Path(path) if fs::metadata(path).map_or(true, |metadata| metadata.is_file()) => path,
            _ => return Ok(Self { file: destination.open()?, rename: None, is_empty: true }),
        };
        // A link stays a link: its target is replaced.
        let place = resolved(path);
        if place.exists() {
            // Renaming would pass over a file that may not be written to.
            open_untouched(&place)?;
        }
        let partial = partial_of(&place)?;
        Ok(Self { file: File::create(&partial)?, rename: Some((partial, place)), is_empty: true })
    }

    /// Where the bytes are until the end, for people; `None` where they go directly.
    pub(crate) fn partial(&self) -> Option<&Path> {
        self.rename.as_ref().map(|(partial, _)| &**partial)
    }

    pub(crate) fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.is_empty = false;
        self.file.write_all(bytes)
    }

    /// Everything is written: it takes its place.
    pub(crate) fn commit(&mut self) -> io::Result<()> {
        match self.rename.take() {
            Some((partial, place)) => fs::rename(partial, place),
            None => Ok(()),
        }
    }
}

/// A run that never began leaves nothing behind; what has been written stays, for whoever can use it.
impl Drop for Replacement {
    fn drop(&mut self) {
        if let Some((partial, _)) = self.rename.take().filter(|_| self.is_empty) {
            // Nothing depends on it: the next run starts it afresh.
            let _ = fs::remove_file(partial);
        }
    }
}

fn partial_of(place: &Path) -> io::Result<PathBuf> {
    let name = place.file_name().ok_or_else(|| io::Error::from(io::ErrorKind::IsADirectory))?;
    let mut partial = OsString::from(name);
    partial.push(SUFFIX);
    Ok(place.with_file_name(partial))
}

/// Where a file is, or would come to be: links are followed, also those to nothing; the directory is canonical.
pub(crate) fn resolved(path: &Path) -> PathBuf {
    let mut path = path.to_owned();
    for _ in 0..LINKS_MAX {
        let Ok(target) = fs::read_link(&path) else { break };
        path = directory_of(&path).join(target);
    }
    match (fs::canonicalize(directory_of(&path)), path.file_name()) {
        (Ok(directory), Some(name)) => directory.join(name),
        _ => path,
    }
}

/// `.` where the path is a name alone.
pub(crate) fn directory_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    }
}
