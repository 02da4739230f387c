//! The boxes (ISO/IEC 14496-12, 4.2) that an MP4 file is made of: a length, a kind, a body. Two walkers, one over a
//! file, which reads sixteen bytes a box, and one over a body in memory.
//!
//! It does not know what any kind means. Every length is checked against what is really there.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;

use ocelli_capture::SourceError;

use crate::errors::{corrupt, io_error};

/// Four letters.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Kind(pub [u8; 4]);

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0.escape_ascii())
    }
}

/// A box on the outermost level of a file.
#[derive(Clone, Copy)]
pub(crate) struct FileBox {
    pub kind: Kind,
    /// The first byte of its header.
    pub start: u64,
    /// The first byte of its body.
    pub body: u64,
    /// One past its last byte, as its header says; may lie behind the end of the file.
    pub end: u64,
}

/// The header at byte `start`; `None` where fewer than eight bytes are left.
pub(crate) fn read_header(
    file: &File,
    path: &Path,
    start: u64,
    file_bytes: u64,
) -> Result<Option<FileBox>, SourceError> {
    let mut head = [0u8; 16];
    let available = file_bytes.saturating_sub(start).min(16) as usize;
    if available < 8 {
        return Ok(None);
    }
    read_at(file, path, &mut head[..available], start)?;
    let kind = Kind([head[4], head[5], head[6], head[7]]);
    let (header_bytes, bytes) = match u32::from_be_bytes([head[0], head[1], head[2], head[3]]) {
        0 => (8, file_bytes - start),
        1 if available == 16 => {
            let long: [u8; 8] = head[8..].try_into().expect("sixteen minus eight");
            (16, u64::from_be_bytes(long))
        }
        1 => return Ok(None),
        bytes => (8, u64::from(bytes)),
    };
    let end = start.checked_add(bytes).filter(|_| bytes >= header_bytes);
    let Some(end) = end else {
        return Err(corrupt(path, start, format!("a box `{kind}` of {bytes} bytes")));
    };
    Ok(Some(FileBox { kind, start, body: start + header_bytes, end }))
}

/// Fills `buffer` from byte `offset`; a file that is shorter is corrupt.
pub(crate) fn read_at(file: &File, path: &Path, buffer: &mut [u8], offset: u64) -> Result<(), SourceError> {
    file.read_exact_at(buffer, offset).map_err(|error| match error.kind() {
        io::ErrorKind::UnexpectedEof => {
            corrupt(path, offset, format!("the file ends within the {} bytes from here", buffer.len()))
        }
        _ => io_error(path, &error),
    })
}

/// Bytes in memory that know where in which file they lie.
#[derive(Clone, Copy)]
pub(crate) struct Body<'a> {
    pub path: &'a Path,
    /// The file's byte that `bytes` starts at.
    pub start: u64,
    pub bytes: &'a [u8],
}

impl<'a> Body<'a> {
    /// An error about byte `at` of this body.
    pub fn corrupt(&self, at: usize, what: impl std::fmt::Display) -> SourceError {
        corrupt(self.path, self.start + at as u64, what)
    }

    /// `len` bytes from `at`.
    pub fn slice(&self, at: usize, len: usize) -> Result<&'a [u8], SourceError> {
        let end = at.checked_add(len).filter(|&end| end <= self.bytes.len());
        end.map(|end| &self.bytes[at..end]).ok_or_else(|| {
            self.corrupt(at.min(self.bytes.len()), format!("{len} bytes wanted, {} left", self.left(at)))
        })
    }

    pub fn u8(&self, at: usize) -> Result<u8, SourceError> {
        Ok(self.slice(at, 1)?[0])
    }

    pub fn u16(&self, at: usize) -> Result<u16, SourceError> {
        Ok(u16::from_be_bytes(self.slice(at, 2)?.try_into().expect("two bytes")))
    }

    pub fn u32(&self, at: usize) -> Result<u32, SourceError> {
        Ok(u32::from_be_bytes(self.slice(at, 4)?.try_into().expect("four bytes")))
    }

    pub fn u64(&self, at: usize) -> Result<u64, SourceError> {
        Ok(u64::from_be_bytes(self.slice(at, 8)?.try_into().expect("eight bytes")))
    }

    /// What lies behind the first `at` bytes.
    pub fn from(&self, at: usize) -> Result<Self, SourceError> {
        let bytes = self.slice(at, self.left(at))?;
        Ok(Self { path: self.path, start: self.start + at as u64, bytes })
    }

    /// The boxes in this body, one behind the other.
    pub fn children(self) -> Children<'a> {
        Children { rest: self }
    }

    /// The first box of this kind.
    pub fn child(self, kind: &[u8; 4]) -> Result<Option<Body<'a>>, SourceError> {
        for child in self.children() {
            let (found, body) = child?;
            if found.0 == *kind {
                return Ok(Some(body));
            }
        }
        Ok(None)
    }

    /// The first box of this kind, which has to be there.
    pub fn expect(self, kind: &[u8; 4]) -> Result<Body<'a>, SourceError> {
        self.child(kind)?.ok_or_else(|| self.corrupt(0, format!("no box `{}` in here", Kind(*kind))))
    }

    fn left(&self, at: usize) -> usize {
        self.bytes.len().saturating_sub(at)
    }
}

/// Walks the boxes of a body. Ends after its first error.
pub(crate) struct Children<'a> {
    rest: Body<'a>,
}

impl<'a> Iterator for Children<'a> {
    type Item = Result<(Kind, Body<'a>), SourceError>;

    fn next(&mut self) -> Option<Self::Item> {
        // Fewer than eight bytes are no box: QuickTime ends some lists with four zeros.
        if self.rest.bytes.len() < 8 {
            return None;
        }
        let child = self.split();
        if child.is_err() {
            self.rest.bytes = &[];
        }
        Some(child)
    }
}

impl<'a> Children<'a> {
    fn split(&mut self) -> Result<(Kind, Body<'a>), SourceError> {
        let rest = self.rest;
        let kind = Kind(rest.slice(4, 4)?.try_into().expect("four bytes"));
        let (header_bytes, bytes) = match rest.u32(0)? {
            0 => (8, rest.bytes.len() as u64),
            1 => (16, rest.u64(8)?),
            bytes => (8, u64::from(bytes)),
        };
        let fits = bytes >= header_bytes as u64 && bytes <= rest.bytes.len() as u64;
        if !fits {
            let left = rest.bytes.len();
            return Err(rest.corrupt(0, format!("a box `{kind}` of {bytes} bytes where {left} are left")));
        }
        let body = Body {
            path: rest.path,
            start: rest.start + header_bytes as u64,
            bytes: &rest.bytes[header_bytes..bytes as usize],
        };
        self.rest = rest.from(bytes as usize)?;
        Ok((kind, body))
    }
}
