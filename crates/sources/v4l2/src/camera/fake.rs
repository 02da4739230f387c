//! A camera with a script: what is unplugged, refused and given, and what of it is still held.

use std::collections::VecDeque;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use ocelli_capture::{SourceError, SourceErrorKind};
use ocelli_frame::{ClockKind, FrameInfo, HostMemory, Pool, PoolMemory, Size, Timestamp};

use super::{Camera, Session};
use crate::picture::PictureLayout;
use crate::picture::tests::granted;
use crate::queue::{Queue, Ready};
use crate::returns::Returning;
use crate::script::Script;
use crate::spare::Spare;
use crate::stream::{Stream, StreamParts};
use crate::sys::{Dequeued, Errno, FourCc};

/// One frame's time.
pub(crate) const INTERVAL_NS: u64 = 33_000_000;
const BUFFERS: usize = 4;

/// What there is of a camera, and how often it was opened and restarted.
#[derive(Default)]
pub(crate) struct World {
    /// The stream at work.
    pub script: Script,
    /// What opening and restarting say, in turn; then it works.
    pub refuses: VecDeque<SourceErrorKind>,
    pub is_unplugged: bool,
    /// Streams whose device never gives pictures.
    pub is_silent: bool,
    pub width: u32,
    pub opened: usize,
    pub restarted: usize,
    pub changes: usize,
}

/// Clones share the camera, the open files and the mappings.
#[derive(Clone, Default)]
pub(crate) struct Fake {
    world: Arc<Mutex<World>>,
    open_files: Arc<AtomicUsize>,
    mappings: Arc<AtomicUsize>,
}

/// An open file: counted while it lives.
pub(crate) struct File {
    pub script: Script,
    open_files: Arc<AtomicUsize>,
}

impl Drop for File {
    fn drop(&mut self) {
        self.open_files.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Queue for File {
    fn start(&mut self) -> Result<(), Errno> {
        self.script.start()
    }

    fn queue(&mut self, index: u32) -> Result<(), Errno> {
        self.script.queue(index)
    }

    fn wait(&mut self, timeout: Duration) -> Result<Ready, Errno> {
        self.script.wait(timeout)
    }

    fn dequeue(&mut self) -> Result<Option<Dequeued>, Errno> {
        self.script.dequeue()
    }
}

/// Buffers: counted while they are mapped.
#[derive(Debug)]
pub(crate) struct Mapped {
    memory: HostMemory,
    mappings: Arc<AtomicUsize>,
}

impl Drop for Mapped {
    fn drop(&mut self) {
        self.mappings.fetch_sub(1, Ordering::SeqCst);
    }
}

// SAFETY: everything is the host memory's.
unsafe impl PoolMemory for Mapped {
    fn slots(&self) -> usize {
        self.memory.slots()
    }

    fn region(&self, slot: usize, region: usize) -> Option<(NonNull<u8>, usize)> {
        self.memory.region(slot, region)
    }
}

impl Fake {
    pub fn new() -> Self {
        let fake = Self::default();
        fake.world().width = 8;
        fake
    }

    pub fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap()
    }

    /// Open files and mappings.
    pub fn held(&self) -> (usize, usize) {
        (self.open_files.load(Ordering::SeqCst), self.mappings.load(Ordering::SeqCst))
    }

    /// How often it was opened and restarted.
    pub fn tries(&self) -> (usize, usize) {
        let world = self.world();
        (world.opened, world.restarted)
    }

    pub fn unplug(&self) {
        let mut world = self.world();
        world.is_unplugged = true;
        world.script.driver().fails = Some(Errno::NODEV);
    }

    pub fn plug_in(&self) {
        self.world().is_unplugged = false;
    }

    pub fn fail(&self, errno: Errno) {
        self.world().script.driver().fails = Some(errno);
    }

    fn answer(&self) -> Result<(), SourceError> {
        let mut world = self.world();
        let kind =
            if world.is_unplugged { Some(SourceErrorKind::Unplugged) } else { world.refuses.pop_front() };
        kind.map_or(Ok(()), |kind| Err(SourceError::new(kind, "/dev/video0: no", "wait")))
    }

    fn session(&self, mut file: File, generation: u32) -> Session<File> {
        let mut world = self.world();
        world.script = Script::default();
        world.script.driver().is_running = !world.is_silent;
        file.script = world.script.clone();
        let size = Size { width: world.width, height: 1 };
        let bytes = size.width as usize;
        let layout = PictureLayout::of(&granted(FourCc::GREY, size, bytes, bytes)).unwrap();
        let memory = HostMemory::new(BUFFERS, bytes).unwrap();
        self.mappings.fetch_add(1, Ordering::SeqCst);
        let memory = Mapped { memory, mappings: Arc::clone(&self.mappings) };
        let returns = file.script.way_back();
        let pool = Pool::new(Box::new(Returning::new(memory, Arc::clone(&returns))), generation);
        let spare = Spare::new(2, bytes, generation).unwrap();
        let parts = StreamParts { queue: file, layout, pool, spare, returns, interval_ns: INTERVAL_NS };
        let mut stream = Stream::new(parts);
        stream.queue_all().unwrap();
        let at = Timestamp { ns: 0, clock: ClockKind::Read };
        let mut template = FrameInfo::packed(layout.format, size, at);
        template.planes = layout.planes;
        Session { stream, template, fps: Some(30.0), told: vec![format!("{size} GREY at 30 fps")] }
    }
}

impl Camera for Fake {
    type Queue = File;

    fn open(&mut self, generation: u32) -> Result<Session<File>, SourceError> {
        self.world().opened += 1;
        self.answer()?;
        self.open_files.fetch_add(1, Ordering::SeqCst);
        let file = File { script: Script::default(), open_files: Arc::clone(&self.open_files) };
        Ok(self.session(file, generation))
    }

    fn restart(
        &mut self,
        queue: File,
        has_changed: bool,
        generation: u32,
    ) -> Result<Session<File>, SourceError> {
        self.world().restarted += 1;
        self.world().changes += usize::from(has_changed);
        self.answer()?;
        Ok(self.session(queue, generation))
    }
}
