//! The file under way: `NAME.part` beside its target, held by one process at a time.
//!
//! The lock is on the part itself, so nothing else is left lying about. Whoever waited for it may then hold a file
//! that has been renamed or deleted meanwhile: it looks whether the name still leads to what it holds, and begins anew
//! where it does not. The system lifts the lock of a process that dies; its part stays and is taken up again.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Seek, SeekFrom, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::{Digest, FetchError, FetchErrorKind, Pinned};

/// The part of a download that is here already.
#[derive(Debug)]
pub(crate) struct Part {
    path: PathBuf,
    file: File,
    bytes: u64,
}

impl Part {
    /// Opens or makes it, and the folder around it. While another process holds it, `waiting` is called once, and this
    /// waits.
    pub(crate) fn open(target: &Path, waiting: &mut dyn FnMut()) -> Result<Self, FetchError> {
        let path = part_path(target);
        let failed = |error: io::Error| storage_error(&path, &error);
        if let Some(folder) = target.parent() {
            fs::create_dir_all(folder).map_err(|error| storage_error(folder, &error))?;
        }
        let mut has_said_so = false;
        loop {
            let file = OpenOptions::new()
                .read(true)
                .write(true)
                .create(true)
                .truncate(false)
                .open(&path)
                .map_err(failed)?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => {
                    if !has_said_so {
                        waiting();
                        has_said_so = true;
                    }
                    file.lock().map_err(failed)?;
                }
                Err(TryLockError::Error(error)) => return Err(failed(error)),
            }
            let held = file.metadata().map_err(failed)?;
            let is_ours = match fs::metadata(&path) {
                Ok(named) => (named.dev(), named.ino()) == (held.dev(), held.ino()),
                Err(error) if error.kind() == ErrorKind::NotFound => false,
                Err(error) => return Err(failed(error)),
            };
            if is_ours {
                return Ok(Self { path, file, bytes: held.len() });
            }
        }
    }

    /// What is here already.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Adds to the end. What could be written stays and counts, whatever the outcome.
    pub(crate) fn append(&mut self, bytes: &[u8]) -> Result<(), FetchError> {
        let mut written = 0;
        let outcome = self.file.seek(SeekFrom::Start(self.bytes)).and_then(|_| {
            while written < bytes.len() {
                match self.file.write(&bytes[written..]) {
                    Ok(0) => return Err(ErrorKind::WriteZero.into()),
                    Ok(count) => written += count,
                    Err(error) if error.kind() == ErrorKind::Interrupted => {}
                    Err(error) => return Err(error),
                }
            }
            Ok(())
        });
        self.bytes += written as u64;
        outcome.map_err(|error| storage_error(&self.path, &error))
    }

    /// Begins anew.
    pub(crate) fn clear(&mut self) -> Result<(), FetchError> {
        self.file.set_len(0).map_err(|error| storage_error(&self.path, &error))?;
        self.bytes = 0;
        Ok(())
    }

    /// The hash of what is on the disk.
    pub(crate) fn digest(&mut self) -> Result<Digest, FetchError> {
        let digest = self.file.seek(SeekFrom::Start(0)).and_then(|_| Digest::of(&self.file));
        digest.map_err(|error| storage_error(&self.path, &error))
    }

    /// Makes it the file it was to become. It is on the disk before it has the name, so that no loss of power leaves a
    /// torn file in place.
    pub(crate) fn install(self, target: &Path, pinned: &Pinned) -> Result<(), FetchError> {
        debug_assert_eq!(self.bytes, pinned.size_bytes);
        self.file.sync_all().map_err(|error| storage_error(&self.path, &error))?;
        fs::rename(&self.path, target).map_err(|error| storage_error(target, &error))?;
        match target.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            Some(folder) => File::open(folder).and_then(|folder| folder.sync_all()),
            None => Ok(()),
        }
        .map_err(|error| storage_error(target, &error))
    }

    /// Deletes it.
    pub(crate) fn discard(self) -> Result<(), FetchError> {
        fs::remove_file(&self.path).map_err(|error| storage_error(&self.path, &error))
    }
}

fn part_path(target: &Path) -> PathBuf {
    let mut name = target.file_name().map_or_else(OsString::new, OsString::from);
    name.push(".part");
    target.with_file_name(name)
}

fn storage_error(path: &Path, error: &io::Error) -> FetchError {
    let hint = match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
            "make room or name another folder with OCELLI_CACHE, then try again: what has come is kept"
        }
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
            "name a folder that can be written with OCELLI_CACHE"
        }
        ErrorKind::Unsupported => "the folder's file system has no locks: name a local one with OCELLI_CACHE",
        _ => "name another folder with OCELLI_CACHE",
    };
    FetchError::new(FetchErrorKind::Storage, format!("{}: {error}", path.display()), hint)
}
