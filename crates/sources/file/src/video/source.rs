//! [`Source`] for a video file: one step at a time, a picture when it is due.

use std::fs::{self, File};
use std::mem;
use std::path::Path;
use std::time::Duration;

use ocelli_capture::{Next, OpenOptions, Pace, Pacer, Source, SourceError, SourceErrorKind, SourceInfo};
use ocelli_frame::{ClockKind, ColorSpace, Filling, FrameInfo, PixelFormat, Timestamp};

use super::decoder::{H264Decoder, Picture};
use super::stream::{Loaded, SampleStream, no_decoder};
use super::times::PendingTimes;
use crate::errors::{corrupt, io_error, unsupported};
use crate::limits::check_size;
use crate::mp4::VideoTrack;
use crate::slots::Slots;

/// A video file that is being played.
pub(crate) struct VideoSource {
    info: SourceInfo,
    stream: SampleStream,
    decoder: H264Decoder,
    times: PendingTimes,
    slots: Slots,
    pacer: Pacer,
    options: OpenOptions,
    step: Step,
    /// Of the pictures that come out now.
    color: ColorSpace,
    /// Of the sample in the packet, once the decoder has been drained for it.
    next_color: Option<ColorSpace>,
    /// Media time of the first picture of this round, and of the last picture of all.
    round_start_ns: u64,
    last_media_ns: Option<u64>,
    /// Pictures of all rounds, and of this one.
    pictures: u64,
    pictures_in_round: u64,
    /// Taken for the next picture.
    empty: Option<Filling>,
    /// A picture that is not due yet.
    ready: Option<(Filling, FrameInfo)>,
}

/// What is done next.
enum Step {
    /// Read a sample into the packet.
    Load,
    /// Give the packet to the decoder.
    Feed { ticks: i64, has_picture: bool },
    /// Take the pictures that the decoder holds back, then go on.
    Drain(AfterDrain),
    /// No more.
    Ended,
}

enum AfterDrain {
    /// Feed the packet, which comes with other parameters.
    Feed { ticks: i64, has_picture: bool },
    /// Start again or end.
    End,
    /// What was wrong with a sample.
    Fail(SourceError),
}

impl VideoSource {
    pub fn open(path: &Path, options: &OpenOptions) -> Result<Self, SourceError> {
        let (file, file_bytes) = open_file(path)?;
        let track = VideoTrack::read(&file, path, file_bytes)?;
        let stream = SampleStream::new(file, path.to_owned(), file_bytes, track);
        let announced = stream.announced_sps()?;
        let size = announced.map_or(stream.track().descriptions[0].size, |sps| sps.size);
        let color = announced.map_or(ColorSpace::assumed_for(size), |sps| sps.color);
        let mut slots = Slots::new(options.readers);
        slots.fit(path, FrameInfo::packed_bytes(PixelFormat::I420, size))?;
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        let own_fps = stream.track().fps();
        let fps = if options.pace == Pace::Live { options.fps.or(own_fps) } else { own_fps };
        let frames = (stream.is_whole() && !options.looped).then_some(stream.track().samples.len() as u64);
        Ok(Self {
            info: SourceInfo { name, size: Some(size), fps, frames, pace: options.pace },
            stream,
            decoder: H264Decoder::new().map_err(|error| no_decoder(&error))?,
            times: PendingTimes::new(),
            slots,
            pacer: Pacer::new(options),
            options: options.clone(),
            step: Step::Load,
            color,
            next_color: None,
            round_start_ns: 0,
            last_media_ns: None,
            pictures: 0,
            pictures_in_round: 0,
            empty: None,
            ready: None,
        })
    }

    /// Decodes up to the next picture; `None` at the end.
    fn decode(&mut self, mut slot: Filling) -> Result<Option<(Filling, FrameInfo)>, SourceError> {
        loop {
            match mem::replace(&mut self.step, Step::Ended) {
                Step::Ended => {
                    self.empty = Some(slot);
                    return Ok(None);
                }
                Step::Load => self.step = self.load(),
                Step::Feed { ticks, has_picture } => {
                    self.step = Step::Load;
                    if has_picture && !self.times.push(ticks) {
                        return Err(self
                            .stream
                            .corrupt_sample("the decoder takes samples and gives no pictures"));
                    }
                    match self.decoder.feed(self.stream.packet()) {
                        Ok(None) => {}
                        Ok(Some(picture)) => {
                            let info =
                                place(&picture, &mut slot, &mut self.slots, self.color, &self.info.name)?;
                            return self.date(slot, info).map(Some);
                        }
                        Err(error) => {
                            self.times.forget(ticks);
                            let error = self.stream.corrupt_sample(format!("it cannot be decoded ({error})"));
                            self.step = Step::Drain(AfterDrain::Fail(error));
                        }
                    }
                }
                Step::Drain(after) => {
                    if let Ok(Some(picture)) = self.decoder.drain() {
                        self.step = Step::Drain(after);
                        let info = place(&picture, &mut slot, &mut self.slots, self.color, &self.info.name)?;
                        return self.date(slot, info).map(Some);
                    }
                    self.step = self.drained(after)?;
                }
            }
        }
    }

    fn load(&mut self) -> Step {
        match self.stream.load() {
            Ok(Loaded::Sample { ticks, has_picture, new_sps: None }) => Step::Feed { ticks, has_picture },
            Ok(Loaded::Sample { ticks, has_picture, new_sps: Some(sps) }) => {
                self.next_color = Some(sps.color);
                Step::Drain(AfterDrain::Feed { ticks, has_picture })
            }
            Ok(Loaded::End) => Step::Drain(AfterDrain::End),
            Err(error) => Step::Drain(AfterDrain::Fail(error)),
        }
    }

