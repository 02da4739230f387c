//! What a run should say of its sources without failing for it: that a file was read by another program, that it
//! complained, what a camera granted. Kept where both the source and whoever opened it can see it.

use std::mem;
use std::sync::{Arc, Mutex, PoisonError};

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
