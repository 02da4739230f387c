//! What happens in a run that nobody asked for in so many words, and that does not fail it: a file that another program
//! decodes, that program's complaints, a model that only the second backend can run. Each is told once on stderr, and stands in the summary.

use std::sync::{Arc, Mutex, PoisonError};

use ocelli_capture::Notes;

/// A run's events. Clones share them.
#[derive(Clone, Debug, Default)]
pub struct Events {
    notes: Vec<Notes>,
    told: Arc<Mutex<Vec<String>>>,
}

impl Events {
    /// What these say from now on.
    pub fn of(notes: Vec<Notes>) -> Self {
        Self { notes, ..Self::default() }
    }

    /// Tells on stderr what is new.
    pub fn tell(&self) {
        self.notes.iter().flat_map(Notes::take).for_each(|event| self.add(event));
    }

    /// Tells this.
    pub fn add(&self, event: String) {
        eprintln!("note: {event}");
        self.told.lock().unwrap_or_else(PoisonError::into_inner).push(event);
    }

    /// Everything that was told.
    pub fn told(&self) -> Vec<String> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
