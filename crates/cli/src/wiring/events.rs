//! What happens in a run that nobody asked for in so many words, and that does not fail it: a file that another program
//! decodes, that program's complaints, a camera that was away, a model that only the second backend can run. Each is told
//! once on stderr, when it happens, and stands in the summary.

use std::sync::{Arc, Mutex, PoisonError};

use ocelli_capture::Notes;

/// Events that a summary has; more are told, and only counted in it.
const EVENTS_MAX: usize = 1000;

/// A run's events. Clones share them.
#[derive(Clone, Debug, Default)]
pub struct Events {
    notes: Vec<Notes>,
    told: Arc<Mutex<Told>>,
}

#[derive(Debug, Default)]
struct Told {
    events: Vec<String>,
    more: u64,
}

impl Events {
    /// What these say from now on.
    pub fn of(notes: Vec<Notes>) -> Self {
        Self { notes, ..Self::default() }
    }

    /// And what these say.
    pub fn listen_to(&mut self, notes: Notes) {
        self.notes.push(notes);
    }

    /// Tells on stderr what is new.
    pub fn tell(&self) {
        self.tell_within(|tell| tell());
    }

    /// The same within `around`, which is called only where something is new: it takes away what stands on the terminal.
    pub fn tell_within(&self, around: impl FnOnce(&dyn Fn())) {
        let news: Vec<_> = self.notes.iter().flat_map(Notes::take).collect();
        if news.is_empty() {
            return;
        }
        around(&|| news.iter().for_each(|event| eprintln!("note: {event}")));
        news.into_iter().for_each(|event| self.keep(event));
    }

    /// Tells this.
    pub fn add(&self, event: String) {
        eprintln!("note: {event}");
        self.keep(event);
    }

    fn keep(&self, event: String) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if told.events.len() < EVENTS_MAX {
            told.events.push(event);
        } else {
            told.more += 1;
        }
    }

    /// What was told after the first `count`; of what is only counted, nothing.
    pub fn told_from(&self, count: usize) -> Vec<String> {
        let told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        told.events.get(count..).unwrap_or_default().to_vec()
    }

    /// Everything that was told.
    pub fn told(&self) -> Vec<String> {
        let told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let more = (told.more > 0).then(|| format!("and {} more", told.more));
        told.events.iter().cloned().chain(more).collect()
    }
}
