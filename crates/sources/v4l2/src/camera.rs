//! A camera that can be opened again: the seam between the source and the devices of this machine, and the real one.
//!
//! Each opening is a generation: buffers of its own, mapped for as long as anybody reads them, and never queued again once
//! the generation is over.

use std::os::fd::AsFd;
use std::path::PathBuf;

use ocelli_capture::limits::check_size;
use ocelli_capture::{
    BufferMemory, DeviceFormat, DeviceUri, Export, OpenOptions, SourceError, SourceErrorKind,
};
use ocelli_frame::{ClockKind, FrameInfo, SourceIndex, Timestamp};

use self::memory::SlotMemory;
use crate::controls;
use crate::device::Device;
use crate::error::{no_signal, refused};
use crate::identity::Identity;
use crate::negotiate::{Granted, Wish, differences, negotiate};
use crate::picture::PictureLayout;
use crate::queue::{DeviceQueue, Queue};
use crate::spare::Spare;
use crate::stream::{Stream, StreamParts};
use crate::sys::{Fraction, MemoryType, Signal, follow_signal, subscribe_source_change};

/// Buffers where nobody asked for a number: one that is filled, one that is next, and two in readers' hands.
const BUFFERS: u32 = 4;
/// One frame's time where the driver does not tell.
const INTERVAL_NS: u64 = 100_000_000;

/// Where a source gets its streams from. Neither call starts the driver.
pub(crate) trait Camera: Send {
    /// What its streams stream from.
    type Queue: Queue;

    /// The camera, opened: the first time by its path, then by its identity.
    fn open(&mut self, generation: u32) -> Result<Session<Self::Queue>, SourceError>;

    /// The same device again, stopped and asked anew; `has_changed` where it shows something of another form.
    fn restart(
        &mut self,
        queue: Self::Queue,
        has_changed: bool,
        generation: u32,
    ) -> Result<Session<Self::Queue>, SourceError>;
}

/// One generation: a stream whose buffers are queued, and what there is to know of it.
pub(crate) struct Session<Q> {
    pub stream: Stream<Q>,
    /// What every frame carries.
    pub template: FrameInfo,
    /// Frames a second, where the driver tells.
    pub fps: Option<f64>,
    /// What was granted, and what of it differs from what was asked for.
    pub told: Vec<String>,
}

/// A device of this machine.
#[derive(Debug)]
pub(crate) struct DeviceCamera {
    path: PathBuf,
    /// What was asked for; once something was granted, that, so that a camera comes back as it was.
    wish: Wish,
    asked: Wish,
    buffers: Option<u32>,
    controls: Vec<(String, i64)>,
    /// Whether its buffers are to be dma-bufs.
    exports: bool,
    memory: MemoryType,
    source: SourceIndex,
    readers: usize,
    /// `None` before it was opened for the first time.
    identity: Option<Identity>,
}

impl DeviceCamera {
    pub fn new(uri: &DeviceUri, options: &OpenOptions) -> Self {
        let asked = Wish { size: uri.size, fps: uri.fps.or(options.fps), format: uri.format };
        Self {
            path: uri.path.clone(),
            wish: asked,
            asked,
            buffers: uri.buffers,
            controls: uri.controls.clone(),
            exports: uri.export == Some(Export::DmaBuf),
            memory: match uri.memory {
                None | Some(BufferMemory::Mmap) => MemoryType::Mmap,
                Some(BufferMemory::UserPtr) => MemoryType::UserPtr,
            },
            source: options.source,
            readers: options.readers,
            identity: None,
        }
    }

    /// The device under whatever name it has now. Of one that is there and does not open, why not.
    fn find(&self) -> Result<Device, SourceError> {
        let Some(identity) = &self.identity else { return Device::open(&self.path) };
        let mut obstacle = None;
        for place in identity.places(&self.path) {
            match Device::open(&place) {
                Ok(device) if identity.is(&place, &device.capability) => return Ok(device),
                Ok(_) => {}
                // Whatever else is there by that name now is not it.
                Err(error)
                    if matches!(error.kind(), SourceErrorKind::NotFound | SourceErrorKind::Unsupported) => {}
                Err(error) => obstacle = Some(error),
            }
        }
        Err(obstacle.unwrap_or_else(|| {
            let message = format!("{}: the camera is gone", self.path.display());
            SourceError::new(
                SourceErrorKind::Unplugged,
                message,
                "plug it in again; `dmesg` tells why it went",
            )
        }))
    }

