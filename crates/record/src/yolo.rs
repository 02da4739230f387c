//! `yolo:DIR`: a text file for every result, as YOLO reads labels.

use std::fmt::Write;
use std::sync::Arc;

use ocelli_pipeline::{Delivery, Demand, Sink, SinkError};
use ocelli_report::{RunLabels, write_yolo};

use crate::Destination;
use crate::folder::Folder;

/// Writes label files.
#[derive(Debug)]
pub struct YoloSink {
    name: String,
    folder: Folder,
    labels: Arc<RunLabels>,
    text: Vec<u8>,
}

impl YoloSink {
    /// Makes the folder where it is missing.
    ///
    /// # Errors
    /// Where that cannot be.
    pub fn create(name: &str, destination: &Destination, labels: Arc<RunLabels>) -> Result<Self, SinkError> {
        let folder = Folder::create(destination, &labels)?;
        Ok(Self { name: name.to_owned(), folder, labels, text: Vec::new() })
    }
}

impl Sink for YoloSink {
    fn name(&self) -> &str {
        &self.name
    }

    fn demand(&self) -> (Demand, bool) {
        (Demand::Every, false)
    }

    /// Where nothing was found the file is empty: it replaces what an older run may have found.
    fn write(&mut self, delivery: &Delivery) -> Result<(), SinkError> {
        self.text.clear();
        write_yolo(&mut self.text, &self.labels, &delivery.result);
        self.folder.replace(&delivery.result, write_name, &self.text)
    }

    fn finish(&mut self) -> Result<(), SinkError> {
        Ok(())
    }
}

/// `bus.txt`, `clip_123.txt`.
fn write_name(name: &mut String, picture: Option<&str>, source: &str, sequence: u64) {
    let written = match picture {
        Some(picture) => {
            let stem = picture.rsplit_once('.').map_or(picture, |(stem, _)| stem);
            write!(name, "{}.txt", if stem.is_empty() { picture } else { stem })
        }
        None => write!(name, "{source}_{sequence}.txt"),
    };
    written.expect("memory takes text");
}