    /// The decoder is empty: what now.
    fn drained(&mut self, after: AfterDrain) -> Result<Step, SourceError> {
        let missing = self.times.len();
        match after {
            AfterDrain::Fail(error) => Err(error),
            _ if missing > 0 => {
                self.times.clear();
                let what = format!("{missing} pictures up to here never came out of the decoder");
                Err(self.stream.corrupt_sample(what))
            }
            AfterDrain::Feed { ticks, has_picture } => {
                self.decoder.restart().map_err(|error| no_decoder(&error))?;
                self.color = self.next_color.take().unwrap_or(self.color);
                Ok(Step::Feed { ticks, has_picture })
            }
            AfterDrain::End if self.pictures_in_round == 0 => {
                Err(self.stream.corrupt_sample("no picture came out of the decoder"))
            }
            AfterDrain::End if self.options.looped => {
                let track = self.stream.track();
                let round_ns = track.nanoseconds(track.duration_ticks).max(1);
                self.round_start_ns = self.round_start_ns.saturating_add(round_ns);
                self.pictures_in_round = 0;
                self.decoder.restart().map_err(|error| no_decoder(&error))?;
                self.stream.rewind();
                Ok(Step::Load)
            }
            AfterDrain::End => Ok(Step::Ended),
        }
    }

    /// Gives a decoded picture its number and its time.
    fn date(&mut self, slot: Filling, mut info: FrameInfo) -> Result<(Filling, FrameInfo), SourceError> {
        let Some(ticks) = self.times.pop() else {
            return Err(self.stream.corrupt_sample("more pictures come out of the decoder than went in"));
        };
        let media_ns = self.round_start_ns.saturating_add(self.stream.track().nanoseconds(ticks));
        // Files with two pictures at one time exist; time goes on all the same.
        let media_ns = self.last_media_ns.map_or(media_ns, |last| media_ns.max(last.saturating_add(1)));
        self.last_media_ns = Some(media_ns);
        info.media_time_ns = Some(media_ns);
        info.source = self.options.source;
        info.sequence = self.pictures;
        self.pictures += 1;
        self.pictures_in_round += 1;
        Ok((slot, info))
    }

    /// When the picture is shown, from the start of play.
    fn play_time_ns(&self, info: &FrameInfo) -> u64 {
        match self.options.fps {
            Some(fps) if fps > 0.0 => (info.sequence as f64 * 1e9 / fps) as u64,
            _ => info.media_time_ns.unwrap_or(0),
        }
    }

    fn next_picture(&mut self, timeout: Duration) -> Result<Next, SourceError> {
        if self.ready.is_none() {
            if matches!(self.step, Step::Ended) {
                return Ok(Next::Ended);
            }
            let slot = match self.empty.take() {
                Some(slot) => slot,
                None => match self.slots.acquire(timeout) {
                    Some(slot) => slot,
                    None => return Ok(Next::TimedOut),
                },
            };
            self.ready = self.decode(slot)?;
        }
        let Some((slot, mut info)) = self.ready.take() else { return Ok(Next::Ended) };
        let Some(captured) = self.pacer.wait(self.play_time_ns(&info), timeout) else {
            self.ready = Some((slot, info));
            return Ok(Next::TimedOut);
        };
        info.captured = captured;
        let frame = slot.publish(info).map_err(|error| self.stream.corrupt_sample(error))?;
        Ok(Next::Frame(frame))
    }
}

impl Source for VideoSource {
    fn info(&self) -> &SourceInfo {
        &self.info
    }

    fn next(&mut self, timeout: Duration) -> Result<Next, SourceError> {
        let next = self.next_picture(timeout);
        if next.is_err() {
            self.step = Step::Ended;
        }
        next
    }
}

/// Copies a picture into the slot, or into the first of a larger pool where it does not fit.
fn place(
    picture: &Picture<'_>,
    slot: &mut Filling,
    slots: &mut Slots,
    color: ColorSpace,
    name: &str,
) -> Result<FrameInfo, SourceError> {
    let size = picture.size();
    check_size(name, size)?;
    if !(size.width.is_multiple_of(2) && size.height.is_multiple_of(2)) {
        let what = format!("{name}: decoded pictures of {size}, which 4:2:0 cannot be");
        return Err(SourceError::new(SourceErrorKind::Corrupt, what, "write the file again"));
    }
    let bytes = FrameInfo::packed_bytes(PixelFormat::I420, size);
    if bytes > slot.bytes_mut().len() {
        *slot = slots.grow(Path::new(name), bytes)?;
    }
    Ok(picture.copy_to(slot.bytes_mut(), color, Timestamp { ns: 0, clock: ClockKind::Read }))
}

/// Opens a regular file that is not empty.
fn open_file(path: &Path) -> Result<(File, u64), SourceError> {
    // Asked before it is opened: to open a named pipe would wait for its writer.
    let metadata = fs::metadata(path).map_err(|error| io_error(path, &error))?;
    if metadata.is_dir() {
        return Err(unsupported(path, "a folder, not a video", "give a file in it, or a folder of pictures"));
    }
    if !metadata.is_file() {
        return Err(unsupported(path, "not a regular file", "video is read from files"));
    }
    if metadata.len() == 0 {
        return Err(corrupt(path, 0, "the file is empty"));
    }
    let file = File::open(path).map_err(|error| io_error(path, &error))?;
    Ok((file, metadata.len()))
}
