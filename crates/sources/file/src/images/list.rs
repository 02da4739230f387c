//! Which files a path or pattern means. Nothing is opened here.

use std::fs;
use std::path::{Path, PathBuf};

use ocelli_capture::{SourceError, SourceErrorKind};

use crate::errors::io_error;
use crate::limits::IMAGES_MAX;

/// The endings of pictures, in lower case.
const EXTENSIONS: [&str; 3] = ["jpg", "jpeg", "png"];

/// The pictures that `path` means, in order: itself where it is a file, those in it where it is a folder (not those
/// in folders in it, nor hidden ones), those that match where it is a pattern.
pub(crate) fn list_pictures(path: &Path) -> Result<Vec<PathBuf>, SourceError> {
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => list_folder(path),
        Ok(_) => Ok(vec![path.to_owned()]),
        Err(error) => match path.to_str() {
            Some(pattern) if pattern.contains(['*', '?', '[']) => list_pattern(pattern),
            _ => Err(io_error(path, &error)),
        },
    }
}

fn list_folder(folder: &Path) -> Result<Vec<PathBuf>, SourceError> {
    let mut pictures = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| io_error(folder, &error))? {
        let path = entry.map_err(|error| io_error(folder, &error))?.path();
        push_picture(&mut pictures, path)?;
    }
    pictures.sort();
    or_none(pictures, &format!("{}: no pictures in this folder", folder.display()))
}

fn list_pattern(pattern: &str) -> Result<Vec<PathBuf>, SourceError> {
    let matches = glob::glob(pattern).map_err(|error| {
        let what = format!("{pattern}: not a pattern: {error}");
        SourceError::new(SourceErrorKind::BadUri, what, "patterns are made of `*`, `?`, `[abc]` and `**`")
    })?;
    let mut pictures = Vec::new();
    for found in matches {
        let path = found.map_err(|error| io_error(error.path(), error.error()))?;
        push_picture(&mut pictures, path)?;
    }
    // In the order of their paths already: the pattern is walked by name.
    or_none(pictures, &format!("{pattern}: matches no pictures"))
}

fn push_picture(pictures: &mut Vec<PathBuf>, path: PathBuf) -> Result<(), SourceError> {
    let extension = path.extension().map(|extension| extension.to_string_lossy().to_lowercase());
    let wanted = extension.is_some_and(|extension| EXTENSIONS.contains(&extension.as_str()));
    let hidden = path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
    if !wanted || hidden || !path.is_file() {
        return Ok(());
    }
    if pictures.len() == IMAGES_MAX {
        let folder = path.parent().unwrap_or(&path).display().to_string();
        let what = format!("{folder}: more than {IMAGES_MAX} pictures");
        return Err(SourceError::new(SourceErrorKind::TooLarge, what, "take them in several runs"));
    }
    pictures.push(path);
    Ok(())
}

fn or_none(pictures: Vec<PathBuf>, what: &str) -> Result<Vec<PathBuf>, SourceError> {
    if pictures.is_empty() {
        let hint = "pictures end in .jpg, .jpeg or .png";
        return Err(SourceError::new(SourceErrorKind::NotFound, what, hint));
    }
    Ok(pictures)
}
