//! The files the checks look at: read once from a checkout, or made up by a test.
//!
//! What is not here: git. A tree unpacked from an archive is checked like any other.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use super::source::Source;

/// Folders that hold no sources of ours, wherever they stand.
const SKIPPED: &[&str] =
    &[".git", "target", "out", "__pycache__", ".venv", "node_modules", "corpus", "artifacts"];

/// A file larger than this is data, not text; its text is left out.
const TEXT_BYTES_MAX: u64 = 2 << 20;

/// Every file under a root, by its path relative to that root, with `/` between folders.
#[derive(Debug, Default)]
pub struct Tree {
    /// The text, or `None` where the file is not text.
    files: BTreeMap<String, Option<String>>,
}

impl Tree {
    /// Reads the checkout at `root`.
    ///
    /// # Errors
    /// A folder or file that cannot be read.
    pub fn read(root: &Path) -> io::Result<Self> {
        let mut tree = Self::default();
        tree.read_folder(root, "")?;
        Ok(tree)
    }

    /// A tree of (path, text) for a test.
    #[cfg(test)]
    pub fn made_up(files: &[(&str, &str)]) -> Self {
        let files = files.iter().map(|&(path, text)| (path.to_owned(), Some(text.to_owned()))).collect();
        Self { files }
    }

    /// Path and text of every text file.
    pub fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().filter_map(|(path, text)| Some((path.as_str(), text.as_deref()?)))
    }

    /// Path and masked text of every Rust file.
    pub fn rust_files(&self) -> impl Iterator<Item = (&str, Source)> {
        self.texts().filter(|(path, _)| path.ends_with(".rs")).map(|(path, text)| (path, Source::mask(text)))
    }

    /// The text of one file.
    pub fn text(&self, path: &str) -> Option<&str> {
        self.files.get(path)?.as_deref()
    }

    /// Whether there is such a file, or a folder with a file in it.
    pub fn has(&self, path: &str) -> bool {
        let folder = format!("{path}/");
        path.is_empty()
            || self.files.contains_key(path)
            || self.files.range(folder.clone()..).next().is_some_and(|(first, _)| first.starts_with(&folder))
    }

    fn read_folder(&mut self, root: &Path, folder: &str) -> io::Result<()> {
        for entry in fs::read_dir(root.join(folder))? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
            let kind = entry.file_type()?;
            // Skipped whatever they are: in a second work tree `.git` is a file.
            if SKIPPED.contains(&name.as_str()) {
                continue;
            }
            if kind.is_dir() {
                self.read_folder(root, &path)?;
            } else if kind.is_file() {
                let text = read_text(&entry.path(), entry.metadata()?.len())?;
                self.files.insert(path, text);
            }
        }
        Ok(())
    }
}

fn read_text(path: &Path, size_bytes: u64) -> io::Result<Option<String>> {
    if size_bytes > TEXT_BYTES_MAX {
        return Ok(None);
    }
    Ok(String::from_utf8(fs::read(path)?).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_there_when_a_file_in_it_is() {
        let tree = Tree::made_up(&[("docs/guide/a.md", ""), ("docs-old.md", "")]);
        assert!(tree.has("docs") && tree.has("docs/guide") && tree.has("docs/guide/a.md"));
        assert!(!tree.has("doc") && !tree.has("docs/guide/b.md"));
    }

    #[test]
    fn this_repository_is_read_without_its_target_folder() {
        let tree = Tree::read(&crate::repository_root()).unwrap();
        assert!(tree.text("xtask/src/tidy/tree.rs").unwrap().contains("fn this_repository_is_read"));
        assert!(!tree.has("target") && !tree.has(".git"));
    }
}
