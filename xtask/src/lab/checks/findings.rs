//! What a scenario left in its folder.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::lab::pictures::{Decoded, decode};

/// The folder, read by name.
pub struct Findings<'a> {
    pub folder: &'a Path,
}

impl Findings<'_> {
    pub fn text(&self, name: &str) -> Result<String, String> {
        fs::read_to_string(self.folder.join(name)).map_err(|error| format!("{name}: {error}"))
    }

    pub fn json(&self, name: &str) -> Result<Value, String> {
        serde_json::from_str(&self.text(name)?).map_err(|error| format!("{name}: {error}"))
    }

    pub fn json_lines(&self, name: &str) -> Result<Vec<Value>, String> {
        let text = self.text(name)?;
        let lines = text.lines().map(serde_json::from_str).collect::<Result<_, _>>();
        lines.map_err(|error| format!("{name}: {error}"))
    }

    /// A JPEG.
    pub fn picture(&self, name: &str) -> Result<Decoded, String> {
        let jpeg = fs::read(self.folder.join(name)).map_err(|error| format!("{name}: {error}"))?;
        decode(&jpeg).map_err(|why| format!("{name}: {why}"))
    }

    /// The JPEGs of the sink `images:NAME`, each with the sequence number of its frame.
    pub fn pictures(&self, name: &str) -> Result<Vec<(u32, Decoded)>, String> {
        let entries = fs::read_dir(self.folder.join(name)).map_err(|error| format!("{name}: {error}"))?;
        let mut files: Vec<_> =
            entries.flatten().filter_map(|entry| entry.file_name().into_string().ok()).collect();
        files.sort();
        let numbered = files.iter().map(|file| {
            // video0-000012.jpg
            let number = file.rsplit_once('-').and_then(|(_, end)| end.strip_suffix(".jpg")?.parse().ok());
            let number = number.ok_or_else(|| format!("{name}/{file} has no number"))?;
            Ok((number, self.picture(&format!("{name}/{file}"))?))
        });
        numbered.collect()
    }
}

/// Says what is wrong where it does not hold.
pub fn ensure(holds: bool, what: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(what()) }
}