    /// Buffers, mapped and queued, of a device that has none.
    fn set_up(
        &mut self,
        mut queue: DeviceQueue,
        generation: u32,
    ) -> Result<Session<DeviceQueue>, SourceError> {
        let device = queue.device();
        let (file, path) = (device.file.as_fd(), device.path.clone());
        match follow_signal(file).map_err(|errno| device.error("S_DV_TIMINGS", errno))? {
            Signal::Followed => {}
            Signal::None(errno) => return Err(no_signal(&path, errno)),
        }
        let granted =
            negotiate(device, &self.wish).map_err(|refusal| refused(device, &self.wish, refusal))?;
        let place = path.display().to_string();
        check_size(&place, granted.format.size)?;
        let controls = controls::apply(device, &place, &self.controls)?;
        let layout = PictureLayout::of(&granted.format).ok_or_else(|| {
            let message = format!(
                "{}: the planes of {} do not fit its buffers",
                path.display(),
                granted.format.four_cc
            );
            SourceError::new(SourceErrorKind::Unsupported, message, "try another format: `format=YUYV`")
        })?;
        let count = memory::request(&queue, self.buffers.unwrap_or(BUFFERS))?;
        let picture_bytes = layout.own_bytes();
        let too_large = || {
            let message = format!("{}: no room for copies of {picture_bytes} bytes", path.display());
            SourceError::new(SourceErrorKind::TooLarge, message, "let fewer frames wait at once")
        };
        let spare =
            Spare::new(self.readers.saturating_add(1), picture_bytes, generation).ok_or_else(too_large)?;
        let mut told = self.told(queue.device(), &granted, count);
        told.extend(controls);
        let fps = granted.interval.and_then(Fraction::fps);
        let interval_ns = fps.map_or(INTERVAL_NS, |fps| (1e9 / fps) as u64);
        let SlotMemory { pool, returns, told: of_memory } =
            memory::slots(&mut queue, &granted.format, count, self.exports, generation)?;
        told.extend(of_memory);
        let mut stream = Stream::new(StreamParts { queue, layout, pool, spare, returns, interval_ns });
        stream.queue_all().map_err(|error| memory::not_queued(&path, self.memory, error))?;
        self.wish = Wish {
            size: Some(granted.format.size),
            fps: self.asked.fps.or(fps),
            format: Some(match layout.is_jpeg {
                true => DeviceFormat::Mjpg,
                false => DeviceFormat::Raw(granted.pixels),
            }),
        };
        Ok(Session { stream, template: self.template(&layout), fps, told })
    }

    /// What every frame of the stream carries.
    fn template(&self, layout: &PictureLayout) -> FrameInfo {
        let captured = Timestamp { ns: 0, clock: ClockKind::Read };
        let mut info = FrameInfo::packed(layout.format, layout.size, captured).with_color(layout.color);
        (info.source, info.planes) = (self.source, layout.planes);
        info
    }

    fn told(&self, device: &Device, granted: &Granted, buffers: u32) -> Vec<String> {
        let rate =
            granted.interval.map_or("an unknown rate".to_owned(), |interval| format!("{interval} fps"));
        let (four_cc, size) = (granted.format.four_cc, granted.format.size);
        let (card, driver) = (&device.capability.card, &device.capability.driver);
        let mut told = vec![format!("{size} {four_cc} at {rate}, {buffers} buffers ({card}, {driver})")];
        told.extend(differences(&self.asked, granted));
        let asked = self.buffers.filter(|asked| *asked != buffers);
        told.extend(asked.map(|asked| format!("asked for {asked} buffers, it gives {buffers}")));
        told
    }
}

impl Camera for DeviceCamera {
    type Queue = DeviceQueue;

    fn open(&mut self, generation: u32) -> Result<Session<DeviceQueue>, SourceError> {
        let device = self.find()?;
        if self.identity.is_none() {
            self.identity = Some(Identity::of(&device.path, &device.capability));
        }
        // Most cameras have no such events.
        let _ = subscribe_source_change(device.file.as_fd());
        self.set_up(DeviceQueue::new(device, self.memory), generation)
    }

    fn restart(
        &mut self,
        mut queue: DeviceQueue,
        has_changed: bool,
        generation: u32,
    ) -> Result<Session<DeviceQueue>, SourceError> {
        queue.stop().map_err(|errno| queue.device().error("STREAMOFF and REQBUFS", errno))?;
        if has_changed {
            (self.wish.size, self.wish.fps) = (self.asked.size, self.asked.fps);
        }
        self.set_up(queue, generation)
    }
}

mod memory;

#[cfg(test)]
pub(crate) mod fake;
