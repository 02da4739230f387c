//! A driver with a script: the fake beside the real queue. Tests fill buffers, and break things.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use crate::queue::{Queue, Ready};
use crate::returns::Returns;
use crate::sys::{Dequeued, Errno, PLANES_MAX};

/// What the driver and the test both see.
#[derive(Debug, Default)]
pub(crate) struct Driver {
    /// Buffers that the driver may fill, in the order in which they were queued.
    pub queued: VecDeque<u32>,
    /// Filled, to be dequeued.
    pub filled: VecDeque<Dequeued>,
    pub sequence: u32,
    pub refuses_to_start: Option<Errno>,
    pub refuses_to_queue: Option<Errno>,
    /// What DQBUF says.
    pub fails: Option<Errno>,
    pub has_changed: bool,
    /// Buffers are filled as soon as they are waited for.
    pub is_running: bool,
}

/// One stream of a driver's. Clones share it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Script(Arc<Mutex<Driver>>);

impl Script {
    pub fn driver(&self) -> MutexGuard<'_, Driver> {
        self.0.lock().unwrap()
    }

    /// The driver fills the buffer that was queued first.
    pub fn fill(&self) {
        self.fill_as(|_| {});
    }

    pub fn fill_as(&self, change: impl FnOnce(&mut Dequeued)) {
        let mut driver = self.driver();
        let sequence = driver.sequence;
        driver.sequence = sequence.wrapping_add(1);
        // A driver without a buffer loses the picture, and its number with it.
        let Some(index) = driver.queued.pop_front() else { return };
        let mut said = Dequeued {
            index,
            sequence,
            monotonic_ns: Some(u64::from(sequence)),
            is_corrupt: false,
            bytes_used: [0; PLANES_MAX],
            data_offset: [0; PLANES_MAX],
        };
        change(&mut said);
        driver.filled.push_back(said);
    }

    /// Readers queue what they let go of.
    pub fn way_back(&self) -> Arc<Returns> {
        let script = Mutex::new(self.clone());
        Returns::new(Some(Box::new(move |index| script.lock().unwrap().queue(index))))
    }

    pub fn queued(&self) -> Vec<u32> {
        self.driver().queued.iter().copied().collect()
    }
}

impl Queue for Script {
    fn start(&mut self) -> Result<(), Errno> {
        self.driver().refuses_to_start.take().map_or(Ok(()), Err)
    }

    fn queue(&mut self, index: u32) -> Result<(), Errno> {
        let mut driver = self.driver();
        if let Some(errno) = driver.refuses_to_queue {
            return Err(errno);
        }
        assert!(!driver.queued.contains(&index), "buffer {index} is queued already");
        driver.queued.push_back(index);
        Ok(())
    }

    fn wait(&mut self, _: Duration) -> Result<Ready, Errno> {
        if self.driver().is_running {
            self.fill();
        }
        let mut driver = self.driver();
        Ok(match std::mem::take(&mut driver.has_changed) {
            true => Ready::Changed,
            false if driver.filled.is_empty() && driver.fails.is_none() => Ready::NotYet,
            false => Ready::Yes,
        })
    }

    fn dequeue(&mut self) -> Result<Option<Dequeued>, Errno> {
        let mut driver = self.driver();
        match driver.fails {
            Some(errno) => Err(errno),
            None => Ok(driver.filled.pop_front()),
        }
    }
}
