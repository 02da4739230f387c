//! A source's pool, and its successor when pictures grow: the next generation, while leases of the old one live on.

use std::path::Path;
use std::time::Duration;

use ocelli_capture::{SourceError, SourceErrorKind};
use ocelli_frame::{Filling, Pool};

/// Slots that a source of this crate needs itself: the one it fills.
const OWN: usize = 1;

/// The pool of one source.
pub(crate) struct Slots {
    readers: usize,
    slot_bytes: usize,
    generation: u32,
    pool: Option<Pool>,
}

impl Slots {
    /// No pool yet; it will have room for `readers` frames and the one being filled.
    pub fn new(readers: usize) -> Self {
        Self { readers, slot_bytes: 0, generation: 0, pool: None }
    }

    /// Makes sure that slots have room for `bytes`. Slots of the pool so far are not handed out any more where it has
    /// to be replaced.
    pub fn fit(&mut self, path: &Path, bytes: usize) -> Result<(), SourceError> {
        if self.pool.is_some() && bytes <= self.slot_bytes {
            return Ok(());
        }
        let generation = if self.pool.is_some() { self.generation + 1 } else { self.generation };
        // The old pool goes first: its free slots are not needed twice.
        self.pool = None;
        let pool = Pool::host(self.readers.saturating_add(OWN), bytes, generation).ok_or_else(|| {
            SourceError::new(
                SourceErrorKind::TooLarge,
                format!("{}: no room for {} frames of {bytes} bytes", path.display(), self.readers),
                "let fewer frames wait at once",
            )
        })?;
        (self.pool, self.slot_bytes, self.generation) = (Some(pool), bytes, generation);
        Ok(())
    }

    /// A slot of a pool with room for `bytes`, all of whose slots are free.
    pub fn grow(&mut self, path: &Path, bytes: usize) -> Result<Filling, SourceError> {
        self.fit(path, bytes)?;
        let pool = self.pool.as_mut().expect("made by fit");
        Ok(pool.acquire().expect("a new pool has a free slot"))
    }

    /// A free slot, waiting up to `timeout` for a reader to let go.
    pub fn acquire(&mut self, timeout: Duration) -> Option<Filling> {
        self.pool.as_mut()?.acquire_timeout(timeout)
    }
}
