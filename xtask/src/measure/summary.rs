//! The file that `ocelli run --summary` writes, for as long as a measurement needs it.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::error::ChoreError;

/// A place in the temporary folder, emptied when it goes out of scope.
#[derive(Debug)]
pub struct SummaryFile {
    path: PathBuf,
}

impl SummaryFile {
    /// A path that no other process takes; nothing is written yet.
    pub fn new() -> Self {
        Self { path: std::env::temp_dir().join(format!("ocelli-measure-{}.json", std::process::id())) }
    }

    /// What to give to `--summary`.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The number `field` of what the last run wrote.
    ///
    /// # Errors
    /// No file, or one without that number.
    pub fn number(&self, field: &str) -> Result<f64, ChoreError> {
        self.read()?
            .get(field)
            .and_then(Value::as_f64)
            .ok_or_else(|| self.broken(format!("no number `{field}`")))
    }

    /// How many results the last run had, of all sources.
    ///
    /// # Errors
    /// No file, or one without sources.
    pub fn results(&self) -> Result<f64, ChoreError> {
        let summary = self.read()?;
        let sources = summary["sources"].as_object().ok_or_else(|| self.broken("no `sources`".to_owned()))?;
        Ok(sources.values().filter_map(|source| source["emitted"].as_f64()).sum())
    }

    /// All that the last run wrote.
    ///
    /// # Errors
    /// No file, or one that is no JSON.
    pub fn read(&self) -> Result<Value, ChoreError> {
        let text = fs::read_to_string(&self.path).map_err(|error| self.broken(error.to_string()))?;
        serde_json::from_str(&text).map_err(|error| self.broken(error.to_string()))
    }

    fn broken(&self, error: String) -> ChoreError {
        ChoreError::new(format!("summary {}: {error}", self.path.display()), "run the command line by hand")
    }
}

impl Drop for SummaryFile {
    fn drop(&mut self) {
        // Best effort: a file left in the temporary folder is no reason to lose the figures.
        let _ = fs::remove_file(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_and_the_file_goes() {
        let summary = SummaryFile::new();
        assert!(summary.number("fps").is_err());
        let text = r#"{"v":1,"fps":10.5,"sources":{"a":{"emitted":3},"b":{"emitted":4}}}"#;
        fs::write(summary.path(), text).unwrap();
        assert_eq!((summary.number("fps").unwrap(), summary.results().unwrap()), (10.5, 7.0));
        assert!(summary.number("age").is_err());
        let path = summary.path().to_path_buf();
        drop(summary);
        assert!(!path.exists());
    }
}
