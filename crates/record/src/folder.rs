//! A folder that gets a file for every result: what the files are called, and how each appears all at once.
//!
//! A file is called after its picture, or after its source and its number. Where a run has several sources, each has a
//! folder of its own in the folder, so that two pictures of one name do not meet.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use ocelli_frame::{FrameResult, SourceIndex};
use ocelli_pipeline::SinkError;
use ocelli_report::{RunLabels, unique_names};

use crate::Destination;
use crate::output::write_error;

/// Bytes of a source's name that go into file names; file systems take 255 in all.
const STEM_BYTES_MAX: usize = 180;
/// Behind the name of a file that is being written.
const SUFFIX: &str = ".partial";

/// Where the files go, and the names that are used again for each.
#[derive(Debug)]
pub(crate) struct Folder {
    /// One for each source: the folder itself, or one in it.
    roots: Vec<PathBuf>,
    /// One for each source: its name as part of a file name.
    stems: Vec<String>,
    /// Of the result at hand.
    name: String,
    path: PathBuf,
    partial: PathBuf,
    /// What the file before was called, and after which picture.
    previous: Option<(SourceIndex, String, String)>,
}

impl Folder {
    /// Makes the folder, and those in it, where they are missing.
    pub fn create(destination: &Destination, labels: &RunLabels) -> Result<Self, SinkError> {
        let Destination::Path(folder) = destination else {
            return Err(SinkError::new(
                "many files cannot go to the standard output",
                "name a folder; ./- is one called -",
            ));
        };
        let stems = unique_names(labels.sources.iter().map(|name| stem_of(name)));
        let roots: Vec<PathBuf> = match &stems[..] {
            [_] => vec![folder.clone()],
            _ => stems.iter().map(|stem| folder.join(stem)).collect(),
        };
        for root in std::iter::once(folder).chain(&roots) {
            fs::create_dir_all(root).map_err(|error| folder_error(root, &error))?;
        }
        let (name, path, partial) = (String::new(), PathBuf::new(), PathBuf::new());
        Ok(Self { roots, stems, name, path, partial, previous: None })
    }

    /// Writes a file for `result`, in the place of an older one of its name. `name_into` is given the picture's name,
    /// or `None` and the source's name in a form that file names can have, and writes the file's.
    pub fn replace(
        &mut self,
        result: &FrameResult,
        name_into: fn(&mut String, Option<&str>, &str, u64),
        bytes: &[u8],
    ) -> Result<(), SinkError> {
        let source = usize::from(result.source.0);
        self.name.clear();
        name_into(&mut self.name, result.name.as_deref(), &self.stems[source], result.sequence);
        make_plain(&mut self.name);
        self.path.clear();
        self.path.push(&self.roots[source]);
        self.partial.clone_from(&self.path);
        self.path.push(&self.name);
        self.check_distinct(result)?;
        self.name.push_str(SUFFIX);
        self.partial.push(&self.name);
        self.write(bytes).map_err(|error| {
            // Nobody is served by half a file; that it cannot be removed is the lesser news.
            let _ = fs::remove_file(&self.partial);
            write_error(&self.path.display(), "its bytes", &error)
        })
    }

    fn write(&self, bytes: &[u8]) -> io::Result<()> {
        File::create(&self.partial)?.write_all(bytes)?;
        fs::rename(&self.partial, &self.path)
    }

    /// Pictures come in the order of their names, so two that differ in their ending follow each other.
    fn check_distinct(&mut self, result: &FrameResult) -> Result<(), SinkError> {
        let Some(picture) = result.name.as_deref() else { return Ok(()) };
        let (source, file, earlier) =
            self.previous.get_or_insert_with(|| (result.source, String::new(), String::new()));
        if *source == result.source && *file == self.name && earlier != picture {
            return Err(SinkError::new(
                format!("{}: both {earlier} and {picture} would be written to it", self.path.display()),
                "give the pictures names that differ before the ending, or run them apart",
            ));
        }
        *source = result.source;
        file.clone_from(&self.name);
        earlier.clear();
        earlier.push_str(picture);
        Ok(())
    }
}

/// The name of a source as part of a file's: without its ending, and without what only paths may have.
fn stem_of(source: &str) -> String {
    let stem = match source.rsplit_once('.') {
        // An address has dots that begin no ending.
        Some((stem, end)) if !stem.is_empty() && end.len() <= 4 && !source.contains(['/', ':']) => stem,
        _ => source,
    };
    let is_odd = |character: char| matches!(character, '/' | '\\' | ':') || character.is_control();
    let mut stem = stem.replace(is_odd, "_");
    make_plain(&mut stem);
    let end = (0..=STEM_BYTES_MAX.min(stem.len())).rev().find(|&end| stem.is_char_boundary(end));
    stem.truncate(end.unwrap_or(0));
    stem
}

/// Leaves nothing in a name that leads to another folder; a name that came from a folder stays as it is.
fn make_plain(name: &mut String) {
    if name.is_empty() || *name == "." || *name == ".." {
        name.insert(0, '_');
    }
    if name.contains(['/', '\0']) {
        *name = name.replace(['/', '\0'], "_");
    }
}

/// A folder that cannot be made or entered.
fn folder_error(folder: &Path, error: &io::Error) -> SinkError {
    let hint = match error.kind() {
        io::ErrorKind::AlreadyExists | io::ErrorKind::NotADirectory => {
            "there is a file of that name: choose another"
        }
        io::ErrorKind::PermissionDenied => "choose a place that you may write to, or change its permissions",
        _ => "choose another folder",
    };
    SinkError::new(format!("{}: cannot make this folder: {error}", folder.display()), hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_sources_become_parts_of_file_names() {
        let cases = [
            ("clip.mp4", "clip"),
            ("cam0", "cam0"),
            (".mp4", ".mp4"),
            ("rtsp://10.0.0.7:554/stream1", "rtsp___10.0.0.7_554_stream1"),
            ("synthetic:objects=3.5", "synthetic_objects=3.5"),
            ("..", "_."),
            ("", "_"),
            ("a\nb", "a_b"),
        ];
        for (name, expected) in cases {
            assert_eq!(stem_of(name), expected, "{name:?}");
        }
        assert_eq!(stem_of(&"é".repeat(500)).len(), STEM_BYTES_MAX);
    }
}
