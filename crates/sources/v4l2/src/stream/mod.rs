//! Buffers between the driver, the pool and its readers. The rule of the house stands here: **a buffer is queued only
//! when nobody reads it.**
//!
//! Of every buffer it is known who has it: the driver (it is claimed, see `returns.rs`), a reader (the pool counts them),
//! or this stream, for the moment between. In steady state a picture takes three system calls: poll, DQBUF, and QBUF, which
//! its last reader makes.
//!
//! JPEGs are decoded here, once it is known that somebody wants them. Where the driver has buffers enough, a JPEG's own goes
//! back with the picture that was decoded from it: whoever lets go of that queues it, and not this thread.
//!
//! What is not here: what the pictures mean for a run, and what to do about a device that fails.

use std::sync::Arc;
use std::time::Duration;

use ocelli_capture::Lost;
use ocelli_frame::{Filling, Frame, FrameInfo, Pool};

use crate::jpeg::MotionJpeg;
use crate::picture::PictureLayout;
use crate::queue::{Queue, Ready};
use crate::returns::{OpenReturns, Returns};
use crate::sequence::Sequence;
use crate::spare::Spare;
use crate::sys::{Dequeued, Errno};

/// Buffers that the driver keeps at least while a picture is being read: with none it would have to throw pictures
/// away. Where handing out one more would leave fewer, the picture is copied instead.
const QUEUED_MIN: u32 = 1;

/// A stream of pictures.
#[derive(Debug)]
pub(crate) struct Stream<Q> {
    /// Which buffers are the driver's. The first to be dropped: while the queue ends, nobody may queue.
    returns: OpenReturns,
    queue: Q,
    layout: PictureLayout,
    /// Its slots are the driver's buffers.
    pool: Pool,
    spare: Spare,
    /// Where the driver gives JPEGs.
    jpeg: Option<MotionJpeg>,
    sequence: Sequence,
    /// One frame's time.
    interval_ns: u64,
    dequeued_last_ns: Option<u64>,
    lost: Lost,
    copied: u64,
}

/// What went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StreamError {
    /// An ioctl failed; which one.
    Failed(&'static str, Errno),
    /// The driver gave a buffer that it did not have.
    NotQueued(u32),
    /// It does not stream any more, and does not say why.
    Stopped,
    /// What it shows comes in another form now.
    Changed,
}

/// What a stream is made of.
pub(crate) struct StreamParts<Q> {
    pub queue: Q,
    pub layout: PictureLayout,
    pub pool: Pool,
    pub spare: Spare,
    /// The way that the pool's memory knows.
    pub returns: Arc<Returns>,
    pub interval_ns: u64,
}

impl<Q: Queue> Stream<Q> {
    /// A stream none of whose buffers is queued yet.
    pub fn new(parts: StreamParts<Q>) -> Self {
        let StreamParts { queue, layout, pool, spare, returns, interval_ns } = parts;
        Self {
            returns: OpenReturns(returns),
            queue,
            layout,
            pool,
            spare,
            jpeg: layout.is_jpeg.then(|| MotionJpeg::new(layout.size)),
            sequence: Sequence::default(),
            interval_ns,
            dequeued_last_ns: None,
            lost: Lost::default(),
            copied: 0,
        }
    }

    /// Gives the driver every buffer that nobody reads and nobody is about to queue.
    pub fn queue_all(&mut self) -> Result<(), StreamError> {
        let returns = &self.returns.0;
        // In this order: what is free now was claimed before it was free, if at all.
        let mut returned = self.pool.free_slots();
        returned &= !returns.claimed();
        while returned != 0 {
            let index = returned.trailing_zeros();
            returned &= returned - 1;
            if !returns.claim(index) {
                continue;
            }
            let Err(errno) = self.queue.queue(index) else { continue };
            returns.end_claim(index);
            // It is tried again with the next picture, of which there will be one as long as the driver has others.
            if errno != Errno::INVAL || returns.claimed() == 0 {
                return Err(StreamError::Failed("QBUF", errno));
            }
        }
        Ok(())
    }

    /// The next picture, waiting `timeout` at most; `None` where there is none yet. `info` makes what the frame carries of
    /// the driver's time (monotonic); its number and the places of its planes are set here. Where the caller comes back
    /// late, it gets the newest picture that there is.
    pub fn next(
        &mut self,
        timeout: Duration,
        now_ns: impl Fn() -> u64,
        info: impl FnOnce(Option<u64>) -> FrameInfo,
    ) -> Result<Option<Frame>, StreamError> {
        self.queue_all()?;
        let came_ns = now_ns();
        let is_late =
            self.dequeued_last_ns.is_some_and(|last_ns| came_ns.saturating_sub(last_ns) > self.interval_ns);
        let ready = self.queue.wait(timeout).map_err(|errno| StreamError::Failed("poll", errno))?;
        match ready {
            Ready::NotYet => return Ok(None),
            Ready::Changed => return Err(StreamError::Changed),
            Ready::Yes | Ready::Broken => {}
        }
        let Some(mut newest) = self.take()? else {
            return if ready == Ready::Broken { Err(StreamError::Stopped) } else { Ok(None) };
        };
        while let Some(newer) = if is_late { self.take()? } else { None } {
            if newest.is_whole {
                self.lost.superseded += 1;
            } else {
                self.lost.corrupt += 1;
            }
            newest = newer;
        }
        self.dequeued_last_ns = Some(now_ns());
        if !newest.is_whole {
            self.lost.corrupt += 1;
            drop(newest);
            self.queue_all()?;
            return Ok(None);
        }
        let info = info(newest.said.monotonic_ns);
        if self.layout.is_jpeg { self.decode(newest, info) } else { self.publish(newest, info).map(Some) }
    }

