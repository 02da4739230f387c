//! `images:DIR`: a JPEG for every result, with what was found drawn onto it.

use std::fmt::Write;

use ocelli_draw::{Painter, write_jpeg};
use ocelli_pipeline::{Delivery, Demand, Sink, SinkError};
use ocelli_report::RunLabels;

use crate::Destination;
use crate::folder::Folder;
use crate::output::without_pixels;

/// Of the JPEGs, 1..=100.
const QUALITY: u8 = 90;

/// Writes annotated pictures.
#[derive(Debug)]
pub struct ImagesSink {
    name: String,
    folder: Folder,
    painter: Painter,
    jpeg: Vec<u8>,
}

impl ImagesSink {
    /// Makes the folder where it is missing.
    ///
    /// # Errors
    /// Where that cannot be.
    pub fn create(name: &str, destination: &Destination, labels: &RunLabels) -> Result<Self, SinkError> {
        Ok(Self {
            name: name.to_owned(),
            folder: Folder::create(destination, labels)?,
            painter: Painter::new(labels.classes.clone()),
            jpeg: Vec::new(),
        })
    }
}

impl Sink for ImagesSink {
    fn name(&self) -> &str {
        &self.name
    }

    fn demand(&self) -> (Demand, bool) {
        (Demand::Every, true)
    }

    fn write(&mut self, delivery: &Delivery) -> Result<(), SinkError> {
        let frame = delivery.frame.as_ref().ok_or_else(|| without_pixels(&self.name))?;
        let canvas = self.painter.paint(frame, &delivery.result.predictions);
        self.jpeg.clear();
        write_jpeg(&mut self.jpeg, canvas, QUALITY).map_err(|error| {
            let place = delivery.result.name.as_deref().unwrap_or("a frame");
            SinkError::new(format!("{}: {place}: {error}", self.name), "scale the pictures down first")
        })?;
        self.folder.replace(&delivery.result, write_name, &self.jpeg)
    }

    fn finish(&mut self) -> Result<(), SinkError> {
        Ok(())
    }
}

/// `bus.jpg`, `map.png.jpg`, `clip-000123.jpg`.
fn write_name(name: &mut String, picture: Option<&str>, source: &str, sequence: u64) {
    let written = match picture {
        Some(picture) => {
            let end = picture.rsplit_once('.').map_or("", |(_, end)| end);
            let is_jpeg = ["jpg", "jpeg"].iter().any(|known| end.eq_ignore_ascii_case(known));
            write!(name, "{picture}{}", if is_jpeg { "" } else { ".jpg" })
        }
        None => write!(name, "{source}-{sequence:06}.jpg"),
    };
    written.expect("memory takes text");
}
