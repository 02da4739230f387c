//! `jsonl:PATH`: a line of JSON for every result, each written whole and at once.
//!
//! A line is one `write`, to a file as to a pipe: a reader sees every result as soon as it is there, and a process that
//! is killed leaves no half line but perhaps the last. Its cost, a microsecond or two, falls on the sink's own thread.

use std::fs::File;
use std::io::{self, Write};
use std::sync::Arc;

use ocelli_pipeline::{Delivery, Demand, Sink, SinkError};
use ocelli_report::{RunLabels, write_line};

use crate::Destination;
use crate::output::{is_regular, open_error, write_error};

/// Room for a line with some 40 detections, before the buffer grows once.
const LINE_BYTES: usize = 4096;

/// Writes results as lines of JSON.
#[derive(Debug)]
pub struct JsonlSink {
    name: String,
    destination: Destination,
    file: File,
    /// A file of our own, whose length we know and may set.
    is_regular: bool,
    labels: Arc<RunLabels>,
    line: Vec<u8>,
    lines: u64,
    /// Bytes of whole lines.
    bytes: u64,
}

impl JsonlSink {
    /// Opens `destination`. What an older run left in it goes when the first line comes, or at the end.
    ///
    /// # Errors
    /// Where it cannot be opened for writing.
    pub fn create(name: &str, destination: Destination, labels: Arc<RunLabels>) -> Result<Self, SinkError> {
        let file = destination.open().map_err(|error| open_error(&destination, &error))?;
        let is_regular = matches!(destination, Destination::Path(_)) && is_regular(&file);
        Ok(Self {
            name: name.to_owned(),
            destination,
            file,
            is_regular,
            labels,
            line: Vec::with_capacity(LINE_BYTES),
            lines: 0,
            bytes: 0,
        })
    }

    /// An older run's lines are cut off before the first of this one.
    fn write_line(&mut self) -> io::Result<()> {
        if self.lines == 0 {
            self.cut()?;
        }
        self.file.write_all(&self.line)
    }

    /// Leaves the whole lines written so far, and nothing behind them.
    fn cut(&self) -> io::Result<()> {
        if self.is_regular { self.file.set_len(self.bytes) } else { Ok(()) }
    }
}

impl Sink for JsonlSink {
    fn name(&self) -> &str {
        &self.name
    }

    fn demand(&self) -> (Demand, bool) {
        (Demand::Every, false)
    }

    fn write(&mut self, delivery: &Delivery) -> Result<(), SinkError> {
        self.line.clear();
        write_line(&mut self.line, &self.labels, &delivery.result);
        if let Err(error) = self.write_line() {
            let place = format!("line {}", self.lines + 1);
            return Err(write_error(&self.destination, &place, &error));
        }
        self.lines += 1;
        self.bytes += self.line.len() as u64;
        Ok(())
    }

    /// After an error this takes half a line away again, where there is one.
    fn finish(&mut self) -> Result<(), SinkError> {
        self.cut().map_err(|error| write_error(&self.destination, "its end", &error))
    }
}
