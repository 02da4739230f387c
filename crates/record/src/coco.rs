//! `coco:PATH`: what was found, as one array of COCO results.
//!
//! The array is written as it grows, into `PATH.partial`, and becomes `PATH` when it is complete: a run that is killed
//! leaves the older file as it was.

use ocelli_pipeline::{Delivery, Demand, Sink, SinkError};
use ocelli_report::CocoArray;

use crate::Destination;
use crate::output::{open_error, write_error};
use crate::replace::Replacement;

/// Bytes gathered before they are written.
const CHUNK_BYTES: usize = 64 * 1024;
/// Room for the entries of one result, on top of a chunk that is nearly full.
const RESULT_BYTES: usize = 32 * 1024;

/// Writes what was found as COCO results.
#[derive(Debug)]
pub struct CocoSink {
    name: String,
    destination: Destination,
    replacement: Replacement,
    array: CocoArray,
    chunk: Vec<u8>,
    results: u64,
    has_failed: bool,
}

impl CocoSink {
    /// Opens `destination`, or what stands for it until the end.
    ///
    /// # Errors
    /// Where it cannot be written to.
    pub fn create(name: &str, destination: Destination) -> Result<Self, SinkError> {
        let replacement =
            Replacement::create(&destination).map_err(|error| open_error(&destination, &error))?;
        Ok(Self {
            name: name.to_owned(),
            destination,
            replacement,
            array: CocoArray::default(),
            chunk: Vec::with_capacity(CHUNK_BYTES + RESULT_BYTES),
            results: 0,
            has_failed: false,
        })
    }

    fn write_chunk(&mut self) -> Result<(), SinkError> {
        let written = self.replacement.write_all(&self.chunk);
        self.chunk.clear();
        written.map_err(|error| self.failed(&error))
    }

    fn failed(&mut self, error: &std::io::Error) -> SinkError {
        self.has_failed = true;
        let place = format!("result {}", self.results);
        match self.replacement.partial() {
            Some(partial) => write_error(&partial.display(), &place, error),
            None => write_error(&self.destination, &place, error),
        }
    }
}

impl Sink for CocoSink {
    fn name(&self) -> &str {
        &self.name
    }

    fn demand(&self) -> (Demand, bool) {
        (Demand::Every, false)
    }

    fn write(&mut self, delivery: &Delivery) -> Result<(), SinkError> {
        self.results += 1;
        self.array.append(&mut self.chunk, &delivery.result);
        if self.chunk.len() >= CHUNK_BYTES { self.write_chunk() } else { Ok(()) }
    }

    /// After an error the array is not complete, and takes nobody's place.
    fn finish(&mut self) -> Result<(), SinkError> {
        if self.has_failed {
            return Ok(());
        }
        self.array.end(&mut self.chunk);
        self.write_chunk()?;
        self.replacement.commit().map_err(|error| self.failed(&error))
    }
}
