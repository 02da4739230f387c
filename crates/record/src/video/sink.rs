//! The sink: frames in the order of their results, one video.

use std::fmt::Display;
use std::io;

use ocelli_draw::{Canvas, Painter};
use ocelli_frame::{ColorSpace, Size};
use ocelli_pipeline::{Delivery, Demand, Sink, SinkError};
use ocelli_report::RunLabels;

use super::encoder::{H264Encoder, SIZES, coded_size};
use super::times::Times;
use crate::Destination;
use crate::mp4::{Film, Sample, TICKS_PER_SECOND, Track};
use crate::output::{open_error, without_pixels, write_error};

/// A picture that can be read by itself comes at least this often, for players that search.
const KEY_TICKS: u64 = 2 * TICKS_PER_SECOND as u64;
const KEY_FRAMES: u32 = 250;

/// Writes annotated video.
pub struct VideoSink {
    name: String,
    destination: Destination,
    painter: Painter,
    film: Film,
    times: Times,
    /// From the first frame on.
    encoder: Option<H264Encoder>,
    size: Size,
    color: ColorSpace,
    /// The frame that is encoded, until it is known how long it is shown: its bytes, and whether it stands by itself.
    pending: Option<(usize, bool)>,
    frames: u64,
    key_at: u64,
    frames_since_key: u32,
    has_failed: bool,
}

impl VideoSink {
    /// Opens `destination`. What an older run left in it goes when the first frame comes.
    ///
    /// # Errors
    /// Where it cannot be written to, and where a run has several sources.
    pub fn create(name: &str, destination: Destination, labels: &RunLabels) -> Result<Self, SinkError> {
        if let [first, second, ..] = &labels.sources[..] {
            return Err(SinkError::new(
                format!("{name}: one video cannot show both {first} and {second}"),
                "run the sources one by one, each to its own video, or write images:DIR",
            ));
        }
        let film = Film::open(&destination).map_err(|error| open_error(&destination, &error))?;
        Ok(Self {
            name: name.to_owned(),
            destination,
            painter: Painter::new(labels.classes.clone()),
            film,
            times: Times::default(),
            encoder: None,
            size: Size::default(),
            color: ColorSpace::BT601_FULL,
            pending: None,
            frames: 0,
            key_at: 0,
            frames_since_key: 0,
            has_failed: false,
        })
    }

    fn write_frame(&mut self, delivery: &Delivery) -> Result<(), SinkError> {
        let frame = delivery.frame.as_ref().ok_or_else(|| without_pixels(&self.name))?;
        let canvas = self.painter.paint(frame, &delivery.result.predictions);
        let place = Place { destination: &self.destination, frame: self.frames };
        let encoder = match &mut self.encoder {
            Some(encoder) if canvas.size() == self.size && canvas.color() == self.color => encoder,
            Some(_) => return Err(place.another_picture(canvas, self.size)),
            None => {
                (self.size, self.color) = (canvas.size(), canvas.color());
                coded_size(self.size).ok_or_else(|| place.no_such_size(self.size))?;
                let encoder = H264Encoder::new(self.color).map_err(|error| place.not_encoded(&error))?;
                self.encoder.insert(encoder)
            }
        };

        let (ticks, previous_duration) = self.times.next(&delivery.result);
        if let (Some(ticks), Some(sample)) = (previous_duration, self.pending.take()) {
            self.film.push(shown(sample, ticks)).map_err(|error| place.not_written(&error))?;
        }
        let force_key = ticks - self.key_at >= KEY_TICKS || self.frames_since_key >= KEY_FRAMES;
        let before = self.film.data().len();
        let encoded = encoder.encode(canvas, force_key, self.film.data());
        let bytes = self.film.data().len() - before;
        let is_key = match encoded {
            Ok(is_key) if bytes > 0 => is_key,
            Ok(_) => return Err(place.not_encoded(&"the encoder gave nothing")),
            Err(error) => {
                self.film.data().truncate(before);
                return Err(place.not_encoded(&error));
            }
        };
        if is_key {
            (self.key_at, self.frames_since_key) = (ticks, 0);
        }
        self.frames_since_key += 1;

        if !self.film.has_begun() {
            let size = coded_size(self.size).unwrap_or_default();
            let (sps, pps) = (encoder.sps.clone(), encoder.pps.clone());
            let track = Track { size, color: self.color, sps, pps };
            self.film.begin(track).map_err(|error| place.not_written(&error))?;
        }
        self.pending = Some((bytes, is_key));
        self.frames += 1;
        Ok(())
    }
}

impl Sink for VideoSink {
    fn name(&self) -> &str {
        &self.name
    }

    fn demand(&self) -> (Demand, bool) {
        (Demand::Every, true)
    }

    fn write(&mut self, delivery: &Delivery) -> Result<(), SinkError> {
        let written = self.write_frame(delivery);
        self.has_failed |= written.is_err();
        written
    }

    /// Also after an error the frames before it become a film, where the disk allows.
    fn finish(&mut self) -> Result<(), SinkError> {
        let last = self.pending.take().map(|sample| shown(sample, self.times.last_duration()));
        let pushed = last.map_or(Ok(()), |sample| self.film.push(sample));
        let finished = pushed.and_then(|()| self.film.finish());
        if self.has_failed {
            // It has been said what went wrong; the fragments are whole without this.
            return Ok(());
        }
        let place = Place { destination: &self.destination, frame: self.frames };
        finished.map_err(|error| place.not_written(&error))
    }
}

fn shown((bytes, is_key): (usize, bool), ticks: u32) -> Sample {
    Sample { ticks, bytes: bytes as u32, is_key }
}

/// Where something went wrong.
struct Place<'a> {
    destination: &'a Destination,
    frame: u64,
}

impl Place<'_> {
    fn not_written(&self, error: &io::Error) -> SinkError {
        write_error(self.destination, &format!("frame {}", self.frame), error)
    }

    fn not_encoded(&self, error: &dyn Display) -> SinkError {
        SinkError::new(
            format!("{}: frame {}: it cannot be encoded as H.264: {error}", self.destination, self.frame),
            "write images:DIR instead; this is worth a report",
        )
    }

    fn no_such_size(&self, size: Size) -> SinkError {
        SinkError::new(
            format!("{}: a video has pictures of {SIZES}, not {size}", self.destination),
            "write images:DIR instead",
        )
    }

    fn another_picture(&self, canvas: &Canvas, size: Size) -> SinkError {
        let what = match canvas.size() == size {
            true => "other colour numbers than those before".to_owned(),
            false => format!("{}, and those before {size}", canvas.size()),
        };
        SinkError::new(
            format!("{}: frame {} has {what}: one video has one size", self.destination, self.frame),
            "write images:DIR instead, or run what differs apart",
        )
    }
}
