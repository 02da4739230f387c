//! No two writers on one file, which would write over each other, and none on a file that the run reads.

use std::fs;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};

use ocelli_pipeline::SinkError;

use crate::replace::{directory_of, resolved};
use crate::{Destination, SinkKind, SinkSpec};

/// Checks that every sink, and the summary where there is one, has a file to itself. `./a`, `a`, a link to it and a
/// second name for it are one file; character devices (`/dev/null`, a terminal) may be shared. None of them may be one
/// of the files that are `read`, nor pictures go into a folder from which one is.
///
/// # Errors
/// Names the first two that meet.
pub fn check_distinct(
    sinks: &[SinkSpec],
    summary: Option<&Destination>,
    read: &[&Path],
) -> Result<(), SinkError> {
    let texts = sinks.iter().map(|sink| (sink.text.clone(), &sink.destination));
    let summary = summary.map(|destination| (format!("the summary {destination}"), destination));
    let writers: Vec<_> = texts.chain(summary).collect();
    let places: Vec<_> = writers.iter().map(|(_, destination)| Place::of(destination)).collect();
    for path in read {
        let place = Place::of(&Destination::Path((*path).to_owned()));
        let folder = Place::of(&Destination::Path(directory_of(path).to_owned()));
        let meets = |(index, written): (usize, &Place)| {
            // Pictures are called after those they show, so they may not go where those are.
            let is_pictures = sinks.get(index).is_some_and(|sink| sink.kind == SinkKind::Images);
            *written == place && place != Place::Shared || is_pictures && *written == folder
        };
        if let Some(writer) = places.iter().enumerate().position(meets) {
            return Err(SinkError::new(
                format!("{} would write over {}, which the run reads", writers[writer].0, path.display()),
                "write to another place",
            ));
        }
    }
    for (index, (name, _)) in writers.iter().enumerate() {
        let twin =
            (0..index).find(|&earlier| places[earlier] == places[index] && places[index] != Place::Shared);
        if let Some(twin) = twin {
            return Err(SinkError::new(
                format!("{name} writes to the same place as {}", writers[twin].0),
                "give each a place of its own",
            ));
        }
    }
    Ok(())
}

/// What makes a place this one and no other.
#[derive(Debug, PartialEq)]
enum Place {
    /// The standard output, where it is not a file or pipe that has another name.
    Stdout,
    /// Something that is there: device and inode.
    Present(u64, u64),
    /// Nothing yet: the directory's own path, and the name in it.
    Absent(PathBuf),
    /// A device that any number may write to.
    Shared,
}

impl Place {
    fn of(destination: &Destination) -> Self {
        let metadata = match destination {
            Destination::Stdout => destination.open().and_then(|file| file.metadata()),
            Destination::Path(path) => fs::metadata(path),
        };
        match (metadata, destination) {
            (Ok(metadata), Destination::Stdout) if metadata.file_type().is_char_device() => Self::Stdout,
            (Ok(metadata), _) if metadata.file_type().is_char_device() => Self::Shared,
            (Ok(metadata), _) => Self::Present(metadata.dev(), metadata.ino()),
            (Err(_), Destination::Stdout) => Self::Stdout,
            (Err(_), Destination::Path(path)) => Self::Absent(resolved(path)),
        }
    }
}