    /// From now on the driver fills buffers.
    pub fn start(&mut self) -> Result<(), StreamError> {
        self.queue.start().map_err(|errno| StreamError::Failed("STREAMON", errno))
    }

    /// The driver's queue alone. Its buffers are unmapped, those that are still read once they are not any more; memory of
    /// ours not before the queue has stopped.
    pub fn into_queue(self) -> Q {
        self.queue
    }

    /// One frame's time.
    pub fn interval_ns(&self) -> u64 {
        self.interval_ns
    }

    /// The first picture has at least this number.
    pub fn number_from(&mut self, number: u64) {
        self.sequence = Sequence::from(number);
    }

    /// The number that the next picture has at least.
    pub fn number_next(&self) -> u64 {
        self.sequence.next()
    }

    /// What was lost since this was asked last.
    pub fn take_lost(&mut self) -> Lost {
        std::mem::take(&mut self.lost)
    }

    /// Pictures that were copied because readers held too many buffers, since this was asked last.
    pub fn take_copied(&mut self) -> u64 {
        std::mem::take(&mut self.copied)
    }

    /// One filled buffer out of the driver's hands.
    fn take(&mut self) -> Result<Option<Filled>, StreamError> {
        let answer = self.queue.dequeue().map_err(|errno| StreamError::Failed("DQBUF", errno))?;
        let Some(said) = answer else { return Ok(None) };
        if !self.returns.0.end_claim(said.index) {
            return Err(StreamError::NotQueued(said.index));
        }
        let slot = self.pool.acquire_slot(said.index as usize).ok_or(StreamError::NotQueued(said.index))?;
        let place = self.sequence.place(said.sequence);
        self.lost.driver += place.lost;
        let is_whole = !said.is_corrupt && self.is_filled(&said);
        Ok(Some(Filled { slot, said, number: place.number, is_whole }))
    }

    /// Whether every piece of memory holds as many bytes as the picture needs. Some drivers leave the count at 0.
    fn is_filled(&self, said: &Dequeued) -> bool {
        let needed = self.layout.bytes_needed.iter().zip(&said.bytes_used).zip(&said.data_offset);
        needed.into_iter().all(|((needed, used), offset)| *used == 0 || *used >= needed + offset)
    }

    /// A JPEG as a picture in memory of ours. Its buffer goes back with the picture, or at once where the driver runs short
    /// or there is no picture.
    fn decode(&mut self, filled: Filled, mut info: FrameInfo) -> Result<Option<Frame>, StreamError> {
        let Filled { mut slot, said, number, .. } = filled;
        let decoded = match (&mut self.jpeg, self.spare.acquire()) {
            (Some(jpeg), Some(mut into)) => {
                let bytes = slot.bytes_mut();
                let used = said.data_offset[0].min(bytes.len())..said.bytes_used[0].min(bytes.len());
                let jpeg_bytes = bytes.get(used).unwrap_or_default();
                jpeg.decode(jpeg_bytes, into.bytes_mut()).ok().map(|()| into)
            }
            // There is a place for every frame that the run says it may hold, and one more.
            _ => None,
        };
        match &decoded {
            Some(into) if self.returns.0.claimed().count_ones() > QUEUED_MIN => self.spare.keep(slot, into),
            _ => {
                drop(slot);
                self.queue_all()?;
            }
        }
        let Some(into) = decoded else {
            self.lost.corrupt += 1;
            return Ok(None);
        };
        (info.sequence, info.planes) = (number, self.layout.planes);
        Ok(Some(into.publish(info).expect("it has room for what is decoded")))
    }

    fn publish(&mut self, filled: Filled, mut info: FrameInfo) -> Result<Frame, StreamError> {
        let Filled { slot, said, number, .. } = filled;
        info.sequence = number;
        info.planes = self.layout.planes;
        for plane in &mut info.planes[..self.layout.format.planes()] {
            plane.offset += said.data_offset[plane.region];
        }
        // A picture outside its buffer: the driver has changed its mind about sizes, or lies.
        let frame = slot.publish(info).map_err(|_| StreamError::NotQueued(said.index))?;
        if self.returns.0.claimed().count_ones() >= QUEUED_MIN {
            return Ok(frame);
        }
        let Some(copy) = self.spare.acquire() else { return Ok(frame) };
        let copy = copy_of(&frame, copy);
        self.copied += 1;
        drop(frame);
        self.queue_all()?;
        Ok(copy)
    }
}

/// A buffer that the driver has filled.
struct Filled {
    slot: Filling,
    said: Dequeued,
    number: u64,
    /// Neither damaged nor cut short.
    is_whole: bool,
}

/// The same picture in memory of our own.
fn copy_of(frame: &Frame, mut into: Filling) -> Frame {
    let mut info = frame.info().clone();
    let mut end = 0;
    for index in 0..info.format.planes() {
        let plane = frame.plane(index);
        into.bytes_mut()[end..][..plane.bytes.len()].copy_from_slice(plane.bytes);
        (info.planes[index].region, info.planes[index].offset) = (0, end);
        end += plane.bytes.len();
    }
    into.publish(info).expect("it has room for all planes of the stream's layout")
}

#[cfg(test)]
mod tests;
