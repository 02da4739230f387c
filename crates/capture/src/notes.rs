//! What a run should say of its sources without failing for it: that a file was read by another program, that it
//! complained, what a camera granted. Kept where both the source and whoever opened it can see it.

use std::sync::{Arc, Mutex, PoisonError};
use std::{fmt, mem};

use crate::Source;

/// Notes that wait to be taken; more are not kept.
const NOTES_MAX: usize = 16;

/// Sentences about one source. Clones share them.
#[derive(Clone, Debug, Default)]
pub struct Notes(Arc<Mutex<Vec<String>>>);

impl Notes {
    /// The notes since the last time they were taken.
    pub fn take(&self) -> Vec<String> {
        mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Adds one, where there is room.
    pub fn add(&self, note: String) {
        let mut notes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if notes.len() < NOTES_MAX {
            notes.push(note);
        }
    }
}

/// A source that is open, and has something to say.
pub struct Opened {
    /// Its pictures.
    pub source: Box<dyn Source>,
    /// What a run should say of it, also later.
    pub notes: Notes,
}

impl fmt::Debug for Opened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Opened({}, {:?})", self.source.info().name, self.notes)
    }
}
